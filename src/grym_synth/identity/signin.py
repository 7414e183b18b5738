"""Signing in to a Supabase project, staying so, and signing out, by its own client; who it is we verify ourselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import MissingDependency, NotSignedIn, Unavailable
from . import kept as store
from .kept import Kept
from .person import Person
from .tokens import Verifier

if TYPE_CHECKING:
    from supabase_auth import SyncGoTrueClient

T = TypeVar("T")
_FRESH_S = 60.0  # that a token has to count still; else it is renewed


@dataclass(frozen=True, slots=True)
class Project:
    """A Supabase project: its address, and the key that everybody may know."""

    url: str
    key: str
    legacy_secret: str = ""

    @property
    def auth(self) -> str:
        return f"{self.url.rstrip('/')}/auth/v1"


class SignIn:
    """Of one home to one project. Every method but `out` raises Unavailable while the project cannot be reached."""

    def __init__(self, home: Path, project: Project, verifier: Verifier | None = None) -> None:
        self._home, self.project = home, project
        self._verifier = verifier or Verifier(
            project.auth, legacy_secret=project.legacy_secret, kept=home / "sign-in-keys.json"
        )

    def with_password(self, email: str, password: str) -> Person:
        """Raises NotSignedIn when the project does not accept that."""
        return self._begin(lambda client: client.sign_in_with_password({"email": email, "password": password}))

    def send_code(self, email: str) -> None:
        """Have a code sent by e-mail to somebody whom the project knows."""
        self._ask(lambda client: client.sign_in_with_otp({"email": email, "options": {"should_create_user": False}}))

    def with_code(self, email: str, code: str) -> Person:
        """Raises NotSignedIn when that is not the code."""
        return self._begin(lambda client: client.verify_otp({"email": email, "token": code, "type": "email"}))

    def token(self) -> str:
        """An access token that counts for a while yet; raises NotSignedIn."""
        with store.alone(self._home):
            found = store.read(self._home)
            if found is None or found.url != self.project.url:
                raise NotSignedIn(f"nobody is signed in to {self.project.url}", hint="grym login")
            return self._fresh(found).access_token

    def person(self) -> Person:
        """Who is signed in; raises NotSignedIn, or BadToken for what somebody changed."""
        return self._verifier.verify(self.token())

    def verify(self, token: str) -> Person:
        """Who somebody's token vouches for; raises BadToken."""
        return self._verifier.verify(token)

    def out(self) -> bool:
        """Forget who was signed in, and end it at the project, if it can be reached; whether anybody was."""
        with store.alone(self._home):
            try:
                found = store.read(self._home)
                if found is not None and found.url == self.project.url:
                    with suppress(Unavailable, NotSignedIn):
                        token = self._fresh(found).access_token  # one that is over could not end the other
                        self._ask(lambda client: client.admin.sign_out(token, "local"))
            finally:
                was = store.forget(self._home)
        return was

    def _fresh(self, found: Kept) -> Kept:
        if found.expires >= time.time() + _FRESH_S:
            return found
        fresh = self._session(self._ask(lambda client: client.refresh_session(found.refresh_token)))
        store.write(self._home, fresh)
        return fresh

    def _begin(self, ask: Callable[[SyncGoTrueClient], Any]) -> Person:
        found = self._session(self._ask(ask))
        person = self._verifier.verify(found.access_token)  # before it is kept
        with store.alone(self._home):
            store.write(self._home, found)
        return person

    def _session(self, answer: Any) -> Kept:
        if answer.session is None:
            raise NotSignedIn("the project gave no session", hint="is the e-mail address confirmed?")
        session = answer.session
        expires = float(session.expires_at or time.time() + session.expires_in)
        return Kept(self.project.url, session.access_token, session.refresh_token, expires)

    def _ask(self, ask: Callable[[SyncGoTrueClient], T]) -> T:
        try:
            import httpx
            from supabase_auth import SyncGoTrueClient
            from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError
        except ImportError as error:
            message = "signing in needs the client of Supabase Auth"
            raise MissingDependency(message, hint="pip install 'grym-synth[supabase]'") from error
        client = SyncGoTrueClient(
            url=self.project.auth,
            headers={"apikey": self.project.key},
            auto_refresh_token=False,
            persist_session=False,
        )
        away = f"{self.project.url} cannot be reached"
        try:
            with client:
                return ask(client)
        except AuthRetryableError as error:
            raise Unavailable(f"{away}: {error.message}", retry_after=5.0) from error
        except AuthApiError as error:
            if error.status >= 500 or error.status == 429:
                raise Unavailable(f"{self.project.url} says: {error.message}", retry_after=30.0) from error
            raise NotSignedIn(f"not signed in: {error.message}", hint="grym login") from error
        except AuthError as error:
            raise NotSignedIn(f"not signed in: {error.message}", hint="grym login") from error
        except httpx.HTTPError as error:
            raise Unavailable(f"{away}: {type(error).__name__}", retry_after=5.0) from error
