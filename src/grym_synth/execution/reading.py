"""Files read for the knowledge base, by a process that everything else goes before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..messages import Json, Plan, Step
from ..storage.store import Heard
from .catalog import Catalog
from .executor import MEASUREMENT, Executor, Urgency

_URGENCY = replace(MEASUREMENT, is_gentle=True)


class Reader:
    """Has one file after another read by the read agent; several may be under way."""

    def __init__(self, catalog: Catalog, executor: Executor, *, deadline: float, urgency: Urgency = _URGENCY) -> None:
        self._catalog, self._executor, self._deadline, self._urgency = catalog, executor, deadline, urgency

    async def read(
        self,
        path: str,
        *,
        name: str = "",
        content_type: str = "",
        address: str = "",
        on_progress: Callable[[float, str], None] = lambda fraction, doing: None,
    ) -> Heard:
        """What the agent told of the file at `path`: its document as one finding, or why it cannot be read."""
        card = self._catalog.agent("read")
        given = {"name": name, "content_type": content_type, "address": address}
        params: dict[str, Json] = {key: value for key, value in given.items() if value}
        step = Step(f"read {path}", card.name, (card.name,), path, path, params, card.need, self._deadline)
        async for found in self._executor.run(
            Plan((step,)),
            use_cache=False,
            on_progress=lambda _, fraction, doing: on_progress(fraction, doing),
            urgency=self._urgency,
            keep=False,
        ):
            return found.heard
        return Heard((), ())
