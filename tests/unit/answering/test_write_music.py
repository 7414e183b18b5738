"""Stories about bars, keys, chords, form, notes, kinds of sound and named levels."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from grym_synth.answering.write import compose, write
from grym_synth.messages import Evidence, Json, Route
from grym_synth.planning.aspects import read_aspects
from grym_synth.planning.slots import read_slots

from .made_evidence import everything, made, music, request


def ask(question: str, *capabilities: str, evidence: Sequence[Evidence] | None = None) -> str:
    """The answer to a question as it is read; every sentence that was written has passed the checker."""
    slots = read_slots(question, ["mix.wav"])
    aspects: list[Json] = [name for name in read_aspects(question) if name.partition(".")[0] in capabilities]
    route = Route(capabilities, 0.9, {}, {**slots, "aspects": aspects})
    found = [item for item in (music() if evidence is None else evidence) if item.capability in capabilities]
    draft = write(request(question, "mix.wav"), route, found, ())
    text, claims = compose(draft)
    assert [claim.evidence for claim in claims] == [sentence.evidence_ids for sentence in draft.sentences], text
    return text


def with_value(name: str, value: Json, *, confidence: float = 0.93) -> list[Evidence]:
    """The findings, one of them replaced."""
    kept = [item for item in music() if item.name != name]
    kind = next(item.kind for item in music() if item.name == name)
    return [*kept, made(name, kind, value, confidence=confidence)]


ANSWERS = (
    ("What are the chords?", "chords", "The chords go D – A7 – Bm – G (I V7 vi IV), again and again [e1][e2]. "
                                       "They change about 24 times a minute [e3]."),
    ("what chord is at 0:03", "chords", "At 3 s it is A7 (V7), from 2.5 s to 4.5 s [e1]."),
    ("is there an F#m7?", "chords", "No: I hear no F#m7 in it [e1]."),
    ("is there a B minor chord?", "chords", "Yes: there is a Bm, first at 4.5 s [e1]."),
    ("is there an A minor chord?", "chords", "No: I hear no Am in it; on the same root there is A7 [e1]."),
    ("is the chord at 0:05 Bm?", "chords", "Yes: at 5 s it is Bm, from 4.5 s to 7.5 s [e1]."),
    ("are there any seventh chords?", "chords", "Yes: it has A7 among its chords [e1]."),
    ("any diminished chords?", "chords", "No: I hear no diminished chords in it [e1]."),
    ("which chord does it end on", "chords", "The last chord is G, until 1:00 [e1]."),
    ("chords between 0:10 and 0:16", "chords", "Between 0:10 and 0:16 I hear D – A7 – Bm [e1]."),
    ("is it AABA", "structure", "Yes: the form is AABA: A 0:00–0:20 (8 bars), A 0:20–0:40 (8 bars), "
                                "B 0:40–1:01 (8 bars), A 1:01–1:24 (9 bars) [e1][e2]."),
    ("how many sections does it have", "structure", "I count 4 sections, in the form AABA [e1][e2]."),
    ("where is section B", "structure", "Section B is at 0:40–1:01 (8 bars) [e1]."),
    ("which section is the longest", "structure", "The longest section is A 1:01–1:24 (9 bars) [e1]."),
    ("does anything repeat", "structure", "Yes: section A comes 3 times, starting at 0:00, then 0:20, then 1:01 [e1]."),
    ("what is the lowest note", "notes", "The lowest note is A2 [e1]."),
    ("what are the first three notes of the melody", "notes", "The melody begins A3 – C4 – E4, and so on [e1]. "
                                                              "I hear 12 notes [e2].\n"
                                                              "To get them as MIDI: grym analyze mix.wav --midi "
                                                              "notes.mid"),
    ("how many notes are there", "notes", "I hear 12 notes [e1]."),
    ("where does bar 9 begin", "rhythm", "The 9th downbeat is at 0:16 [e1]."),
    ("f0 please", "notes", "Its median pitch is 221 Hz, 10 cents sharp of A3 [e1][e2][e3]."),
    ("is it a snare?", "timbre", "Yes: it is a snare, 93 % sure [e1]."),
    ("is it a kick?", "timbre", "No: it is a snare, 93 % sure [e1]."),
    ("which genre is it", "timbre", "It sounds like: rock, guitar, female vocal [e1]."),
    ("is it a waltz?", "rhythm", "No: it has 4 beats to the bar (4/4) [e1]."),
    ("how many bars are there", "rhythm", "I count 95 bars [e1]."),
    ("does it swing?", "rhythm", "Yes: it is swung: the off-beats fall at 0.66 of the beat, where triplets put them "
                                 "[e1]."),
    ("does it speed up?", "rhythm", "Yes: it speeds up from 118 to 124 BPM [e1]."),
    ("does it change key?", "tonality", "Yes: it starts in D major and changes to E major at 1:32 [e1]."),
    ("which key is it in at 2:00", "tonality", "At 2:00 it is in E major [e1]."),
)  # fmt: skip


@pytest.mark.parametrize(("question", "capability", "answer"), ANSWERS)
def test_a_question_gets_its_answer(question: str, capability: str, answer: str) -> None:
    assert ask(question, capability) == answer


def test_a_chorus_is_told_as_the_part_that_comes_most_often() -> None:
    text = ask("where does the chorus start", "structure")
    assert text.startswith("The part that comes most often, A, first starts at 0:00, then at 0:20 and 1:01 [e1].")
    assert "not by what a song would call them" in text


def test_silence_between_chords_is_no_chord() -> None:
    assert ask("what chord is at 1:01", "chords") == "At 1:01 I hear no chord [e1]."


def test_chords_are_spelled_with_flats_in_flat_keys() -> None:
    segments: Json = [{"start_s": 0.0, "end_s": 2.0, "label": "A#:maj7", "confidence": 0.9, "numeral": "IVmaj7"}]
    found = [made("chords.segments", "chord", segments), made("tonality.key", "musical_key", "F major")]
    assert "Bbmaj7" in ask("which chords", "chords", "tonality", evidence=found)


def test_a_note_of_the_tenth_octave_is_read_as_a_note() -> None:
    peaks: Json = [{"frequency_hz": 16_800.0, "level_dbfs": -35.3, "note": "C10", "cents": 0.0}]
    text = ask("which frequencies stand out", "spectrum", evidence=[made("spectrum.peaks", "spectrum", peaks)])
    assert "16.8 kHz (C10)" in text


def test_one_section_alone_is_no_form() -> None:
    sections: Json = [{"start_s": 0.0, "end_s": 24.0, "label": "A", "bars": 12, "confidence": 0.9}]
    found = [made("structure.sections", "section", sections), made("structure.form", "label", "A")]
    assert ask("what is the form", "structure", evidence=found) == "It is all one section: A 0:00–0:24 (12 bars) [e1]."


def test_several_notes_at_a_time_have_no_one_pitch() -> None:
    found = [item for item in music() if item.name != "notes.f0_hz"]
    assert ask("f0 please", "notes", evidence=found).startswith("No one pitch can be given")


def test_a_progression_told_without_sevenths_is_found_among_the_chords() -> None:
    assert "(I V7 vi IV), again and again" in ask(
        "chords", "chords", evidence=with_value("chords.progression", "I V vi IV")
    )


def test_a_long_row_of_chords_is_cut_short() -> None:
    labels = [f"{root}:{quality}" for quality in ("maj", "min") for root in ("C", "D", "E", "F", "G", "A", "B")]
    segments: Json = [
        {"start_s": float(i), "end_s": i + 1.0, "label": label, "confidence": 0.9} for i, label in enumerate(labels)
    ]
    text = ask("which chords", "chords", evidence=[made("chords.segments", "chord", segments)])
    assert text == "The chords go C – D – E – F – G – A – B – Cm – Dm – Em – Fm – Gm, and so on [e1]."


def test_an_unsure_kind_of_sound_is_told_with_what_else_it_could_be() -> None:
    found = [
        made("timbre.label", "label", "rim", confidence=0.4),
        made("timbre.label", "label", "clap", confidence=0.3, rank=1),
    ]
    text = ask("what sound is this", "timbre", evidence=found)
    assert text == "I am not sure: perhaps a rimshot (40 % sure), or a clap [e1][e2]."


def test_a_kind_that_cannot_be_told_is_no_claim() -> None:
    text = ask("what sound is this", "timbre", evidence=[made("timbre.label", "label", None)])
    assert text.startswith("I cannot tell what kind of single sound it is")


def test_a_steady_tempo_is_said_to_be_steady() -> None:
    found = [made("rhythm.drift_percent", "share", 0.37)]
    assert ask("is the tempo steady?", "rhythm", evidence=found) == ("Yes: the tempo is steady, within 0.37 % [e1].")


def test_one_key_throughout_is_said_to_stay() -> None:
    keys: Json = [{"start_s": 0.0, "end_s": 90.0, "key": "D major", "confidence": 0.9}]
    assert ask("does it change key?", "tonality", evidence=with_value("tonality.key_changes", keys)) == (
        "No: it stays in D major [e1]."
    )


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("is it loud enough for broadcast?", "Yes: at -14.1 LUFS it lies 8.9 LU above the -23 LUFS of EBU R128 for"),
        ("does it meet EBU R128?", "No: at -14.1 LUFS it lies 8.9 LU above the -23 LUFS of EBU R128 for broadcast"),
        ("is it loud enough for a club?", "No: at -14.1 LUFS it lies 5.1 LU below the -9 LUFS usual for clubs"),
        ("is it too loud for a podcast?", "Yes: at -14.1 LUFS it lies 1.9 LU above the -16 LUFS usual for podcasts"),
        ("is it loud enough for spotify?", "Yes: at -14.1 LUFS it lies 0.1 LU below the -14 LUFS usual for streaming"),
    ],
)
def test_loudness_is_told_against_named_levels(question: str, begins: str) -> None:
    assert ask(question, "loudness", evidence=everything()).startswith(begins)


def test_a_peak_over_what_broadcast_allows_is_told() -> None:
    found = [made("loudness.integrated_lufs", "loudness", -23.2), made("loudness.true_peak_dbtp", "true_peak", -0.4)]
    text = ask("is it ok for broadcast?", "loudness", evidence=found)
    assert "Its true peak is -0.4 dBTP, and no more than -1 dBTP is allowed there: limit it" in text


def test_an_aspect_that_is_not_measured_leaves_a_gap_in_words() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 120.0)]
    assert "I cannot measure swing yet" in ask("does it swing?", "rhythm", evidence=found)


def test_an_aspect_that_was_looked_for_in_vain_is_no_gap() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 120.0), made("rhythm.swing", "number", None)]
    text = ask("does it swing?", "rhythm", evidence=found)
    assert "yet" not in text
    assert "too few off-beats" in text


ODD: tuple[Json, ...] = (
    None,
    [],
    {},
    "",
    "x",
    0,
    -1,
    [None],
    [{}],
    [[1]],
    {"a": [1]},
    [{"start_s": "x"}],
    float("nan"),
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_value_of_a_finding_breaks_an_answer(odd: Json) -> None:
    for spoiled in music():
        found = [*(item for item in music() if item.name != spoiled.name), made(spoiled.name, spoiled.kind, odd)]
        for question in ("everything", "which chord is at 0:10", "how many bars has each section", "melody notes"):
            ask(question, "rhythm", "tonality", "chords", "structure", "notes", "timbre", evidence=found)


def pair(*rows: tuple[str, str, Json]) -> list[Evidence]:
    return [made(f"compare.{name}", kind, value, subject="b.wav") for name, kind, value in rows]


def held_against(question: str, evidence: list[Evidence]) -> str:
    aspects: list[Json] = list(read_aspects(question))
    route = Route(("compare",), 0.9, {}, {"aspects": aspects})
    draft = write(request(question, "a.wav", "b.wav"), route, evidence, ())
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    return text


def test_two_recordings_are_told_apart() -> None:
    bands: Json = {"sub": 0.3, "bass": 3.2, "mid": -1.4, "brilliance": 0.2}
    found = pair(("loudness_difference_lu", "loudness_difference", 2.31), ("bands_db", "ratio", bands))
    assert held_against("what is the difference", found) == (
        "b.wav is 2.3 LU louder than a.wav [e1].\n"
        "Level-matched, b.wav has 3.2 dB more bass and 1.4 dB less mids than a.wav [e2]."
    )


def test_what_makes_two_loops_fit_is_told() -> None:
    found = pair(
        ("tempo_ratio", "number", 1.05), ("stretch_percent", "share", -4.76), ("shift_semitones", "interval", -2),
    )  # fmt: skip
    found += pair(("fit", "label", "fits with a small stretch and a shift of pitch"))
    text = held_against("do these fit together", found)
    assert text.startswith("Yes: b.wav fits with a small stretch and a shift of pitch [e1].")
    assert "b.wav must be played 4.8 % slower to fit a.wav" in text
    assert "Shift b.wav down by 2 semitones to fit a.wav" in text


def test_what_comes_late_is_told() -> None:
    found = pair(("alignment_s", "time", 0.0123))
    assert held_against("are they aligned", found) == (
        "b.wav comes 12.3 ms later than a.wav [e1].\nMove b.wav by that much to line them up [e1]."
    )


def test_recordings_that_cancel_are_the_same() -> None:
    found = pair(("null_residual_db", "ratio", -144.0), ("verdict", "label", "identical"))
    assert held_against("are they identical", found) == (
        "Yes: they are identical, sample by sample [e1].\n"
        "Taken from each other they leave -144.0 dB, which nobody hears [e2]."
    )


def test_the_same_sound_moved_is_told_so() -> None:
    found = pair(("verdict", "label", "same audio, at another level, moved in time"))
    assert held_against("is b a copy of a", found) == (
        "Yes: they hold the same audio, at another level, moved in time [e1]."
    )


def test_what_is_masked_is_told_with_its_range() -> None:
    masked: Json = [{"low_hz": 200.0, "high_hz": 500.0, "masked": "a.wav", "share_percent": 41.0}]
    text = held_against("do they mask each other", pair(("masking", "spectrum", masked)))
    assert text == (
        "Masked: a.wav from 200 Hz to 500 Hz (41 % of the time) [e1].\n"
        "Cut a little of the other there, or pan the two apart [e1]."
    )
