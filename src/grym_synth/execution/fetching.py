"""Addresses fetched for the knowledge base by the fetch agent, the only process that opens any."""

from __future__ import annotations

from dataclasses import replace

from ..messages import Json, Plan, Step
from ..storage.store import Heard
from .catalog import Catalog
from .executor import MEASUREMENT, Executor, Urgency

_URGENCY = replace(MEASUREMENT, is_gentle=True)


class Opener:
    """Has one address after another fetched into a folder; several may be under way.

    loopback_test : the setting of tests: nothing but this machine is opened
    """

    def __init__(
        self,
        catalog: Catalog,
        executor: Executor,
        *,
        deadline: float,
        loopback_test: bool = False,
        urgency: Urgency = _URGENCY,
    ) -> None:
        self._catalog, self._executor, self._deadline, self._urgency = catalog, executor, deadline, urgency
        self._loopback_test = loopback_test

    async def open(self, address: str, folder: str, params: dict[str, Json]) -> Heard:
        """What the agent told of an address: its page as one finding, or why there is none."""
        card = self._catalog.agent("fetch")
        params = {**params, "address": address, "folder": folder, "subject": address}
        if self._loopback_test:
            params["loopback_test"] = True
        step = Step(f"fetch {address}", card.name, (card.name,), address, "", params, card.need, self._deadline)
        async for found in self._executor.run(
            Plan((step,)),
            use_cache=False,
            on_progress=lambda _, fraction, doing: None,
            urgency=self._urgency,
            keep=False,
        ):
            return found.heard
        return Heard((), ())
