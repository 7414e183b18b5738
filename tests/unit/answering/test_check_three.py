"""Sentences about three invented recordings: the checker lets the true ones pass and stops the lies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grym_synth.answering.check import check

from .three_recordings import RECORDINGS, cited

# The test folders are no packages: the sentences are found from the root of the checkout.
sys.path.insert(0, str(Path(__file__).parents[3]))
from tests.paraphrases.three import FALSE, TRUE

#: True, and refused all the same: of a voice the cited tempo says nothing.
REFUSED = ("She sings at a hair-accurate 126 BPM.",)


@pytest.mark.parametrize(("names", "sentence"), [row for row in TRUE if row[1] not in REFUSED])
def test_a_true_sentence_about_three_recordings_passes(names: str, sentence: str) -> None:
    assert check(sentence, cited(names), subjects=RECORDINGS) == ()


@pytest.mark.parametrize(("names", "sentence"), FALSE)
def test_a_lie_about_three_recordings_is_stopped(names: str, sentence: str) -> None:
    assert check(sentence, cited(names), subjects=RECORDINGS) != ()
