"""Stories about sources that contradict each other: both are shown, how sure, how related, and what would settle it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grym_synth.answering.weigh import weigh
from grym_synth.answering.write import compose, write
from grym_synth.messages import Detail, Evidence, Json

from .made_evidence import chord_segments, made, request, route


def ask(
    *evidence: Evidence, path: str = "mix.wav", capabilities: tuple[str, ...] = ("rhythm",), detail: Detail = "normal"
) -> str:
    """The answer to a plain question; every sentence that was written has passed the checker."""
    found = [replace(item, subject=path) for item in evidence]
    asked = replace(request("how fast, and in which key?", path), detail=detail)
    draft = write(asked, route(*capabilities), found, ())
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    return text


def tempo(bpm: float, confidence: float = 0.97) -> Evidence:
    return made("rhythm.tempo_bpm", "tempo", bpm, confidence=confidence)


def key(name: str, confidence: float = 0.7) -> Evidence:
    return made("tonality.key", "musical_key", name, confidence=confidence)


def tags(**texts: Json) -> Evidence:
    return made("facts.tags", "tag", texts)


def test_a_tag_at_twice_the_tempo_is_the_same_pulse() -> None:
    text = ask(tempo(70.0), tags(bpm="140"))
    assert 'The tag says "140" but I hear 70 BPM (97 % sure): the same pulse felt in double time' in text
    assert "Tap along to settle which tempo is meant" in text


def test_a_file_name_is_a_source_like_a_tag() -> None:
    text = ask(tempo(128.0), path="loops/loop_64bpm.wav")
    assert 'The file name says "64bpm" but I hear 128 BPM (97 % sure): the same pulse felt in half time' in text


def test_who_says_the_same_is_told_together() -> None:
    text = ask(tempo(100.0), tags(bpm="140"), path="140 BPM/x.wav")
    assert 'The tag says "140", the folder name "140 BPM" but I hear 100 BPM (97 % sure) [' in text


def test_two_statements_that_differ_get_a_sentence_each() -> None:
    text = ask(tempo(100.0), tags(bpm="140"), path="120bpm.wav")
    assert 'The tag says "140" but I hear 100 BPM' in text
    assert 'The file name says "120bpm" but I hear 100 BPM' in text


@pytest.mark.parametrize(
    ("said", "heard", "meaning"),
    [
        ("C", "A minor", "relative keys, made of the same notes"),
        ("Am", "A major", "the same home note in the other mode"),
        ("Em", "A minor", "neighbours on the Camelot wheel"),
    ],
)
def test_how_two_keys_are_related_is_told(said: str, heard: str, meaning: str) -> None:
    text = ask(key(heard), tags(initialkey=said), capabilities=("tonality",))
    assert f'The tag says "{said}" but I hear {heard} (70 % sure): {meaning} [' in text


def test_unrelated_keys_are_settled_by_their_home_notes() -> None:
    text = ask(key("F# major"), tags(initialkey="C"), capabilities=("tonality",))
    assert "Play the home notes, C and F#, to settle which key is meant" in text


def test_the_same_key_in_another_spelling_is_no_contradiction() -> None:
    assert "says" not in ask(key("A# minor"), tags(initialkey="Bbm"), capabilities=("tonality",))
    assert "says" not in ask(key("A minor"), tags(initialkey="8A"), capabilities=("tonality",))


def test_chords_that_rest_elsewhere_speak_against_the_key() -> None:
    segments: Json = [
        {"start_s": at, "end_s": at + length, "label": label, "confidence": 0.8, "numeral": ""}
        for at, length, label in ((0, 4, "E:min"), (4, 2, "G"), (6, 2, "C"), (8, 2, "D"), (10, 4, "E:min"))
    ]
    chords = made("chords.segments", "chord", segments)
    text = ask(key("G major"), chords, capabilities=("tonality", "chords"))
    assert "The chords begin and end on Em, which speaks for E minor, but I hear G major (70 % sure): relative" in text
    assert "begin and end" not in ask(key("E minor"), chords, capabilities=("tonality", "chords"))


def test_chords_that_go_round_without_a_rest_speak_for_nothing() -> None:
    found = made("chords.segments", "chord", chord_segments())
    assert "speaks for" not in ask(key("A minor"), found, capabilities=("tonality", "chords"))


def test_an_old_replaygain_tag_is_told_as_the_level_it_was_written_for() -> None:
    loudness = made("loudness.integrated_lufs", "loudness", -20.3)
    text = ask(loudness, tags(REPLAYGAIN_TRACK_GAIN="-6.20 dB"), capabilities=("loudness",))
    assert 'The ReplayGain tag "-6.20 dB" stands for -11.8 LUFS, but I measure -20.3 LUFS [' in text
    near = made("loudness.integrated_lufs", "loudness", -11.2)
    assert "ReplayGain" not in ask(near, tags(REPLAYGAIN_TRACK_GAIN="-6.20 dB"), capabilities=("loudness",))


def test_a_length_tag_of_another_cut_is_told() -> None:
    length = made("facts.duration_s", "duration", 95.0)
    text = ask(length, tags(TLEN="182000"), capabilities=("facts",))
    assert 'The tag says "182000" (in milliseconds), but it lasts 1:35 [' in text


def test_what_agrees_is_told_in_full_only() -> None:
    found = (tempo(120.0), tags(bpm="120"))
    assert "agree" not in ask(*found)
    text = ask(*found, path="x_120bpm.wav", detail="full")
    assert 'The tag ("120") and the file name ("120bpm") agree with the tempo that I hear' in text


def test_a_brief_answer_has_both_sides_and_no_advice() -> None:
    text = ask(tempo(70.0), tags(bpm="140"), detail="brief")
    assert "It runs at 70 BPM" in text
    assert 'The tag says "140"' in text
    assert "Tap" not in text


def test_of_several_recordings_each_contradiction_names_its_own() -> None:
    found = [
        item for name in ("a.wav", "b.wav") for item in (replace(tempo(100.0), subject=name), )
    ] + [replace(tags(bpm="140"), subject="b.wav")]  # fmt: skip
    text, _ = compose(write(request("how fast?", "a.wav", "b.wav"), route("rhythm"), found, ()))
    assert 'b.wav: the tag says "140" but I hear 100 BPM' in text
    assert "a.wav: the tag" not in text


def test_a_contradiction_about_what_was_not_asked_is_not_told() -> None:
    asked = route("rhythm", aspects=("rhythm.metre",))
    draft = write(request("which metre?", "mix.wav"), asked, [tempo(100.0), tags(bpm="140")], ())
    assert "140" not in compose(draft)[0]


def test_a_strangers_text_is_quoted_on_one_line_or_not_at_all() -> None:
    assert "\x1b" not in ask(tempo(70.0), tags(bpm="140\x1b[31m"))
    assert 'says "' not in ask(key("A minor"), tags(initialkey='C"; rm -rf "'), capabilities=("tonality",))


def test_what_was_not_heard_contradicts_nothing() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", None), tags(bpm="140")]
    assert weigh(found).contradictions == ()
