"""What is answered without a hub: it only looks, or leaves word for the next one. Light, since it is asked often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..config import Config
    from ..messages import Json


async def without_hub(config: Config, operation: Mapping[str, Any]) -> dict[str, Json] | None:
    """The document of an operation for which no hub has to be started; None for all others."""
    match operation["op"]:
        case "status":
            from ..upkeep import last_seen
            from .job_documents import jobs_status_without_hub

            return {**last_seen(config), **jobs_status_without_hub(config)}
        case "pause" | "resume" as op:
            from ..upkeep import pause

            pause(config, wanted=op == "pause")
            return {"paused": op == "pause"}
        case "context":
            from .contexts import context_without_hub

            return context_without_hub(config, operation)
        case "library":
            from .library import library_without_hub

            return library_without_hub(config, operation)
        case "jobs":
            from .job_documents import jobs_without_hub

            return await jobs_without_hub(config, operation)
    return None
