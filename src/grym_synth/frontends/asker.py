"""Who asks: in a store that several people share, the person as whom this home is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..identity.asking import in_name_of, must_be
from ..identity.person import Person, Role
from .protocol import least_role

if TYPE_CHECKING:
    from ..config import Config
    from ..identity.signin import Project, SignIn

#: Made once, for the keys that each has fetched.
_known: dict[tuple[Path, Project], SignIn] = {}


async def asker_of(config: Config, operation: Mapping[str, Any]) -> Person | None:
    """Who asks for an operation; None where the home is its owner's alone.

    Raises
    ------
    NotSignedIn
        The settings name a project, and nobody is signed in to it.
    NotAllowed
        The role does not reach.
    Unavailable
        The sign-in has to be renewed, and the project cannot be reached.
    """
    least = least_role(operation)
    if least is None or not _has_persons(config):
        return None
    person = await asyncio.to_thread(sign_in_of(config).person)
    with in_name_of(person):
        must_be(least, f"`grym {str(operation['op']).replace('_route', ' --route')}`")
    return person


def check_asker(config: Config, least: Role, what: str) -> None:
    """The same for what is done without a hub, and then as itself."""
    if _has_persons(config):
        with in_name_of(sign_in_of(config).person()):
            must_be(least, what)


def _has_persons(config: Config) -> bool:
    from ..storage.opening import is_shared

    return bool(config.supabase_url) and is_shared(config)


def sign_in_of(config: Config) -> SignIn:
    """Raises BadSetup where there is no project, MissingDependency without what signing in needs."""
    from ..config import legacy_jwt_secret
    from ..errors import BadSetup, MissingDependency

    if not config.supabase_url:
        raise BadSetup(
            "this home belongs to whoever can read it, so there is nothing to sign in to",
            hint="for a store that several people share, set supabase_url and supabase_key: docs/sign-in.md",
        )
    try:
        from ..identity.signin import Project, SignIn
    except ImportError as error:
        raise MissingDependency("signing in needs PyJWT", hint="pip install 'grym-synth[supabase]'") from error
    project = Project(config.supabase_url, config.supabase_key, legacy_jwt_secret(config))
    found = _known.get((config.home, project))
    if found is None:
        found = _known[config.home, project] = SignIn(config.home, project)
    return found
