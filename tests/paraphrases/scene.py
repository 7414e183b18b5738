"""A scene: evidence made up for one topic, true sentences about it, and lies about the same evidence.

A template holds choices, `<a|b|c>`, which may stand in each other, and slots, `{n}`, which are filled after the
choices are made. A lie is a template of a truth with slots filled falsely, or a template that is false as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from grym_synth.messages import EVIDENCE_UNITS, Evidence, Json, Source, Span

NAMES = (
    "mix.wav", "master_v2.flac", "night_drive.mp3", "Rough Mix.wav", "bounce.aiff", "vocals.wav", "demo.ogg",
    "reference.flac", "final_master.wav", "kick.wav", "01 Intro.flac", "take3.wav", "synthwave-loop.wav",
    "live set.mp3", "summer.m4a", "bassline.wav", "old_tape.wav", "remix.flac",
)  # fmt: skip
FOLDERS = ("", "", "", "songs/", "Music/2024/", "./")

#: Ways to speak of the one recording; `name` is filled in later.
MACROS = {
    "It": "<It|It|The <track|song|recording|piece|file>|This <track|recording|song|one>|{name}>",
    "it": "<it|it|the <track|song|recording|piece|file>|this <track|recording|song|one>|{name}>",
    "Its": "<Its|The <track|song|recording|piece>'s|{name}'s>",
    "its": "<its|the <track|song|recording|piece>'s|{name}'s>",
}

#: What nobody found, and the capability whose evidence would have to hold it.
INVENTED = (
    (", with a saxophone solo in the middle", "timbre"), (", sung by Nina Simone", "tags"),
    (", recorded at Abbey Road Studios", "tags"), (", and it was mastered by Bob Katz", "tags"),
    (', from the album "Blue Lines"', "tags"), (", with a true peak of -0.3 dBTP", "true_peak"),
    (", and 340 samples are clipped", "clipped"), (", and it lasts 4:37", "duration"), (", in F# minor", "key"),
    (", released in 1987", "tags"), (", at a brisk 171 BPM", "tempo"), (", with a 60 Hz hum underneath", "hum"),
    (", and the chorus starts at 1:07", "structure"), (", with the second half 5 dB quieter", "loudness"),
    (", and the lowest note is a C1", "notes"), (", played on a Fender Rhodes", "timbre"),
    (", with a Dm7 chord at the end", "chords"), (", and it is encoded as 320 kbps MP3", "facts"),
    (", and the strongest peak lies at 2.2 kHz", "spectrum"), (", with 14 silent gaps", "silence"),
    (", tuned 31 cents sharp", "tuning"), (", in 7/8 time", "metre"), (", which is 12B on the Camelot wheel", "key"),
    (", and 38 % of it is distorted", "clipped"), (", a cover of Yesterday by the Beatles", "tags"),
)  # fmt: skip

OPENERS = (
    "According to the analysis, ", "From what I can measure, ", "In short: ", "In short, ", "As far as I can tell, ",
    "So, ", "Quick answer: ", "For what it is worth, ", "Going by the measurements, ", "On the technical side, ",
    "To answer your question: ", "Well, ", "Good news: ", "Interestingly, ", "Note that ", "As measured, ",
)  # fmt: skip
_LOWERED = ("It", "Its", "The", "This", "There", "A", "An", "Both", "No", "At", "With", "Of", "I", "Most", "Nothing")
_CHOICE = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, the evidence it cites, and what is wrong with it; `kind` is "" for a true one."""

    text: str
    cited: tuple[Evidence, ...]
    question: str
    subjects: tuple[str, ...]
    topic: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    template: str
    slots: Mapping[str, str]
    kind: str = ""
    changed: frozenset[str] = frozenset()  # slots that make it false; empty: the template does


