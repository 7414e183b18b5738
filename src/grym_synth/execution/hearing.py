"""One recording listened to for the library: everything but notes, whole, by processes that others go before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..messages import Evidence, Gap, Plan, Step
from ..storage.library_rows import HeardPart
from ..storage.store import Heard
from .catalog import AgentCard, Catalog
from .executor import MEASUREMENT, Executor, Urgency, lasts

_NOT_HEARD = ("notes",)  # ten times the work of all the rest
_VECTORS = ("timbre.vectors", "timbre.print", "timbre.fragments")
_BYTES_AN_HOUR = 200e6  # of a coded recording, to stretch deadlines by
_URGENCY = replace(MEASUREMENT, is_gentle=True)

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What came of listening to a recording once, by capability.

    parts : what may be kept; the vectors are no part of it, since the library keeps them in far less space
    sha256 : of what was heard; None when it could not be read
    """

    heard: Heard
    parts: tuple[HeardPart, ...]
    sha256: str | None


class Listener:
    """Listens to one recording after another; several may be under way."""

    def __init__(self, catalog: Catalog, executor: Executor, *, deadline: float, urgency: Urgency = _URGENCY) -> None:
        self._executor, self._deadline, self._urgency = executor, deadline, urgency
        self._cards: dict[str, AgentCard] = {}
        self._capabilities: dict[str, list[str]] = {}
        for name, card in catalog.capabilities().items():
            if _is_heard(name, card):
                self._cards[card.name] = card
                self._capabilities.setdefault(card.name, []).append(name)

    @property
    def recipe(self) -> str:
        """Changes whenever the same recording might be told of differently."""
        return "; ".join(self._cards[name].recipe for name in sorted(self._cards))

    async def listen(self, path: str, size: int, on_progress: OnProgress) -> Hearing:
        """Listen to the file at `path`; what stands in the way becomes gaps."""
        evidence, gaps, parts = list[Evidence](), list[Gap](), list[HeardPart]()
        sha256: str | None = None
        plan = Plan(tuple(self._steps(path, size)))
        async for found in self._executor.run(
            plan,
            use_cache=True,
            on_progress=lambda step, fraction, message: on_progress(fraction, message),
            urgency=self._urgency,
            keep=False,
        ):
            evidence += found.heard.evidence
            gaps += found.heard.gaps
            sha256 = found.sha256
            card = self._cards[found.step.agent]
            parts += [part for name in found.step.capabilities if (part := _part(name, card, found.heard))]
        return Hearing(Heard(tuple(evidence), tuple(gaps)), tuple(parts), sha256)

    def _steps(self, path: str, size: int) -> list[Step]:
        deadline = self._deadline * (1 + size / _BYTES_AN_HOUR)
        return [
            Step(f"index {path}", name, tuple(names), path, path, {"vectors": True}, self._cards[name].need, deadline)
            for name, names in self._capabilities.items()
        ]


def recipe_of(catalog: Catalog) -> str:
    """The recipe of a listener with these agents."""
    cards = {card.name: card for name, card in catalog.capabilities().items() if _is_heard(name, card)}
    return "; ".join(cards[name].recipe for name in sorted(cards))


def _is_heard(capability: str, card: AgentCard) -> bool:
    listens = card.is_ours and card.needs_recording and not (card.takes_two or card.writes)
    return listens and capability not in _NOT_HEARD


def _part(capability: str, card: AgentCard, heard: Heard) -> HeardPart | None:
    """What a question about one capability would be answered with; None for what has to be heard again."""
    evidence = (item for item in heard.evidence if item.capability == capability and item.name not in _VECTORS)
    gaps = (gap for gap in heard.gaps if gap.capability == capability)
    found = Heard(tuple(evidence), tuple(gaps))
    return HeardPart(capability, card.recipe, {}, found) if found.evidence and lasts(found) else None
