"""No sentence of ours is dropped by the checker, whatever was found, whatever was asked, whatever files are called."""

from __future__ import annotations

import logging
import random
from dataclasses import replace
from typing import get_args

import pytest

from grym_synth.answering.words.writers import WRITERS
from grym_synth.answering.write import compose, write
from grym_synth.messages import Detail, Evidence, Json
from grym_synth.planning.aspects import VOCABULARY, read_aspects
from grym_synth.planning.slots import read_slots

from .made_evidence import request, route
from .random_evidence import NAMES, comparison, findings, some, system

DETAILS: tuple[Detail, ...] = get_args(Detail)

QUESTIONS = (
    "How fast is it, and in which key?", "is it loud enough for streaming?", "Is anything wrong with these?",
    "which is the fastest?", "is it 120 BPM?", "how far is it from -9 LUFS and -1 dBTP?", "What chord is at 0:12?",
    "Is there an F#m7?", "Where does the chorus start?", "Which notes are played between 0:30 and 0:50?",
    "Is it in Bb minor?", "does it get louder towards the end?", "Is the left channel quieter than the right?",
    "Do these two loops fit together?", "tell me everything", "Tempo and key of each?", "Welches Tempo hat der Loop?",
    "¿En qué tonalidad está?", "Is it AABA?", "What are the first three notes of the melody?", "Is it a snare?",
    "How is the hub doing?", "Is anything running?", "pause the background work", "how sure are you of the key?",
)  # fmt: skip
_ASPECTS = sorted(f"{capability}.{aspect}" for capability in VOCABULARY for aspect in VOCABULARY[capability])


def case(draw: random.Random) -> tuple[str, tuple[str, ...], list[str], list[str], list[Evidence]]:
    """A question, recordings, capabilities, aspects and evidence, in any combination."""
    question = draw.choice(QUESTIONS)
    if "hub" in question or "running" in question or "background" in question:
        return question, (), ["system"], [], system(draw)
    paths = tuple(draw.sample(NAMES, draw.choice((1, 1, 1, 2, 3, 12))))
    capabilities = [name for name in WRITERS if draw.random() < 0.3] or [draw.choice(list(WRITERS))]
    known = [name for name in _ASPECTS if name.partition(".")[0] in capabilities]
    read = [name for name in read_aspects(question) if name.partition(".")[0] in capabilities]
    aspects = read if draw.random() < 0.6 else list(some(draw, known, 3))
    aspects += ["facts.fault"] if draw.random() < 0.1 else []
    evidence = [
        item
        for path in paths
        for item in findings(draw, path)
        if item.capability in capabilities or item.name == "facts.tags"
    ]
    if len(paths) > 1 and draw.random() < 0.2:
        capabilities.append("compare")
        evidence += [item for path in paths[1:] for item in comparison(draw, path)]
        aspects += some(draw, [name for name in _ASPECTS if name.startswith("compare.")], 2)
    return question, paths, capabilities, aspects, evidence


def assert_nothing_is_dropped(seeds: range, caplog: pytest.LogCaptureFixture) -> None:
    told = 0
    for seed in seeds:
        question, paths, capabilities, aspects, evidence = case(random.Random(f"sweep {seed}"))
        for detail in DETAILS:
            asked = replace(request(question, *paths), detail=detail)
            slots: dict[str, Json] = read_slots(question, paths)
            with caplog.at_level(logging.ERROR):
                draft = write(asked, route(*capabilities, aspects=tuple(aspects), **slots), evidence, ())
                text, claims = compose(draft)
            dropped = [(record.__dict__["sentence"], record.__dict__.get("problems")) for record in caplog.records]
            assert not dropped, (seed, question, detail, dropped[:3])
            assert len(claims) == len(draft.sentences)
            assert text
            told += len(claims)
    assert told > 20 * len(seeds)


def test_no_sentence_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    assert_nothing_is_dropped(range(60), caplog)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_sentence_of_many_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    assert_nothing_is_dropped(range(60, 400), caplog)
