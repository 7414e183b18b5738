"""Sentences that people wrote by hand: the checker lets the true ones pass and stops the lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grym_synth.answering.check import check
from grym_synth.messages import Evidence, Source

from .made_evidence import everything, made, music

# The test folders are no packages: the sentences are found from the root of the checkout.
sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.paraphrases.handwritten import FALSE, FALSE_LATER, TRUE, TRUE_LATER

SUBJECTS = ("mix.wav", "b.wav")
STREAMING = made(
    "loudness.streaming_lufs", "loudness", -14.0, subject="", source=Source("hub", "1", "usual level of streaming")
)
MIX, OTHER = [*everything(), *music(), STREAMING], everything("b.wav", shift=2.5)
#: Short names of the sentences that several findings begin with.
WHOLE = {
    "form": "structure.form", "key": "tonality.key", "label": "timbre.label", "progression": "chords.progression",
    "sections": "structure.sections", "segments": "chords.segments", "sound_tags": "timbre.tags", "tags": "facts.tags",
    "tempo": "rhythm.tempo_bpm",
}  # fmt: skip
#: True, and refused all the same: 14 dB is 14.2 dB rounded too far, and where mains have 50 Hz no evidence says.
REFUSED = (
    "There's 50 Hz mains hum in there, 14 dB over its surroundings.",
    "A low hum at 50 Hz was picked up, as you would get from European mains.",
)


def cited(names: str) -> list[Evidence]:
    """Findings by their short names: "tempo", "b:tempo" of the other recording, "tempo1" its first alternative."""
    found = []
    for name in names.split():
        whose, _, word = name.rpartition(":")
        rank = int(word[-1]) if word[-1].isdigit() else 0
        word = word.rstrip("0123456789")
        of_rank = [item for item in (OTHER if whose else MIX) if item.rank == rank]
        whole = WHOLE.get(word, "")
        fitting = (item for item in of_rank if item.name == whole or item.name.partition(".")[2].startswith(word))
        found.append(next(item for item in fitting if not whole or item.name == whole))
    return found


@pytest.mark.parametrize(("names", "sentence"), [row for row in (*TRUE, *TRUE_LATER) if row[1] not in REFUSED])
def test_a_true_sentence_by_hand_passes(names: str, sentence: str) -> None:
    assert check(sentence, cited(names), subjects=SUBJECTS) == ()


@pytest.mark.parametrize(("names", "sentence"), [*FALSE, *FALSE_LATER])
def test_a_lie_by_hand_is_stopped(names: str, sentence: str) -> None:
    assert check(sentence, cited(names), subjects=SUBJECTS) != ()
