"""What Supabase Auth says on the wire, on loopback: enough for its own client, and for tests of what goes wrong."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD, CODE = "correct horse", "123456"


@dataclass
class AuthWorld:
    """One project with one person, ada@example.org, who is an editor."""

    url: str = ""
    kid: str = "key-1"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    lasts_s: float = 3600.0
    role: str = "editor"
    sub: str = "11111111-1111-1111-1111-111111111111"
    refresh_tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)  # method and path of every request
    sent_codes: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)  # the scope of every sign-out

    def token(self, **changes: Any) -> str:
        """An access token as the project signs it, but for these claims; None leaves one out."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "sub": self.sub, "email": "ada@example.org", "aud": "authenticated",
            "iss": f"{self.url}/auth/v1", "iat": now, "exp": int(now + self.lasts_s), "role": "authenticated",
            "app_metadata": {"grym_role": self.role}, "user_metadata": {"grym_role": "owner"},
        }  # fmt: skip
        claims |= changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, "ES256", headers={"kid": self.kid})

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "alg": "ES256", "use": "sig"}]}

    def rotate(self) -> None:
        self.kid, self.key = f"{self.kid}+", ec.generate_private_key(ec.SECP256R1())

    def answer(
        self, method: str, path: str, query: str, body: dict[str, Any], bearer: str
    ) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {path}")
        match (method, path):
            case ("GET", "/auth/v1/.well-known/jwks.json"):
                return 200, self.keys()
            case ("POST", "/auth/v1/token") if "grant_type=password" in query:
                if (body.get("email"), body.get("password")) != ("ada@example.org", PASSWORD):
                    return 400, {"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}
                return 200, self._session()
            case ("POST", "/auth/v1/token"):
                if body.get("refresh_token") not in self.refresh_tokens:
                    return 400, {"code": 400, "error_code": "refresh_token_already_used", "msg": "Already Used"}
                self.refresh_tokens.discard(str(body["refresh_token"]))
                return 200, self._session()
            case ("POST", "/auth/v1/otp"):
                self.sent_codes.append(str(body["email"]))
                return 200, {}
            case ("POST", "/auth/v1/verify"):
                if body.get("token") != CODE:
                    return 403, {"code": 403, "error_code": "otp_expired", "msg": "Token has expired or is invalid"}
                return 200, self._session()
            case ("POST", "/auth/v1/logout"):
                try:
                    jwt.decode(bearer, self.key.public_key(), algorithms=["ES256"], audience="authenticated")
                except jwt.PyJWTError:
                    return 403, {"code": 403, "error_code": "bad_jwt", "msg": "invalid JWT"}
                self.refresh_tokens.clear()
                self.ended.append(query)
                return 204, {}
        return 404, {"msg": "not here"}

    def _session(self) -> dict[str, Any]:
        refresh = secrets.token_urlsafe(12)
        self.refresh_tokens.add(refresh)
        user = {
            "id": self.sub, "aud": "authenticated", "email": "ada@example.org",
            "app_metadata": {"grym_role": self.role}, "user_metadata": {}, "created_at": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        return {
            "access_token": self.token(), "token_type": "bearer", "expires_in": int(self.lasts_s),
            "expires_at": int(time.time() + self.lasts_s), "refresh_token": refresh, "user": user,
        }  # fmt: skip


@contextlib.contextmanager
def auth_world() -> Iterator[AuthWorld]:
    world = AuthWorld()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            path, _, query = self.path.partition("?")
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
            status, document = world.answer(method, path, query, json.loads(sent) if sent else {}, bearer)
            said = b"" if status == 204 else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: what a test needs is in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    world.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
