"""Who listens without hearing: it finds a second of sound in every file, or what it was told to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grym_synth.library.reading import read_content
from grym_synth.messages import Evidence, Gap, Source
from grym_synth.storage.library_rows import HeardPart
from grym_synth.storage.store import Heard


@dataclass(frozen=True)
class Hearing:
    heard: Heard
    sha256: str | None
    parts: tuple[HeardPart, ...] = ()


@dataclass
class Listener:
    """Hears a second in everything, unless a gap is set for a name; and counts what it listens to."""

    recipe: str = "listen 1"
    gaps: dict[str, list[str]] = field(default_factory=dict)  # by file name: codes, one for each time
    before: Callable[[str], None] = lambda path: None
    listened: Counter[str] = field(default_factory=Counter)
    under_way: int = 0
    most: int = 0

    async def listen(self, path: str, size: int, on_progress: Callable[[float, str], None]) -> Hearing:
        name = Path(path).name
        self.listened[name] += 1
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        on_progress(0.5, "listening")
        await asyncio.sleep(0.001)
        self.under_way -= 1
        self.before(path)
        if self.gaps.get(name):
            gap = Gap("facts", f"{path!r} is no good", self.gaps[name].pop(0), path, retry_after_s=0.001)
            return Hearing(Heard((), (gap,)), read_content(path).sha256)
        source = Source("listen", "1", "decoded")
        found = Evidence("", "facts.duration_s", "duration", 1.0, "s", 1.0, path, source)
        heard = Heard((found,), ())
        part = HeardPart("facts", self.recipe, {}, heard)
        return Hearing(heard, read_content(path).sha256, (part,))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
