"""Sentences about chords, form, notes, kinds of sound and groove: what the checker lets pass, and what it catches."""

from __future__ import annotations

import pytest

from grym_synth.answering.check import check
from grym_synth.messages import Evidence

from .made_evidence import made, music

KEYS = ("tonality.key_changes",)
CHORDS = ("chords.segments", "chords.progression", "chords.changes_per_minute", "chords.distinct")
FORM = ("structure.sections", "structure.form", "structure.section_count")
NOTES = ("notes.melody", "notes.note_count")
COMPASS = ("notes.lowest", "notes.highest")
KIND = ("timbre.label", "timbre.tags")
GROOVE = ("rhythm.metre", "rhythm.swing", "rhythm.drift_percent", "rhythm.downbeats_s")
CURVE = ("rhythm.tempo_curve",)


def cited(*names: str) -> list[Evidence]:
    return [item for item in music() if item.name in names]


TRUE = (
    (CHORDS, "The chords go D – A7 – Bm – G (I V7 vi IV)."),
    (CHORDS, "It goes D, then A7, then Bm."),
    (CHORDS, "The progression is I–V7–vi–IV."),
    (CHORDS, "From 4.5 s to 7.5 s it is Bm."),
    (CHORDS, "A7 (V7) sounds from 2.5 s to 4.5 s."),
    (CHORDS, "The first chord is D, and the last chord is G."),
    (CHORDS, "There is no F#m7 in it."),
    (CHORDS, "I hear no diminished chords."),
    (CHORDS, "They change about 24 times a minute."),
    (CHORDS, "It uses 4 different chords."),
    (FORM, "The form is AABA."),
    (FORM, "Section B starts at 0:40 and has 8 bars."),
    (FORM, "A comes 3 times."),
    (FORM, "The longest section is A 1:01–1:24 (9 bars)."),
    (FORM, "The third section is B."),
    (NOTES, "The melody begins A3 – C4 – E4 – A4."),
    (NOTES, "There are 12 notes."),
    (COMPASS, "The notes go from A2 to A4."),
    (COMPASS, "The lowest note is A2."),
    (KIND, "It is a snare."),
    (KIND, "It is a snare, 93 % sure."),
    (KIND, "It is not a kick drum."),
    (KIND, "It sounds like: rock, female vocal."),
    (GROOVE, "It has four beats to the bar."),
    (GROOVE, "It is in 4/4."),
    (GROOVE, "I count 95 bars."),
    (GROOVE, "It is swung: the off-beats fall at 0.66 of the beat."),
    (GROOVE, "The tempo is steady: it stays within 0.4 %."),
    (CURVE, "It speeds up from 118 to 124 BPM."),
    (KEYS, "It starts in D major and changes to E major at 1:32."),
)
FALSE = (
    (CHORDS, "The chords go A7 – D – Bm – G."),
    (CHORDS, "The chords go D – A7 – Bm – G (I V7 IV vi)."),
    (CHORDS, "The chords go D – Am7 – Bm – G."),
    (CHORDS, "The progression is I–vi–V7–IV."),
    (CHORDS, "From 4.5 s to 7.5 s it is G."),
    (CHORDS, "A7 (vi) sounds from 2.5 s to 4.5 s."),
    (CHORDS, "The first chord is G."),
    (CHORDS, "There is no Bm in it."),
    (CHORDS, "I hear no sevenths in it."),
    (CHORDS, "They change about 40 times a minute."),
    (CHORDS, "It has 24 changes."),
    (CHORDS, "It uses 5 different chords."),
    (FORM, "The form is ABBA."),
    (FORM, "Section B starts at 0:20."),
    (FORM, "Section B starts at 0:40 and has 9 bars."),
    (FORM, "A comes 4 times."),
    (FORM, "The longest section is B."),
    (FORM, "The third section is A."),
    (FORM, "No section comes back."),
    (FORM, "Section C starts at 0:40."),
    (NOTES, "The melody begins C4 – A3 – E4."),
    (NOTES, "The melody begins E4 – A4 – G4."),
    (NOTES, "There are 13 notes."),
    (COMPASS, "The notes go from A4 to A2."),
    (COMPASS, "The lowest note is A4."),
    (KIND, "It is a clap."),
    (KIND, "It is a kick drum."),
    (KIND, "It is not a snare."),
    (KIND, "It is a snare, 99 % sure."),
    (KIND, "It sounds like: rock, techno."),
    (GROOVE, "It has three beats to the bar."),
    (GROOVE, "It is in 3/4."),
    (GROOVE, "I count 380 bars."),
    (GROOVE, "It has 4 beats."),
    (GROOVE, "It is straight."),
    (GROOVE, "The tempo drifts."),
    (GROOVE, "It stays within 4 %."),
    (CURVE, "It slows down."),
    (CURVE, "It speeds up from 124 to 118 BPM."),
    (KEYS, "It stays in D major."),
    (KEYS, "It starts in E major and changes to D major at 1:32."),
    (KEYS, "It changes to E major at 1:02."),
    (KEYS, "It is in E major."),
)