class Scene:
    """Evidence of one topic and everything that is said about it."""

    def __init__(self, rng: Random, topic: str, n_subjects: int = 1) -> None:
        self.rng, self.topic, self.question = rng, topic, ""
        self.cited: list[Evidence] = []
        self._truths: list[_Line] = []
        self._lies: list[_Line] = []
        names = rng.sample(NAMES, max(2, n_subjects))
        folder = rng.choice(FOLDERS)
        self.paths = [folder + name for name in names]
        bare = rng.random() < 0.2
        self.names = [name.rpartition(".")[0] if bare and name[0] not in "0" else name for name in names]
        tick = rng.choice(["", "", "", "`", '"', "**"])
        self.names = [f"{tick}{name}{tick}" for name in self.names]
        self.subjects = tuple(self.paths[: n_subjects if n_subjects > 1 else rng.choice([1, 1, 2])])

    def found(
        self, name: str, kind: str, value: Json, *, of: int = 0, confidence: float = 0.95, rank: int = 0,
        span: tuple[float, float] | None = None, agent: str = "listen", method: str = "measured",
    ) -> str:  # fmt: skip
        """Cite evidence of recording number `of`; its id."""
        identity = f"e{len(self.cited) + 1}"
        where = None if span is None else Span(*span)
        subject = self.paths[of] if of >= 0 else ""
        source = Source(agent, "1", method)
        self.cited.append(
            Evidence(
                identity, name, kind, value, EVIDENCE_UNITS[kind], confidence, subject, source, where, "full", rank
            )
        )
        return identity

    def tell(
        self, templates: str, truth: Mapping[str, str], lies: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """True templates, one a line; and the same with slots changed, by the kind of lie."""
        base = {"name": self.names[0], **truth}
        for template in _lines(templates):
            self._truths.append(_Line(template, base))
            used = set(_SLOT.findall(_macros(template)))
            for kind, false in (lies or {}).items():
                changed = frozenset(slot for slot in false if slot in used)
                if changed:
                    assert all(false[slot] != base[slot] for slot in changed), (kind, template, false)
                    self._lies.append(_Line(template, {**base, **false}, kind, changed))

    def lie(self, kind: str, templates: str, slots: Mapping[str, str] | None = None) -> None:
        """Templates that are false whatever is chosen in them."""
        base = {"name": self.names[0], **(slots or {})}
        self._lies += [_Line(template, base, kind) for template in _lines(templates)]

    def distract(self) -> None:
        """Sometimes cite one more finding that nothing is said about."""
        beside: list[tuple[str, str, Json]] = [
            ("facts.rms_dbfs", "level", round(self.rng.uniform(-32, -27), 2)),
            ("rhythm.onset_count", "count", self.rng.randrange(5000, 9000)),
            ("spectrum.bandwidth_hz", "frequency", round(self.rng.uniform(13e3, 15e3), 1)),
            ("spectrum.window", "label", "hann"),
        ]
        name, kind, value = self.rng.choice(beside)
        is_new = all(item.name != name for item in self.cited)
        if is_new and self.subjects and self.rng.random() < 0.25:
            self.found(name, kind, value)

    def truth(self) -> Case:
        line = self.rng.choice(self._truths)
        return self._case(self._write(line), "")

    def falsehood(self) -> Case:
        """One lie, every kind being as likely as the others."""
        kinds = sorted({line.kind for line in self._lies})
        inventions = [clause for clause, about in INVENTED if not any(about in item.name for item in self.cited)]
        extends = self._can_extend() and self.rng.random() < 0.6
        kind = self.rng.choice([*kinds, "invented clause"] if extends else kinds)
        if kind == "invented clause":
            text = self._write(self.rng.choice(self._truths), decorate=False).rstrip(".")
            return self._case(f"{text}{self.rng.choice(inventions)}.", kind)
        return self._case(self._write(self.rng.choice([line for line in self._lies if line.kind == kind])), kind)

    def _can_extend(self) -> bool:
        return bool(self._truths) and not any(item.capability == "theory" for item in self.cited)

    def _case(self, text: str, kind: str) -> Case:
        return Case(text, tuple(self.cited), self.question, self.subjects, self.topic, kind)

    def _write(self, line: _Line, *, decorate: bool = True) -> str:
        while True:
            chosen = expand(_macros(line.template), self.rng)
            if not line.changed or line.changed & set(_SLOT.findall(chosen)):
                break
        text = " ".join(_SLOT.sub(lambda slot: line.slots[slot[1]], chosen).split())
        text = text.replace(" ,", ",").replace(" .", ".")
        if decorate and self.rng.random() < 0.12:
            text = self._opened(text)
        if decorate and self.rng.random() < 0.12:
            marks = "".join(f"[{item.id}]" for item in self.cited)
            text = f"{text.rstrip('.')} {marks}."
        # A name at the head of a sentence keeps its letters.
        return text if text.startswith(tuple(self.names)) else text[:1].upper() + text[1:]

    def _opened(self, text: str) -> str:
        first = text.partition(" ")[0]
        if first not in _LOWERED or text.startswith(("A ", "I ")):
            return text
        return self.rng.choice(OPENERS) + text[:1].lower() + text[1:]


def expand(template: str, rng: Random) -> str:
    """The template with one of each of its choices."""
    while match := _CHOICE.search(template):
        template = template[: match.start()] + rng.choice(match[1].split("|")) + template[match.end() :]
    return template


def _macros(template: str) -> str:
    return _SLOT.sub(lambda slot: MACROS.get(slot[1], slot[0]), template)


def _lines(templates: str) -> Sequence[str]:
    return [line.strip() for line in templates.strip().splitlines()]
