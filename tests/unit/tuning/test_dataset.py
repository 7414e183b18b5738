"""What is taught is checked when it is said."""

import numpy as np
import pytest
from tests.unit.tuning.sounds import music, timbre_of

from grym_synth.errors import BadRequest
from grym_synth.storage.teachings import Correction, Label, Preference
from grym_synth.tuning.dataset import lay_out, read_correction, tidy_label
from grym_synth.tuning.features import stock_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tempo=140", ("tempo", 140.0)),
        ("BPM = 93,5 bpm", ("tempo", 93.5)),
        ("key=am", ("key", "A minor")),
        ("key=Bb major", ("key", "A# major")),
        ("mode=f#m", ("key", "F# minor")),
    ],
)
def test_corrections_are_read_in_the_ways_people_write(text: str, found: tuple[str, object]) -> None:
    assert read_correction(text) == found


@pytest.mark.parametrize("text", ["tempo", "tempo=", "tempo=fast", "tempo=12", "tempo=4000", "tempo=nan", "key=H2O",
                                  "loudness=-14", "=140", "key=", "tempo=1e2"])  # fmt: skip
def test_what_cannot_be_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_correction(text)
    assert str(refused.value)


def test_a_label_is_tidied_and_known_classes_have_one_name() -> None:
    assert tidy_label("  Closed   Hi-Hat ") == "hat_closed"
    assert tidy_label("Dusty Vinyl") == "dusty vinyl"
    for nothing in ("", "  ", "!!!", "a" * 41, "a\x00b", "\x1b[31m"):
        with pytest.raises(BadRequest):
            tidy_label(nothing)


def test_what_was_taught_is_laid_out_by_content() -> None:
    hits, longer = timbre_of(["boom", "hiss"]), music(1, 1.0)
    timbre = {"a": hits[0], "b": hits[1], "m": longer[0]}
    labels = [
        Label("a", "kick", True, ""),
        Label("a", "snare", False, ""),
        Label("b", "snare", False, ""),
        Label("m", "kick", True, ""),
        Label("b", "dusty", True, ""),
        Label("gone", "kick", True, ""),
    ]
    corrections = [Correction("m", "tempo", 140.0, ((70.0, 0.6), (140.0, 0.3)), "")]
    preferences = [Preference("a", "b", "m", ("", "", "")), Preference("a", "gone", "m", ("", "", ""))]
    taught = lay_out("r", labels, corrections, preferences, {"timbre": timbre})
    assert taught.hits.shape == (2, 220)
    assert [[name for name, is_so in zip(stock_names(), row, strict=True) if is_so] for row in taught.allowed] == [
        ["kick"],
        [name for name in stock_names() if name != "snare"],
    ]
    assert set(taught.labels) == {"dusty", "kick"}, "of a longer recording a class is a label like any other"
    assert taught.choices.shape == (1, 5), "what it is held against is a longer recording"
    assert taught.hit_choices.shape == (0, 2)
    assert not np.isnan(taught.choices).any()
    assert taught.left_out == 2
    assert taught.corrected["tempo"] == [(((70.0, 0.6), (140.0, 0.3)), 140.0)]