@pytest.mark.parametrize(("names", "sentence"), TRUE)
def test_a_true_sentence_passes(names: tuple[str, ...], sentence: str) -> None:
    assert not check(sentence, cited(*names), subjects=("mix.wav",))


@pytest.mark.parametrize(("names", "sentence"), FALSE)
def test_a_false_sentence_is_caught(names: tuple[str, ...], sentence: str) -> None:
    assert check(sentence, cited(*names), subjects=("mix.wav",))


@pytest.mark.parametrize(
    "sentence",
    ["The form is AABA.", "Section B starts at 0:40.", "It goes I V vi IV.", "It is a snare.", "It is in 4/4.",
     "It is swung.", "The chords go D – A7 – Bm."],
)  # fmt: skip
def test_nothing_is_believed_without_evidence_of_it(sentence: str) -> None:
    assert check(sentence, [made("rhythm.tempo_bpm", "tempo", 120.0)], subjects=("mix.wav",))


@pytest.mark.parametrize(
    ("sentence", "is_true"),
    [
        ("b.wav is 2.3 LU louder than a.wav.", True), ("b.wav is 2.3 LU quieter than a.wav.", False),
        ("a.wav is 2.3 LU quieter than b.wav.", True), ("a.wav is louder than b.wav.", False),
        ("b.wav has 3.2 dB more bass than a.wav.", True), ("b.wav has 3.2 dB less bass than a.wav.", False),
        ("b.wav has 3.2 dB more mids than a.wav.", False),
        ("b.wav must be played 4.8 % slower to fit a.wav.", True),
        ("b.wav must be played 4.8 % faster to fit a.wav.", False),
        ("Shift b.wav down by 2 semitones.", True), ("Shift b.wav up by 2 semitones.", False),
        ("Shift b.wav down by 3 semitones.", False),
        ("b.wav comes 12.3 ms later than a.wav.", True), ("b.wav comes 12.3 ms earlier than a.wav.", False),
        ("They hold the same audio, moved in time.", True), ("They are identical.", False),
        ("They are different recordings.", False), ("They have opposite polarity.", False),
    ],
)  # fmt: skip
def test_differences_point_the_way_of_their_findings(sentence: str, is_true: bool) -> None:
    found = [
        made("compare.loudness_difference_lu", "loudness_difference", 2.31, subject="b.wav"),
        made("compare.bands_db", "ratio", {"bass": 3.2, "mid": -1.4}, subject="b.wav"),
        made("compare.stretch_percent", "share", -4.76, subject="b.wav"),
        made("compare.shift_semitones", "interval", -2, subject="b.wav"),
        made("compare.alignment_s", "time", 0.0123, subject="b.wav"),
        made("compare.verdict", "label", "same audio, moved in time", subject="b.wav"),
        made("compare.polarity", "label", "same", subject="b.wav"),
    ]
    assert bool(check(sentence, found, subjects=("a.wav", "b.wav"))) is not is_true
