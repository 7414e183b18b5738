"""Access tokens of Supabase Auth, verified on this machine: the keys are fetched now and then, the token goes nowhere.

ES256 and RS256 by the keys that a project publishes. HS256, the shared secret of old projects, only where its owner
says so: which algorithm counts is never read from the token alone.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import jwt

from ..config.writing import write_private
from ..errors import BadToken, Unavailable
from .person import ROLES, Person, Role

KEYS_S = 600.0  # that fetched keys are used
_ASK_AGAIN_S = 30.0  # between two looks for a key that is not known: whoever sends tokens cannot make us ask more often
_TIMEOUT_S = 5.0
_LEEWAY_S = 10.0  # that clocks may differ
_MOST = 64 * 1024  # characters of a token; bytes of the keys
_AUDIENCE = "authenticated"
_NEEDED = ["exp", "sub", "aud", "iss"]

Fetch = Callable[[str], bytes]


def fetch(address: str) -> bytes:
    """The bytes at an address; raises OSError."""
    with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:
        return bytes(answer.read(_MOST))


class Verifier:
    """Verifies the tokens of one project; threads may share it.

    url : of its Auth, as https://REF.supabase.co/auth/v1
    legacy_secret : of an old project that signs by HS256; "" accepts none of these
    kept : a file in which fetched keys are kept for the next process, if any
    audience : for whom its tokens are
    keys_at : where its keys are published; "" is where Supabase Auth has them
    """

    def __init__(
        self,
        url: str,
        *,
        audience: str = _AUDIENCE,
        keys_at: str = "",
        legacy_secret: str = "",
        kept: Path | None = None,
        fetch: Fetch = fetch,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._secret, self._fetch, self._now = url, legacy_secret, fetch, now
        self._audience, self._keys_at = audience, keys_at or f"{url}/.well-known/jwks.json"
        self._turn = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = self._asked = float("-inf")
        self._fault = ""  # why the keys could not be fetched the last time
        self._kept = kept
        if kept is not None:
            with suppress(OSError, ValueError, TypeError, KeyError):  # they are fetched anew
                told = json.loads(kept.read_bytes())
                if told["url"] == url:
                    self._keys = _read_keys(told)
                    self._fetched = now() - max(0.0, time.time() - float(told["fetched"]))

    def verify(self, token: str) -> Person:
        """Who a token vouches for.

        Raises
        ------
        BadToken
            It is none of this project, was changed, or is over.
        Unavailable
            The keys of the project cannot be fetched, and none are known.
        """
        return _person(self.claims(token))

    def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says, which was signed for us; raises as `verify` does."""
        if token.startswith(("sb_publishable_", "sb_secret_")):
            raise BadToken("that is a key of the project, and nobody's token", hint="sign in: grym login")
        try:
            header = jwt.get_unverified_header(token[:_MOST])
            algorithm = header.get("alg")
            if algorithm == "HS256" and self._secret:
                key: Any = self._secret
            elif algorithm in ("ES256", "RS256"):
                key = self._key(str(header.get("kid", "")), str(algorithm))
            else:
                raise BadToken(f"tokens signed by {str(algorithm)[:20]!r} are not accepted", hint="sign in: grym login")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[str(algorithm)],
                audience=self._audience,
                issuer=self._url,
                leeway=_LEEWAY_S,
                options={"require": _NEEDED},
            )
        except (jwt.PyJWTError, UnicodeError) as error:
            raise BadToken(f"the token is not valid: {error}", hint="sign in: grym login") from error
        return claims

    def _key(self, kid: str, algorithm: str) -> jwt.PyJWK:
        with self._turn:
            now = self._now()
            is_due = now >= self._fetched + KEYS_S or kid not in self._keys
            if is_due and now >= self._asked + _ASK_AGAIN_S:
                self._asked = now
                try:
                    self._keys, self._fetched = self._fetch_keys(), now
                    self._fault = ""
                except (OSError, ValueError, urllib.error.URLError) as error:
                    self._fault = str(error)
            found = self._keys.get(kid)
            if found is None and self._fault:  # it may be a good one
                message = f"the keys of {self._url} cannot be fetched: {self._fault}"
                raise Unavailable(message, retry_after=max(1.0, self._asked + _ASK_AGAIN_S - now))
        if found is None:
            raise BadToken("the token is signed by a key that the project does not have", hint="sign in: grym login")
        if found.algorithm_name != algorithm:
            raise BadToken("the token is signed by another algorithm than its key has", hint="sign in: grym login")
        return found

    def _fetch_keys(self) -> dict[str, jwt.PyJWK]:
        told = json.loads(self._fetch(self._keys_at))
        keys = _read_keys(told)
        if self._kept is not None:
            with suppress(OSError):
                write_private(
                    self._kept, json.dumps({"url": self._url, "fetched": time.time(), "keys": told["keys"]}) + "\n"
                )
        return keys


def _read_keys(told: object) -> dict[str, jwt.PyJWK]:
    """The keys of a document that can be used; raises ValueError when it is no list of keys."""
    listed = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise ValueError("what came is no list of keys")
    found = {}
    for each in listed:
        if isinstance(each, dict) and each.get("kid") and each.get("kty") in ("EC", "RSA"):  # never a shared secret
            with suppress(jwt.PyJWTError, ValueError, TypeError):  # one that cannot be read spoils no other
                found[str(each["kid"])] = jwt.PyJWK.from_dict(each)
    return found


def _person(claims: Mapping[str, Any]) -> Person:
    """The role is what the project says (`app_metadata`); what users write of themselves counts for nothing."""
    metadata = claims.get("app_metadata")
    said = metadata.get("grym_role") if isinstance(metadata, dict) else None
    role: Role = next((role for role in ROLES if role == said), "viewer")
    return Person(str(claims["sub"]), str(claims.get("email", "")), role, float(claims["exp"]))
