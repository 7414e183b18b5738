"""In whose name the running code acts: a person's who is signed in, or nobody's, which is the hub for itself.

`in_name_of` holds for the body, in its thread and in whatever that starts. A shared store does what is asked in a
person's name with that person's rights; what a hub measures, follows and cleans up it does `as_itself`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import Config, legacy_jwt_secret
from ..errors import BadSetup, MissingDependency, NotAllowed
from .person import Person, Role

if TYPE_CHECKING:
    from .signin import Project, SignIn

#: Made once, for the keys that each has fetched.
_known: dict[tuple[Path, Project], SignIn] = {}
_asker: ContextVar[Person | None] = ContextVar("asker", default=None)

#: Who may what a role may; an agent asks as a viewer does.
_REACH: Mapping[Role, tuple[Role, ...]] = {
    "viewer": ("viewer", "agent", "editor", "owner"),
    "editor": ("editor", "owner"),
    "owner": ("owner",),
}


@contextmanager
def in_name_of(person: Person | None) -> Iterator[None]:
    token = _asker.set(person)
    try:
        yield
    finally:
        _asker.reset(token)


def as_itself() -> AbstractContextManager[None]:
    """For what a hub does by itself, whoever asked."""
    return in_name_of(None)


def asker() -> Person | None:
    return _asker.get()


def must_be(least: Role, what: str) -> None:
    """Raises NotAllowed when whoever asks is less than that.

    what : that it is for, as "grym index"
    """
    person = asker()
    if person is not None and person.role not in _REACH[least]:
        raise NotAllowed(
            f"you are {_a(person.role)} of this store, and {what} is for {_a(least)}",
            hint="grym whoami says who you are; the owner of the project gives roles",
        )


def _a(role: Role) -> str:
    return f"an {role}" if role[0] in "aeio" else f"a {role}"


def sign_in_of(config: Config) -> SignIn:
    """Raises BadSetup where there is no project, MissingDependency without what signing in needs."""
    if not config.supabase_url:
        raise BadSetup(
            "this home belongs to whoever can read it, so there is nothing to sign in to",
            hint="for a store that several people share, set supabase_url and supabase_key: docs/sign-in.md",
        )
    try:
        from .signin import Project, SignIn
    except ImportError as error:
        raise MissingDependency("signing in needs PyJWT", hint="pip install 'grym-synth[supabase]'") from error
    project = Project(config.supabase_url, config.supabase_key, legacy_jwt_secret(config))
    found = _known.get((config.home, project))
    if found is None:
        found = _known[config.home, project] = SignIn(config.home, project)
    return found
