"""Who can answer what: the single-file agents, known by the header of their script without running it.

An agent declares itself in a `[tool.grym]` table of its PEP 723 header (inline script metadata).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadSetup, UnknownAgent
from ..messages import CAPABILITIES, Need
from ..packs import find_pack

PACKAGE = Path(__file__).parent.parent
AGENTS_FOLDER = PACKAGE / "agents"

# The reference implementation's pattern from PEP 723.
_HEADER = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


@dataclass(frozen=True, slots=True)
class AgentCard:
    """What an agent declares of itself. Its one tool has its name."""

    name: str
    version: str
    script: Path
    capabilities: tuple[str, ...]
    needs_recording: bool
    takes_two: bool  # a recording and another that it is held against
    need: Need
    permissions: tuple[str, ...]
    settings: Mapping[str, tuple[str, ...]]  # by capability: what changes its result
    dependencies: tuple[str, ...]
    recipe: str  # changes whenever the same input might give another result


class Catalog:
    """The agents of this hub, by name and by capability."""

    def __init__(self, cards: Iterable[AgentCard]) -> None:
        self.cards = {card.name: card for card in cards}
        self._by_capability = {name: card for card in self.cards.values() for name in card.capabilities}

    def agent(self, name: str) -> AgentCard:
        try:
            return self.cards[name]
        except KeyError as error:
            raise UnknownAgent(f"no agent {name!r}; there is {', '.join(sorted(self.cards))}") from error

    def capabilities(self) -> Mapping[str, AgentCard]:
        """Each capability of this version and who answers it."""
        return self._by_capability


def read_catalog(folder: Path = AGENTS_FOLDER) -> Catalog:
    """Read the headers of every script in `folder`.

    Raises
    ------
    BadSetup
        A header is missing or declares something unknown.
    """
    return Catalog(read_card(path) for path in sorted(folder.glob("*.py")) if path.name != "__init__.py")


def read_card(script: Path) -> AgentCard:
    """Read what one script declares; raises BadSetup when that is missing or wrong."""
    text = script.read_text(encoding="utf-8")
    match = next((found for found in _HEADER.finditer(text) if found["type"] == "script"), None)
    if match is None:
        raise BadSetup(f"{script.name} has no `# /// script` header", hint="see docs/architecture.md")
    try:
        header = tomllib.loads("".join(line[2:] for line in match["content"].splitlines(keepends=True)))
        declared: dict[str, Any] = header["tool"]["grym"]
        card = AgentCard(
            name=str(declared["name"]),
            version=str(declared["version"]),
            script=script,
            capabilities=tuple(declared["capabilities"]),
            needs_recording=bool(declared["needs_recording"]),
            takes_two=bool(declared.get("takes_two", False)),
            need=Need(float(declared["cpu"]), float(declared["ram_gb"])),
            permissions=tuple(declared["permissions"]),
            settings={name: tuple(names) for name, names in declared.get("settings", {}).items()},
            dependencies=tuple(header["dependencies"]),
            recipe=f"{declared['name']} {declared['version']} {_fingerprint(script, declared.get('packs', ()))}",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadSetup(f"the [tool.grym] table of {script.name} is wrong or incomplete: {error!r}") from error
    unknown = set(card.capabilities) - set(CAPABILITIES)
    if unknown:
        raise BadSetup(f"{script.name} declares unknown capabilities: {', '.join(sorted(unknown))}")
    return card


def _fingerprint(script: Path, packs: Iterable[str]) -> str:
    """Hash of the script and of what it may compute with, code, data and model packs: nothing old passes for new."""
    folders = (PACKAGE / "audio", PACKAGE / "theory")
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    sources = [script, *(path for path in found if path.suffix in (".py", ".json", ".npz"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    for name in packs:
        pack = find_pack(name)
        digest.update(f"{name} {pack.spec.version if pack else None}".encode())
    return digest.hexdigest()[:12]
