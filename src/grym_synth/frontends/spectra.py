"""A spectrogram that is kept for a while behind a handle: by operation only, since pictures are what people look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..messages import Gap, Json, Plan, Step, evidence_to_json, gap_to_json
from .protocol import Emit

if TYPE_CHECKING:
    from ..hub import Hub

_SETTINGS = ("start_s", "end_s", "n_fft", "window", "scale", "bands")


async def perform_spectrogram(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Compute the spectrogram of a recording, or of a part, and tell the handle that it is read by."""
    path = str(Path(operation["folder"], operation["path"]))
    folder = hub.config.home / "handles"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    given = {name: operation[name] for name in _SETTINGS if operation.get(name) is not None}
    params: dict[str, Json] = {"operation": "spectrogram", "handles": str(folder), **given}
    card = hub.catalog.agent("fft")
    step = Step("s1", card.name, (card.name,), path, path, params, card.need, hub.config.step_deadline)

    def tell(step: Step, fraction: float, message: str) -> None:
        emit({"progress": {"step": step.id, "subject": path, "fraction": fraction, "message": message, "of": 1}})

    gaps: list[Gap] = []
    async for outcome in hub.executor.run(Plan((step,)), use_cache=False, on_progress=tell, keep=False):
        evidence = outcome.heard.evidence
        gaps += outcome.heard.gaps
        if evidence:
            told = [{**evidence_to_json(item), "id": f"e{i}"} for i, item in enumerate(evidence, start=1)]
            emit({"document": {"path": path, "evidence": told, "gaps": [gap_to_json(gap) for gap in gaps]}})
            return 0
    from .operations import gap_error, gap_exit

    gap = gaps[0] if gaps else Gap("spectrum", "no spectrum came", "agent_failed")
    emit({"document": {"path": path, "error": {**gap_error(gap), "retry_after_s": gap.retry_after_s}}})
    return gap_exit([gap])
