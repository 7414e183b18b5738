"""Who comes in: by the right name of this host, from no stranger's page, and with a token.

A page of another site can make a browser send requests here, and a name that its owner points here can make that look
like the page's own site. So the Host and the Origin are checked first, and every request but those for the plain pages
carries a token in its header: the owner's, or one that the configured issuer signed for us.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ...config import Config
from ...errors import BadToken, GrymError, NotAllowed
from ...identity.owner_token import matches
from ..calls.callers import SCOPES, Caller, caller_of, owner
from ..calls.table import BY_NAME
from .problems import problem, problem_of

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
#: What is read without a token: it says nothing of the owner.
OPEN = frozenset({"/", "/docs", "/openapi.json", "/favicon.ico"})
_METADATA = "/.well-known/oauth-protected-resource"
_LONGEST_TOKEN = 16_384
LARGEST_BODY = 1 << 20  # bytes of what a call is given


class Vouching(Protocol):
    """Says who a token is of; raises BadToken or Unavailable."""

    def __call__(self, token: str) -> Caller: ...


@dataclass(frozen=True, slots=True)
class Gate:
    """ASGI middleware.

    vouches : tried one after the other until one knows the token
    hosts : names that we are reached by, beside those of this machine
    resource : our address as tokens name it; "" where nobody else issues tokens
    anybody : comes in without a token, for the conformance suite alone
    """

    app: ASGIApp
    vouches: Sequence[Vouching]
    hosts: Collection[str] = ()
    resource: str = ""
    anybody: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._stranger(headers) or _too_large(scope["path"], headers)
        if (
            refused is None
            and not self.anybody
            and scope["path"] not in OPEN
            and not scope["path"].startswith(_METADATA)
        ):
            try:
                caller = await self._caller(headers)
                scope.setdefault("state", {})["caller"] = caller
                refused = self._beyond(caller, headers)
            except BadToken as error:
                refused = self._unknown(error)
            except GrymError as error:
                refused = problem_of(error)
        await (refused or self.app)(scope, receive, send)

    def _stranger(self, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._is_ours(host):
            return problem(421, "wrong_host", "this is not the host that was asked for", "use 127.0.0.1")
        for origin in headers.getlist("origin"):
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not self._is_ours(parts.netloc):
                return problem(403, "wrong_origin", "pages of other sites may not ask")
        return None

    def _is_ours(self, name: str) -> bool:
        plain = name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
        return plain.lower() in _LOOPBACK or name.lower() in self.hosts or plain.lower() in self.hosts

    async def _caller(self, headers: Headers) -> Caller:
        given = headers.getlist("authorization")
        scheme, _, token = (given[0] if len(given) == 1 else "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip() or len(token) > _LONGEST_TOKEN:
            raise BadToken("a token is needed", hint="Authorization: Bearer TOKEN; the owner's lies in the home")
        why: BadToken | None = None
        for vouch in self.vouches:
            try:
                return await asyncio.to_thread(vouch, token.strip())
            except BadToken as error:
                why = error
        raise why or BadToken("the token is not known")

    def _beyond(self, caller: Caller, headers: Headers) -> Response | None:
        """A tool that the token does not reach is refused where its client looks for that."""
        if headers.get("mcp-method") != "tools/call" or headers.get("mcp-name") not in BY_NAME:
            return None
        try:
            caller.check(BY_NAME[headers["mcp-name"]])
        except NotAllowed as error:
            told = self._challenge('error="insufficient_scope"', f'scope="{" ".join(SCOPES)}"')
            return problem(403, error.code, str(error), error.hint, headers=told)
        return None

    def _unknown(self, error: BadToken) -> Response:
        told = self._challenge('error="invalid_token"') if "needed" not in str(error) else self._challenge()
        return problem(401, error.code, str(error), error.hint, headers=told)

    def _challenge(self, *parts: str) -> dict[str, str]:
        where = [f'resource_metadata="{metadata_url(self.resource)}"'] if self.resource else []
        return {"WWW-Authenticate": "Bearer " + ", ".join([*where, *parts]) if where or parts else "Bearer"}


def _too_large(path: str, headers: Headers) -> Response | None:
    """Refuses what says of itself that it is larger than any call needs; what does not say is counted as it comes."""
    declared = headers.get("content-length", "")
    if path.startswith("/v1/uploads/") or not declared.isdecimal() or int(declared) <= LARGEST_BODY:
        return None
    return problem(413, "too_large", f"more than {LARGEST_BODY} bytes", "files go to /v1/uploads/NAME")


def metadata_url(resource: str) -> str:
    """Where RFC 9728 puts what is to be known of a resource: before its path."""
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}{_METADATA}{parts.path}"


def metadata(config: Config) -> dict[str, Any]:
    """The document of RFC 9728."""
    return {
        "resource": config.resource_url, "authorization_servers": [config.oauth_issuer],
        "scopes_supported": list(SCOPES), "bearer_methods_supported": ["header"], "resource_name": "grym-synth",
    }  # fmt: skip


def vouching_of(config: Config) -> list[Vouching]:
    """Whose tokens count: the owner's and those of the issuer that the settings name; in a shared store with a project
    that project's alone."""
    from ...storage.opening import is_shared

    if config.supabase_url and is_shared(config):  # there, everybody is somebody
        from ...identity.asking import sign_in_of

        verify = sign_in_of(config).verify
        return [lambda token: caller_of(verify(token), "http")]
    return [_owners(config), *([_issued(config)] if config.oauth_issuer else [])]


def _owners(config: Config) -> Vouching:
    def vouch(token: str) -> Caller:
        if not matches(config.home, token):
            raise BadToken("the token is not known", hint=f"the owner's lies in {config.home / 'owner-token'}")
        return owner("http")

    return vouch


def _issued(config: Config) -> Vouching:
    from ...identity.tokens import Verifier

    verifier = Verifier(
        config.oauth_issuer, keys_at=config.oauth_jwks, audience=config.resource_url,
        kept=config.home / "oauth-keys.json",
    )  # fmt: skip

    def vouch(token: str) -> Caller:
        claims = verifier.claims(token)
        said = claims.get("scope", "")
        scopes = set(said.split() if isinstance(said, str) else said)
        return Caller(f"client {claims['sub']}", frozenset(scopes & set(SCOPES)), None, "http")

    return vouch
