"""What a language model is here: text in, text out, and what it cost. Everything about providers is in `adapters`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ..messages import Json

Task = Literal["plan", "write"]

#: Called with each piece of text as it comes.
OnText = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model.

    schema : JSON Schema of the answer, when it must be JSON; None for prose
    is_private : it carries file names, notes or other words of the user's that must not leave the machine
    """

    task: Task
    system: str
    text: str
    schema: Mapping[str, Json] | None = None
    max_tokens: int = 800
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a model answered. `text` is JSON when a schema was given; whether it keeps to it, the asker checks."""

    text: str
    model: str  # its name in the settings
    input_tokens: int
    output_tokens: int


class LanguageModel(Protocol):
    """One configured model."""

    async def ask(self, prompt: Prompt, on_text: OnText | None = None) -> Said:
        """One answer, whole.

        Raises
        ------
        ModelUnreachable
            No connection, or an answer that says to come back later; it may work another time.
        ModelFailed
            It answered something that is no answer, or was refused for good (a wrong key, an unknown model).
        """
        ...


class Models(Protocol):
    """The models that a hub has, behind one door: chosen, guarded and accounted (`guarded.GuardedModels`)."""

    def has(self, task: Task) -> bool:
        """Whether any model is configured for this task."""
        ...

    async def ask(self, prompt: Prompt, *, context: str, on_text: OnText | None = None) -> Said:
        """The answer of the best model that is fit, with fallback to the next.

        Raises
        ------
        Unavailable, AgentFailed, BadSetup
            None of them answered; the message names the last reason.
        """
        ...
