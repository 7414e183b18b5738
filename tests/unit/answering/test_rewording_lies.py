"""A model that lies about true sentences: no lie leaves. The lies are made by programs that know nothing of the rules.

Two kinds: lies of the checker's own adversary, with the true sentence as ours, and our own sentences about made-up
evidence with one thing changed.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grym_synth.answering.rewording import Reworded, reword
from grym_synth.answering.words.page import Sentence, labels
from grym_synth.answering.write import Draft, compose, write
from grym_synth.llm.aliases import Aliases
from grym_synth.messages import Evidence, Request, Route
from grym_synth.planning.routing.router import load_router
from grym_synth.testing import ScriptedModel

from .made_evidence import everything, music

# The test folders are no packages: the adversary is found from the root of the checkout.
sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.adversary import Case, make_world, planted_lies, true_sentences

SEED = 31
QUESTIONS = (
    "how fast is it", "which key", "how loud is it, and does it clip?", "tell me everything", "which chords?",
    "what is the form", "is it in tune?", "which one is louder", "compare the tempo", "is it faster than 120 bpm",
    "notes and melody", "what kind of sound is this", "is there hum?", "is it muddy", "is it louder than -14 LUFS",
    "how long is it", "do they fit together",
)  # fmt: skip
FLIPS = (
    ("louder", "quieter"), ("faster", "slower"), ("loudest", "quietest"), ("fastest", "slowest"), ("sharp", "flat"),
    ("brightest", "darkest"), ("above", "below"), ("longest", "shortest"), ("left", "right"), ("Yes", "No"),
    ("major", "minor"), ("half time", "double time"), ("strongest", "weakest"), ("most likely", "certainly"),
    ("perhaps", "most likely"), ("I am not sure: perhaps", "It is"), ("no clipping", "clipping"), ("up", "down"),
    ("There is a", "There is no"), ("lowest", "highest"), ("open", "closed"), ("again and again", "once"),
    ("Most likely", "It is"), ("Most", "Least"), ("lopsided", "balanced"), ("moderate", "wide"),
)  # fmt: skip
ADDED = (
    ", which is perfect for clubs", ", recorded in Paris", ", a techno track", ", so it is mastered well", ", in 7/8",
    ", and it has 23 edits", ", steady throughout", ", with vocals", ", as in the first half", ", like the bass",
)  # fmt: skip
SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NUMBER = re.compile(r"(?<![\w#/:])-?\d+(?:[.,:]\d+)*")
_KEY = re.compile(r"\b[A-G](?:#|b)?(?= major| minor)")


def rewritten(draft: Draft, request: Request, text: str, cited: Sequence[str]) -> Reworded | None:
    """What comes of a model that says `text`; None when it is not asked."""
    aliases = Aliases(labels((*draft.subjects, *(item.subject for item in draft.evidence))))
    marks = "".join(f"[{name}]" for name in cited)
    model = ScriptedModel(f"{aliases.hide(text, stems=True).rstrip('. ')} {marks}.")
    result = asyncio.run(reword(model, draft, request, context="c"))
    return result if model.asked else None


def as_draft(case: Case, text: str) -> tuple[Draft, Request]:
    """A true sentence of the adversary as our only one."""
    ours = Sentence(text, tuple(item.id for item in case.cited), "measured")
    draft = Draft((ours,), case.cited, question=case.question, subjects=case.subjects)
    return draft, Request(case.question, case.subjects)


def worlds(seed: int) -> Iterator[tuple[tuple[str, ...], list[Evidence], random.Random]]:
    rng = random.Random(seed)
    while True:
        if rng.random() < 0.4:
            subjects = rng.choice((("mix.wav",), ("mix.wav", "demo.wav")))
            sure = rng.choice((0.95, 0.7, 0.4))
            found = []
            for n, name in enumerate(subjects):
                found += [*everything(name, shift=3.0 * n, confidence=sure), *music(name, confidence=sure)]
            yield subjects, found, rng
        else:
            world = make_world(rng)
            yield world.subjects, world.items, rng


def changed(text: str, names: Sequence[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    """The sentence with one thing changed so that it is false, or says more than was found."""
    for match in _NUMBER.finditer(text):
        digits = list(match[0])
        place = rng.choice([i for i, digit in enumerate(digits) if digit.isdigit()][:2])
        digits[place] = str((int(digits[place]) + rng.randint(1, 9)) % 10)
        yield "number", text[: match.start()] + "".join(digits) + text[match.end() :]
        if match[0].startswith("-"):
            yield "sign", text[: match.start()] + match[0][1:] + text[match.end() :]
    for match in _KEY.finditer(text):
        other = rng.choice([note for note in SHARPS if note != match[0]])
        yield "key", text[: match.start()] + other + text[match.end() :]
    for pair in FLIPS:
        for one, other in (pair, pair[::-1]):
            if re.search(rf"\b{one}\b", text):
                yield "word", re.sub(rf"\b{one}\b", other, text, count=1)
    for one in names:
        for other in names:
            if one != other and one in text:
                yield "recording", text.replace(one, "\0").replace(other, one).replace("\0", other)
    yield "denied", re.sub(r"\b(is|runs|has|are)\b", r"\1 not", text, count=1)
    for more in ADDED:
        yield "added", text.rstrip(".") + more + "."


def assert_no_lie_leaves(n: int) -> Counter[str]:
    router, tried = load_router(None), Counter[str]()
    for subjects, found, rng in worlds(SEED):
        question = rng.choice(QUESTIONS)
        route: Route = router.route(question, subjects)
        request = Request(question, subjects)
        draft = write(request, route, found, ())
        ours = compose(draft)[1]
        spoken = {claim.text for claim in ours}
        sentences = [each for each in draft.sentences if any(each.evidence_ids == claim.evidence for claim in ours)]
        if not sentences:
            continue
        sentence = rng.choice(sentences)
        lies = [(kind, text) for kind, text in changed(sentence.text, list(labels(subjects).values()), rng)
                if text != sentence.text and not ("not sure" in text and kind == "word")]  # fmt: skip
        for kind, lie in rng.sample(lies, min(6, len(lies))):
            answer = rewritten(draft, request, lie, sentence.evidence_ids)
            if answer is None:
                break
            tried[kind] += 1
            told = [claim.text for claim in answer.claims]
            assert set(told) == spoken, (question, sentence.text, lie, [text for text in told if text not in spoken])
        if tried.total() >= n:
            return tried
    raise AssertionError


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_change_of_our_sentences_for_the_worse_leaves() -> None:
    tried = assert_no_lie_leaves(250)
    assert min(tried[kind] for kind in ("number", "sign", "key", "word", "recording", "denied", "added")) >= 1


@pytest.mark.slow
def test_no_planted_lie_leaves() -> None:
    asked, left = 0, []
    for case in planted_lies(SEED, 300):
        answer = rewritten(*as_draft(case, case.truth), case.text, [item.id for item in case.cited])
        asked += answer is not None
        if answer is not None and answer.used:
            left.append((case.kind, case.truth, case.text))
    assert asked >= 250
    assert not left


@pytest.mark.slow
def test_true_sentences_stand() -> None:
    asked = stand = 0
    for case in true_sentences(SEED, 250):
        answer = rewritten(*as_draft(case, case.text), case.text, [item.id for item in case.cited])
        if answer is not None and '"' not in case.text and "“" not in case.text:
            asked, stand = asked + 1, stand + (answer.used == 1)
    assert asked >= 180
    assert stand / asked >= 0.97
