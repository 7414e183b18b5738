"""What a language model is here: text in, text out, and what it cost. Everything about providers is in `adapters`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from ..config.models import ModelTask
from ..errors import ModelFailed, ModelUnreachable
from ..messages import Json

Task: TypeAlias = ModelTask  # "plan" or "write"

#: Called with each piece of text as it comes, and with RESTART when another try begins anew.
OnText = Callable[[str], None]

#: The empty piece: what came before it is void. No other piece is empty, so who only appends needs no case for it
#: but to forget; and what came before an error is void as well.
RESTART: Final = ""


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


class ModelBusy(ModelUnreachable):
    """It says that it is asked too often, or too much: no fault of its own, and another time may do."""


class ModelAbsent(ModelUnreachable):
    """Nobody is there: no connection was made, so nothing was sent."""


class ModelTimeout(ModelUnreachable):
    """It took too long; the tokens may be paid all the same."""


class ModelRefused(ModelFailed):
    """It will not take this question, now or later: a wrong key, an unknown model, more than it can read."""


class UnusableAnswer(ModelFailed):
    """It answered, and what it said is no answer; the tokens are paid all the same."""

    def __init__(self, message: str, *, hint: str = "", input_tokens: int = 0, output_tokens: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.input_tokens, self.output_tokens = input_tokens, output_tokens


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
        BadSetup
            What it takes to ask it is not installed.
        """
        ...

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...


class Models(Protocol):
    """The models that a hub has, behind one door: chosen, guarded and accounted (`guarded.GuardedModels`)."""

    def has(self, task: Task) -> bool:
        """Whether any model is configured for this task."""
        ...

    async def ask(self, prompt: Prompt, *, context: str, on_text: OnText | None = None) -> Said:
        """The answer of the best model that is fit, with fallback to the next.

        on_text : hears RESTART when a model broke off and the next one begins

        Raises
        ------
        Unavailable, AgentFailed, BadSetup
            None of them answered; the message names the last reason.
        """
        ...
