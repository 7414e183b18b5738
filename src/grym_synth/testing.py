"""The fakes that we ship, for tests of whoever builds on this."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .llm.model import OnText, Prompt, Said, Task


class ScriptedModel:
    """A language model that says what it was given to say, one after the other, and remembers what it was asked.

    It is a `LanguageModel`, and passes for the `Models` of a hub too. A script entry is the text, a function from the
    prompt to the text, or an error to raise.
    """

    def __init__(
        self, *script: str | Callable[[Prompt], str] | Exception, tasks: Sequence[Task] = ("plan", "write")
    ) -> None:
        self._script, self._tasks = list(script), tuple(tasks)
        self.asked: list[Prompt] = []

    def has(self, task: Task) -> bool:
        return task in self._tasks

    async def ask(self, prompt: Prompt, on_text: OnText | None = None, *, context: str = "default") -> Said:
        self.asked.append(prompt)
        entry = self._script.pop(0)
        if isinstance(entry, Exception):
            raise entry
        text = entry if isinstance(entry, str) else entry(prompt)
        if on_text is not None:
            for word in re.findall(r"\s*\S+|\s+$", text):
                on_text(word)
        return Said(text, "scripted", len(prompt.system.split()) + len(prompt.text.split()), len(text.split()))

    async def aclose(self) -> None:
        """There is nothing to let go of."""
