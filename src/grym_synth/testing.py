"""The fakes that we ship, for tests of whoever builds on this."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from .jobs.runs import STEPS, DoStep, Released
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


class PlainRuns:
    """Runs of jobs in threads of this process, without DBOS: quick to begin, and forgotten with the process.

    Give it to `open_jobs` as `launch`. The items are kept as ever, and `resume` begins anew what was not done.
    """

    def __init__(self, where: Path | str, executor: str, do_step: DoStep) -> None:
        self._executor, self._do_step = executor, do_step
        self._threads: dict[tuple[str, int], threading.Thread] = {}

    def submit(self, id: str, run: int) -> bool:
        if (id, run) not in self._threads:
            thread = self._threads[(id, run)] = threading.Thread(target=self._do, args=(id, run), daemon=True)
            thread.start()
        return True

    def pending(self) -> list[tuple[str, str]]:
        return [(f"{id}.{run}", self._executor) for (id, run), thread in self._threads.items() if thread.is_alive()]

    def has_room(self) -> bool:
        return True

    def cancel(self, names: Sequence[str]) -> None:
        """There are no others whose runs could be left."""

    def close(self) -> None:
        for thread in self._threads.values():
            thread.join()

    def _do(self, id: str, run: int) -> None:
        try:
            for step in STEPS:
                self._do_step(step, id, run)
        except Released:
            return
