"""Who asks: in a store that several people share, the person as whom this home is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..identity.asking import in_name_of, must_be, sign_in_of
from ..identity.person import Person, Role
from .protocol import least_role

if TYPE_CHECKING:
    from ..config import Config


async def asker_of(config: Config, operation: Mapping[str, Any], person: Person | None = None) -> Person | None:
    """Who asks for an operation; None where the home is its owner's alone.

    person : who is known to ask; None: whoever is signed in here

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
    person = person or await asyncio.to_thread(sign_in_of(config).person)
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
