"""A sender and a receiver of packs, with stores of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from grym_synth.knowledge.learn import Learner
from grym_synth.memory.duplicates import Duplicates
from grym_synth.sharing.collecting import Stock, collect
from grym_synth.sharing.keys import OwnKey, own_key
from grym_synth.sharing.pack import write_pack
from grym_synth.sharing.taking import Own
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import Section, SourceRow
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, LibraryFile
from grym_synth.storage.prints import Prints, StoredPrint
from grym_synth.storage.sharing import Shared
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Correction, Label, Preference, Teachings

TEXT = "# Kick\n\nCut 300 Hz on the kick by 3 dB.\n"


def content(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def print_of(name: str, *, bits: int = 0) -> StoredPrint:
    """The print of a recording of eight seconds; `bits` of each word are turned, as another coding does."""
    rng = np.random.default_rng(int(content(name)[:8], 16))
    words = rng.integers(1, 2**63, 100, dtype=np.uint64)
    for place in range(bits):
        words = words ^ np.uint64(1 << (7 * place))
    summary = rng.normal(0.0, 3.0, 130).astype(np.float16).astype(np.float32)
    name = name if not bits else f"{name} in another coding"
    return StoredPrint(content(name), words, np.zeros((0, 65), np.uint8), summary)


class House:
    """One person's things."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.store = SqliteStore(folder / "grym.db")
        self.teachings, self.library = Teachings(self.store), Library(self.store)
        self.prints, self.knowledge, self.shared = Prints(self.store), Knowledge(self.store), Shared(self.store)
        learner = Learner(self.knowledge, None)  # type: ignore[arg-type]  # nothing is read here
        duplicates = Duplicates(self.prints)
        self.own = Own(
            self.shared, self.teachings, self.library, self.knowledge,
            lambda heard: [(each.sha256, each.similarity) for each in duplicates.of(heard)], learner.keep,
        )  # fmt: skip
        self.keep_source = learner.keep

    @property
    def key(self) -> OwnKey:
        return own_key(self.folder / "keys")

    @property
    def stock(self) -> Stock:
        return Stock(self.teachings, self.library, self.prints, self.knowledge, lambda: {"format": "grym-teachings/1"})

    def has(self, name: str, *, bits: int = 0, tempo: float = 120.0, length: float = 8.0) -> str:
        """Index a recording; its content."""
        heard = print_of(name, bits=bits)
        self.library.put_files([LibraryFile(f"/music/{heard.sha256[:8]}.wav", 1, 1, 1, 1, 1, heard.sha256, "known")])
        figures = {"duration_s": length, "tempo_bpm": tempo, "integrated_lufs": -14.0}
        self.library.put([Described(heard.sha256, "r1", figures, {"key": "A minor"}, {"drums": 0.5},
                                    {"timbre": np.ones(4, np.float32)})])  # fmt: skip
        self.prints.put([heard])
        return heard.sha256

    def teach(self, sha256: str, label: str, *, is_so: bool = True, at: float = 100.0) -> None:
        self.teachings.put_labels([Label(sha256, label, is_so, "/music/secret.wav", at)])

    def correct(self, sha256: str, tempo: float) -> None:
        self.teachings.put_correction(Correction(sha256, "tempo", tempo, (), "/music/secret.wav", 100.0))

    def prefer(self, a: str, b: str, c: str) -> None:
        self.teachings.put_preference(Preference(a, b, c, ("x", "y", "z"), 100.0))

    def note(self, address: str, text: str = TEXT) -> None:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        source = SourceRow(address, "markdown", "notes", "kick", "Kick", sha256, 1, 100.0, 100.0)
        self.keep_source(source, text, [Section(0, "Kick", 1)])

    def export(self, out: Path, what: Sequence[str] = ("labels", "features", "notes"), *, made_at: int = 1000) -> Path:
        write_pack(out, self.key, made_at, collect(self.stock, what).documents)
        return out


def sender(folder: Path) -> House:
    """One with recordings, words of his own and a note."""
    house = House(folder)
    kick, loop, tone = house.has("kick"), house.has("loop"), house.has("tone")
    house.teach(kick, "boom")
    house.teach(loop, "dusty", is_so=False)
    house.correct(loop, 60.0)
    house.prefer(kick, loop, tone)
    house.note("/home/ben/notes/kick.md")
    return house
