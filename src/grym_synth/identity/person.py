"""Who somebody is to this hub."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["owner", "editor", "viewer", "agent"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a program in somebody's name.

    id, email : "" for the owner of a home of its own
    expires : seconds since 1970, until when that was vouched for; None is always
    """

    id: str
    email: str
    role: Role
    expires: float | None = None


#: Whoever can read a home of its own is its owner.
OWNER = Person("", "", "owner")
