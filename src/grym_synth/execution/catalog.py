"""Who can answer what: the single-file agents, known by the header of their script without running it.

An agent declares itself in a `[tool.grym]` table of its PEP 723 header (inline script metadata).
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from ..agent_stdio import HEALTH_TOOL
from ..errors import BadRequest, BadSetup, UnknownAgent
from ..messages import CAPABILITIES, Gap, Health, Need
from ..packs import find_pack

PACKAGE = Path(__file__).parent.parent
AGENTS_FOLDER = PACKAGE / "agents"

PERMISSIONS = frozenset({"read", "write", "network", "llm"})
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_COST_S = 5.0, 5.0  # of an agent that does not say: patient
_LEAST_EXAMPLES = 3  # of a capability that routing does not know: fewer say too little about it

# The reference implementation's pattern from PEP 723.
_HEADER = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


@dataclass(frozen=True, slots=True)
class AgentCard:
    """What an agent declares of itself: docs/agents.md says what each means. Its tool has its name."""

    name: str
    version: str
    script: Path
    about: str
    capabilities: tuple[str, ...]
    examples: tuple[str, ...]  # questions for a capability that only this agent has
    needs_recording: bool
    takes_two: bool  # a recording and another that it is held against
    hears_changes: bool  # it is told what changes in the store while it runs
    need: Need
    permissions: tuple[str, ...]
    settings: Mapping[str, tuple[str, ...]]  # by capability: what changes its result
    cost_s: float  # seconds that a call takes, and more for each minute of sound
    cost_s_a_minute: float
    lowest_health: Health  # the worst state of the hub in which it still takes work
    concurrency: int  # processes at most; 0: as many as there is room for
    keep_warm: int  # processes that stay when idle
    dependencies: tuple[str, ...]
    requires_python: str
    sha256: str  # of the script as it was read
    recipe: str  # changes whenever the same input might give another result

    @property
    def writes(self) -> bool:
        """Whether it makes something: its results are never known already."""
        return "write" in self.permissions

    @property
    def is_ours(self) -> bool:
        return self.script.parent == AGENTS_FOLDER


class Catalog:
    """The agents of this hub, by name and by capability.

    troubles : what keeps other scripts in the user's folder from being agents
    """

    def __init__(self, cards: Iterable[AgentCard], troubles: Iterable[Gap] = ()) -> None:
        self.cards = {card.name: card for card in cards}
        self.troubles = tuple(troubles)
        # The first to name a capability has it, and ours come first.
        self._by_capability: dict[str, AgentCard] = {}
        for card in self.cards.values():
            for name in card.capabilities:
                self._by_capability.setdefault(name, card)

    def agent(self, name: str) -> AgentCard:
        try:
            return self.cards[name]
        except KeyError as error:
            raise UnknownAgent(f"no agent {name!r}; there is {', '.join(sorted(self.cards))}") from error

    def examples(self, may_run: Callable[[AgentCard], bool]) -> Mapping[str, tuple[str, ...]]:
        """Questions for each capability that is not one of ours, of agents that may be run."""
        others = {name: card for name, card in self._by_capability.items() if name not in CAPABILITIES}
        return {name: card.examples for name, card in others.items() if may_run(card)}

    def capabilities(self) -> Mapping[str, AgentCard]:
        """Each capability of this version and who answers it."""
        return self._by_capability


def read_catalog(users: Path | None = None) -> Catalog:
    """Read the headers of our scripts, and of those in the folder `users`, without running any.

    Raises
    ------
    BadSetup
        A header of ours is missing or declares something unknown. One of the user's becomes a trouble.
    """
    sources = _sources()
    cards = [read_card(path, sources) for path in sorted(AGENTS_FOLDER.glob("*.py")) if path.name != "__init__.py"]
    troubles, names = [], {card.name for card in cards}
    for path in sorted(users.glob("*.py")) if users is not None else ():
        if not path.is_file():  # a pipe of that name would be waited for
            continue
        try:
            card = read_card(path, sources)
            if card.name in names:
                raise BadSetup(f"{path.name} calls itself {card.name!r}, as another agent does")
        except (BadSetup, OSError) as error:
            cause = error if isinstance(error, BadSetup) else BadSetup(f"{path.name} cannot be read: {error}")
            troubles.append(Gap.from_error(cause, capability="system"))
        else:
            cards.append(card)
            names.add(card.name)
    return Catalog(cards, troubles)


def read_card(script: Path, sources: bytes | None = None) -> AgentCard:
    """Read what one script declares; raises BadSetup when that is missing or wrong.

    sources : what scripts may compute with, where it has been read already
    """
    content = script.read_bytes()
    sources = _sources() if sources is None else sources
    match = next((found for found in _HEADER.finditer(_text_of(script, content)) if found["type"] == "script"), None)
    if match is None:
        raise BadSetup(f"{script.name} has no `# /// script` header", hint="see docs/agents.md")
    try:
        header = tomllib.loads("".join(line[2:] for line in match["content"].splitlines(keepends=True)))
        declared: dict[str, Any] = header["tool"]["grym"]
        fingerprint = _fingerprint(content, sources, declared.get("packs", ()))
        card = AgentCard(
            name=str(declared["name"]),
            version=str(declared["version"]),
            script=script,
            about=str(declared.get("about", "")),
            capabilities=_strings(declared["capabilities"]),
            examples=_strings(declared.get("examples", ())),
            needs_recording=bool(declared["needs_recording"]),
            takes_two=bool(declared.get("takes_two", False)),
            hears_changes=bool(declared.get("hears_changes", False)),
            need=Need(float(declared["cpu"]), float(declared["ram_gb"])),
            permissions=_strings(declared["permissions"]),
            settings={name: _strings(names) for name, names in declared.get("settings", {}).items()},
            cost_s=float(declared.get("cost", {}).get("cpu_s", _COST_S[0])),
            cost_s_a_minute=float(declared.get("cost", {}).get("per_minute", _COST_S[1])),
            lowest_health=declared.get("lowest_health", "warning"),
            concurrency=int(declared.get("concurrency", 0)),
            keep_warm=int(declared.get("keep_warm", 0)),
            dependencies=_strings(header["dependencies"]),
            requires_python=str(header.get("requires-python", "")),
            sha256=hashlib.sha256(content).hexdigest(),
            recipe=f"{declared['name']} {declared['version']} {fingerprint}",
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, BadRequest) as error:
        raise BadSetup(f"the [tool.grym] table of {script.name} is wrong or incomplete: {error!r}") from error
    _check(card)
    return card


def _check(card: AgentCard) -> None:
    """Refuse what is declared but impossible."""
    unknown = sorted(set(card.capabilities) - set(CAPABILITIES))
    if not NAME.fullmatch(card.name) or card.name == HEALTH_TOOL:
        wrong = f"the name {card.name!r}; small letters, digits and _ make one"
    elif unknown and card.is_ours:
        wrong = f"unknown capabilities: {', '.join(unknown)}"
    elif any(not NAME.fullmatch(name) for name in unknown):
        wrong = f"a capability {unknown[0]!r}; small letters, digits and _ make one"
    elif unknown and len(card.examples) < _LEAST_EXAMPLES:
        wrong = f"its own capability {unknown[0]!r} with {len(card.examples)} `examples`; it needs {_LEAST_EXAMPLES}"
    elif set(card.permissions) - PERMISSIONS:
        strange = sorted(set(card.permissions) - PERMISSIONS)
        wrong = f"unknown permissions: {', '.join(strange)}; there is {', '.join(sorted(PERMISSIONS))}"
    elif card.lowest_health not in get_args(Health):
        wrong = f"`lowest_health` {card.lowest_health!r}; it is one of {', '.join(get_args(Health))}"
    elif not 0.0 < card.need.cpu <= 64.0 or not 0.0 < card.need.ram_gb <= 1024.0:
        wrong = f"a need of {card.need.cpu:g} cores and {card.need.ram_gb:g} GB"
    elif not 0.0 <= card.cost_s < 1e6 or not 0.0 <= card.cost_s_a_minute < 1e6:
        wrong = f"a `cost` of {card.cost_s:g} s and {card.cost_s_a_minute:g} s a minute"
    elif not 0 <= card.concurrency <= 64 or not 0 <= card.keep_warm <= 16:
        wrong = f"`concurrency` {card.concurrency} (0 to 64) or `keep_warm` {card.keep_warm} (0 to 16)"
    else:
        return
    raise BadSetup(f"{card.script.name} declares {wrong}", hint="see docs/agents.md")


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"a list of strings is wanted, not {value!r}")
    return tuple(value)


def _text_of(script: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadSetup(f"{script.name} is no UTF-8 text") from error


def _sources() -> bytes:
    """Code and data that every script may compute with."""
    folders = (PACKAGE / "audio", PACKAGE / "theory")
    found = (path for folder in folders for path in sorted(folder.rglob("*")))
    said = (PACKAGE / "agent_stdio.py", PACKAGE / "messages.py")  # rounding, and what lite is
    sources = (*said, *(path for path in found if path.suffix in (".py", ".json", ".npz")))
    return b"".join(path.read_bytes() for path in sources)


def _fingerprint(script: bytes, sources: bytes, packs: Iterable[str]) -> str:
    """Hash of the script and of what it may compute with, code, data and model packs: nothing old passes for new."""
    digest = hashlib.sha256(script + sources)
    for name in packs:
        pack = find_pack(name)
        digest.update(f"{name} {pack.spec.version if pack else None}".encode())
    return digest.hexdigest()[:12]
