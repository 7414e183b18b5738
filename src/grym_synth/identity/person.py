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

    def claims(self) -> dict[str, object]:
        """As row-level security reads them; of a token they were verified before."""
        return {"sub": self.id, "role": "authenticated", "app_metadata": {"grym_role": self.role}}


def person_from_json(told: object) -> Person | None:
    """Somebody as `asdict` told of him; None for anything else. Only of what this home's own processes say."""
    if not isinstance(told, dict) or told.get("role") not in ROLES:
        return None
    return Person(str(told["id"]), str(told["email"]), told["role"], told["expires"])


#: Whoever can read a home of its own is its owner.
OWNER = Person("", "", "owner")
