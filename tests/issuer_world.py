"""An issuer of tokens on this machine: publishes its key, and signs whatever it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

RESOURCE = "https://music.example.org/mcp"


@dataclass(frozen=True)
class Issuer:
    url: str
    key: rsa.RSAPrivateKey

    @property
    def settings(self) -> dict[str, str]:
        """The variables of a hub that accepts its tokens."""
        return {
            "GRYM_RESOURCE_URL": RESOURCE,
            "GRYM_OAUTH_ISSUER": self.url,
            "GRYM_OAUTH_JWKS": f"{self.url}/keys.json",
        }

    def token(self, scope: str = "grym:read grym:write", *, key: Any = None, alg: str = "RS256", **claims: Any) -> str:
        """A token that counts for five minutes, unless something else is claimed; None takes a claim out."""
        said = {"iss": self.url, "aud": RESOURCE, "sub": "ada", "exp": time.time() + 300, "scope": scope, **claims}
        told = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(told, self.key if key is None else key, algorithm=alg, headers={"kid": "one"})


@contextmanager
def issuing() -> Iterator[Issuer]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    keys = json.dumps({"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}).encode()

    class Publishing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Publishing)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Issuer(f"http://127.0.0.1:{server.server_port}", key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
