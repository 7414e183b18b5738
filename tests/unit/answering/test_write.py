"""Stories: a question, the evidence, and the answer in words."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from grym_synth.answering.words.gaps import gap_sentences
from grym_synth.answering.words.page import Sentence, labels
from grym_synth.answering.words.writers import WRITERS
from grym_synth.answering.write import Draft, compose, write
from grym_synth.messages import CAPABILITIES, Evidence, Gap, Json, Route
from grym_synth.planning.aspects import read_aspects

from .made_evidence import everything, made, music, request, route


def ask(
    question: str, *capabilities: str, aspects: tuple[str, ...] = (), evidence: list[Evidence] | None = None,
    paths: tuple[str, ...] = ("mix.wav",), gaps: tuple[Gap, ...] = (), **params: Json,
) -> str:  # fmt: skip
    """The text of the answer; every sentence that was written has passed the checker."""
    found = everything() if evidence is None else evidence
    draft = write(request(question, *paths), route(*capabilities, aspects=aspects, **params), found, gaps)
    text, claims = compose(draft)
    assert [claim.evidence for claim in claims] == [sentence.evidence_ids for sentence in draft.sentences], text
    return text


def without(*names: str) -> list[Evidence]:
    return [item for item in everything() if item.name not in names]


def test_a_sure_tempo_is_stated_plainly() -> None:
    assert ask("how fast is it", "rhythm", aspects=("tempo",), evidence=without("facts.tags")) == (
        "It runs at 126 BPM; 63 if you feel it in half time [e1][e2]."
    )


def test_a_likely_tempo_is_said_to_be_likely() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 92.5, confidence=0.7)]
    assert ask("how fast is it", "rhythm", evidence=found) == "Most likely 92.5 BPM [e1]."


def test_an_unsure_tempo_comes_with_its_alternatives_and_a_way_out() -> None:
    found = [item for item in everything(confidence=0.4) if item.name == "rhythm.tempo_bpm"]
    text = ask("how fast is it", "rhythm", aspects=("tempo",), evidence=found)
    assert text == (
        "I am not sure: perhaps 126 BPM, or 63 BPM [e1][e2]. Tap along for a few bars to settle the tempo [e1]."
    )


def test_no_pulse_is_said_and_is_no_claim() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", None, confidence=0.9)]
    assert "no steady pulse" in ask("how fast is it", "rhythm", evidence=found)


def test_tag_and_ear_stand_side_by_side_when_they_differ() -> None:
    text = ask("how fast is it", "rhythm", aspects=("tempo",))
    assert 'The tag says "128" but I hear 126 BPM (95 % sure) [e3][e1].' in text
    assert "Tap along to settle which tempo is meant [e1]." in text


def test_a_tag_at_half_the_tempo_is_called_the_same_pulse() -> None:
    found = [*without("facts.tags"), made("facts.tags", "tag", {"BPM": "63"})]
    assert "the same pulse felt in half time" in ask("how fast", "rhythm", aspects=("tempo",), evidence=found)


def test_a_rounded_tag_is_no_contradiction() -> None:
    found = [made("facts.tags", "tag", {"bpm": "126"}), made("rhythm.tempo_bpm", "tempo", 125.8)]
    assert "tag" not in ask("how fast", "rhythm", aspects=("tempo",), evidence=found)


def test_louder_towards_the_end_is_answered_with_the_difference() -> None:
    text = ask("does it get louder towards the end", "loudness", aspects=("over_time",))
    assert text.startswith("Yes: it gets louder towards the end, by 6.1 LU: -18.2 LUFS in the first third, ")


def test_a_fade_is_no_to_the_question_whether_it_gets_louder() -> None:
    found = [made("loudness.thirds_lufs", "loudness", [-12.0, -13.0, -17.5])]
    text = ask("does it get louder towards the end", "loudness", aspects=("over_time",), evidence=found)
    assert text.startswith("No: it gets quieter towards the end, by 5.5 LU")


def test_a_target_is_met_with_a_computed_difference_and_what_to_do() -> None:
    draft = write(
        request("how far is it from -9 LUFS", "mix.wav"),
        route("loudness", aspects=("target",), targets={"loudness_lufs": -9}), everything(), (),
    )  # fmt: skip
    text, _ = compose(draft)
    assert "It lies 5.1 LU below your target of -9 LUFS" in text
    assert "Turn it up by 5.1 dB; its peaks would then reach 5.5 dBTP, so that takes a limiter" in text
    computed = next(item for item in draft.evidence if item.name == "loudness.target_difference_lu")
    assert computed.source.agent == "hub"
    assert computed.source.method == "e1 - (-9 LUFS asked)"
    assert computed.value == pytest.approx(-5.12)
    gain = next(item for item in draft.evidence if item.name == "loudness.gain_db")
    assert gain.value == pytest.approx(5.12)
    assert gain.unit == "dB"


def test_left_and_right_are_compared() -> None:
    text = ask("is the left channel quieter than the right", "facts", aspects=("balance",))
    assert text.startswith(
        "Yes: the left channel is 2.1 dB quieter than the right (-18.4 dBFS RMS on the left, -16.3 dBFS"
    )


def test_tuning_is_told_in_words() -> None:
    text = ask("is the piano flat", "tonality", aspects=("tuning",), evidence=without("facts.tags"))
    assert text.startswith(
        "Yes: it is 8 cents flat of A440, which puts A4 at 437.9 Hz [e1][e2]. Tune it up by that much"
    )


def test_faults_come_worst_first_and_once_and_nothing_else_is_told() -> None:
    found = [*without("facts.balance_db"), made("facts.balance_db", "ratio", -4.0)]
    found.append(made("facts.nonfinite_samples", "count", 7))
    text = ask("is anything wrong with it", "facts", "spectrum", aspects=("facts.fault",), evidence=found)
    words = ("not numbers", "clips", "true peak", "hum", "resonance", "DC offset", "silent", "lopsided")
    assert [text.count(word) for word in words] == [1] * len(words)
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert not any(word in text for word in ("energy", "centroid", "strongest", "WAV", "title"))


def test_a_slight_offset_is_no_fault() -> None:
    found = [made("facts.clipped_samples", "count", 3), made("facts.dc_offset_percent", "share", 0.3)]
    assert "DC" not in ask("is anything wrong", "facts", aspects=("fault",), evidence=found)


def test_a_sound_file_is_said_to_be_sound() -> None:
    found = [
        made("facts.clipped_samples", "count", 0), made("facts.dc_offset_percent", "share", 0.3),
        made("spectrum.hum_hz", "frequency", None), made("facts.silence_s", "time", [[0.0, 0.4]]),
        made("facts.balance_db", "ratio", 0.1),
    ]  # fmt: skip
    assert ask("is anything wrong", "facts", "spectrum", aspects=("fault",), evidence=found) == (
        "I found nothing wrong: no clipping, no hum, no DC offset to speak of, no long silence [e1][e2][e3][e4]."
    )


def test_several_recordings_are_ranked_and_get_a_line_each() -> None:
    found = everything("a/kick.wav") + everything("b/kick.wav", shift=2.1)
    text = ask("which is louder", "loudness", "rhythm", evidence=found, paths=("a/kick.wav", "b/kick.wav"))
    assert text.startswith(
        "a/kick.wav is the louder at -14.1 LUFS, 2.1 LU above b/kick.wav at -16.2 LUFS [e1][e2][e3]."
    )
    assert "b/kick.wav is the faster at 128.1 BPM, 2.1 BPM above a/kick.wav at 126 BPM" in text
    assert "b/kick.wav: -16.2 LUFS integrated, true peak 0.4 dBTP, 128.1 BPM" in text


def test_gaps_become_sentences_and_no_claims() -> None:
    gaps = (
        Gap("facts", "'x.wav': it ends after 3 s", "unreadable", "x.wav", "export it again"),
        Gap("chords", "Chords are not in this version of grym-synth yet.", "missing"),
    )
    draft = write(request("tempo and chords", "x.wav"), route("rhythm", "chords"), [], gaps)
    text, claims = compose(draft)
    assert claims == ()
    assert text == (
        "I could not hear `x.wav`: it ends after 3 s. Export it again. "
        "Chords are not in this version of grym-synth yet."
    )


def test_capabilities_are_answered_in_the_order_of_the_question() -> None:
    asked = ("rhythm.tempo", "tonality.key", "loudness.integrated")
    found = without("facts.tags")
    text = ask("How fast, in which key, how loud?", "loudness", "rhythm", "tonality", aspects=asked, evidence=found)
    assert text.index("126 BPM") < text.index("A minor") < text.index("LUFS")
    text = ask("How loud and fast?", "rhythm", "loudness", aspects=(asked[2], asked[0]), evidence=found)
    assert text.index("LUFS") < text.index("126 BPM")


def test_what_the_question_does_not_mention_comes_last_in_the_order_of_a_report() -> None:
    text = ask("and the key?", "spectrum", "loudness", "tonality", aspects=("tonality.key",))
    assert text.index("A minor") < text.index("LUFS") < text.index("strongest frequencies")


def test_missing_recordings_are_asked_for_once() -> None:
    gaps = tuple(Gap(name, f"{name!r} is measured in a recording", "no_recording") for name in ("rhythm", "facts"))
    text = ask("how fast", "rhythm", "facts", evidence=[], paths=(), gaps=gaps)
    assert text == "Tell me which recording: put the file after the question."


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_cannot_be_done_yet_is_said_in_words(capability: str) -> None:
    gap = Gap(capability, f"{capability!r} is not in this version of grym-synth", "missing", hint="see CHANGELOG.md")
    text = ask("?", capability, evidence=[], gaps=(gap,))
    assert text.startswith("I cannot ")
    assert text.endswith(" yet: that is not in this version of grym-synth.")


def test_several_things_that_cannot_be_done_yet_share_a_sentence() -> None:
    gaps = tuple(Gap(name, f"{name!r} is not in this version", "missing") for name in ("chords", "notes"))
    text = ask("chords and notes?", "chords", "notes", evidence=[], gaps=gaps)
    assert text == "I cannot name chords or write down notes yet: that is not in this version of grym-synth."


def test_one_reason_that_stops_two_capabilities_is_told_once() -> None:
    gaps = tuple(Gap(name, "the agent stopped", "crashed", "x.wav", retry_after_s=at) for name, at in
                 (("rhythm", 3.0), ("tonality", 5.0)))  # fmt: skip
    text = ask("tempo and key", "rhythm", "tonality", evidence=[], gaps=gaps)
    assert text == "I could not tell the rhythm and tonality of `x.wav`: the agent stopped. Try again in 5 s."


YES_AND_NO: list[tuple[str, str, str, list[Evidence], str]] = [
    ("is it loud enough for streaming?", "loudness", "integrated",
     [made("loudness.integrated_lufs", "loudness", -10.2)], "Yes: at -10.2 LUFS it lies 3.8 LU above the -14 LUFS"),
    ("Is it loud enough for streaming?", "loudness", "target",
     [made("loudness.integrated_lufs", "loudness", -20.0)], "No: at -20.0 LUFS it lies 6.0 LU below the -14 LUFS"),
    ("is the right channel louder?", "facts", "balance",
     [made("facts.balance_db", "ratio", -2.0)], "Yes: the left channel is 2.0 dB quieter than the right"),
    ("is the left channel louder?", "facts", "balance",
     [made("facts.balance_db", "ratio", -2.0)], "No: the left channel is 2.0 dB quieter than the right"),
    ("is the left channel quieter?", "facts", "balance",
     [made("facts.balance_db", "ratio", -0.2)], "About the same: the left channel is 0.2 dB quieter"),
    ("is it in tune?", "tonality", "tuning", [made("tonality.tuning_cents", "tuning", 2.0)], "Yes: it is in tune"),
    ("is it in tune?", "tonality", "tuning",
     [made("tonality.tuning_cents", "tuning", -31.0)], "No: it is 31 cents flat of A440"),
    ("does it get louder towards the end?", "loudness", "over_time",
     [made("loudness.thirds_lufs", "loudness", [-14.0, -13.8, -14.3])], "About the same: it stays about level"),
    ("does it fade out?", "loudness", "over_time",
     [made("loudness.thirds_lufs", "loudness", [-14.0, -14.8, -24.3])], "Yes: it gets quieter towards the end"),
    ("does it clip?", "facts", "clipping", [made("facts.clipped_samples", "count", 0)], "No: nothing is clipped"),
    ("does it clip?", "facts", "clipping",
     [made("facts.clipped_samples", "count", 9)], "Yes: 9 samples are stuck at full scale"),
    ("is there a hum?", "spectrum", "hum",
     [made("spectrum.hum_hz", "frequency", 50.0)], "Yes: there is a mains hum at 50 Hz"),
    ("is it mono?", "facts", "channels", [made("facts.channels", "count", 2)], "No: it is stereo"),
    ("is it in C minor?", "tonality", "key", [made("tonality.key", "musical_key", "A minor")], "No: it is in A minor"),
    ("is it in Bb minor?", "tonality", "key",
     [made("tonality.key", "musical_key", "A# minor")], "Yes: it is in Bb minor"),
    ("Is one channel louder than the other?", "facts", "balance",
     [made("facts.balance_db", "ratio", -6.0)], "Yes: the left channel is 6.0 dB quieter than the right"),
    ("is this mono compatible?", "facts", "stereo",
     [made("facts.correlation", "number", -0.4)], "No: the correlation of left and right is -0.40"),
    ("Will Spotify turn it down?", "loudness", "target",
     [made("loudness.integrated_lufs", "loudness", -8.0)], "Yes: at -8.0 LUFS it lies 6.0 LU above the -14 LUFS"),
    ("Is there a resonance to notch?", "spectrum", "resonances",
     [made("spectrum.resonances", "spectrum", [{"frequency_hz": 312.0, "prominence_db": 9.0, "note": "D#4"}])],
     "Yes: there is a resonance at 312 Hz (D#4, 9.0 dB)"),
]  # fmt: skip

#: What is asked for by name is the answer; what belongs to the same subject stands beside it, or not at all.
BY_NAME: list[tuple[str, str, str]] = [
    ("what is the crest factor?", "loudness", "The crest factor is 15.1 dB."),
    ("PLR?", "loudness", "Its peak-to-loudness ratio (PLR) is 13.3 dB: about as dense as most releases."),
    ("at what time is it loudest?", "loudness", "The loudest moment at 1:12 reaches -9.8 LUFS short-term."),
    ("RMS level?", "facts", "The RMS level is -17.3 dBFS."),
    ("peak and RMS in dBFS?", "facts", "The highest sample is at 0.0 dBFS. The RMS level is -17.3 dBFS."),
    ("where is the first beat?", "rhythm", "The first beat is at 0.5 s."),
    ("how flat is it: spectral flatness?", "spectrum", "The spectral flatness is 0.013: mostly tones."),
    ("how often do the chords change?", "chords", "The chords change about 24 times a minute."),
    ("how many different chords are there?", "chords", "I count 4 different chords."),
    ("how many beats are in a bar?", "rhythm", "It has 4 beats to the bar (4/4)."),
    ("loudness and true peak?", "loudness", "Overall it is at -14.1 LUFS. The true peak is 0.4 dBTP."),
]


@pytest.mark.parametrize(("question", "capability", "answer"), BY_NAME, ids=[question for question, _, _ in BY_NAME])
def test_what_is_asked_for_by_name_is_the_answer(question: str, capability: str, answer: str) -> None:
    aspects: list[Json] = [name for name in read_aspects(question) if name.partition(".")[0] == capability]
    found = [item for item in (*everything(), *music()) if item.capability == capability]
    asked = replace(request(question, "mix.wav"), detail="brief")
    draft = write(asked, Route((capability,), 0.9, {}, {"aspects": aspects}), found, ())
    assert " ".join(sentence.text for sentence in draft.sentences) == answer
    assert len(compose(draft)[1]) == len(draft.sentences)


def test_recordings_of_two_keys_are_not_in_the_same_one() -> None:
    keys = (("a.wav", "A minor"), ("b.wav", "G# major"))
    found = [made("tonality.key", "musical_key", key, subject=name) for name, key in keys]
    text = ask("Are these in the same key?", "tonality", aspects=("key",), evidence=found, paths=("a.wav", "b.wav"))
    assert text.startswith("No: a.wav is in A minor and b.wav is in Ab major [e1][e2].")
    same = [made("tonality.key", "musical_key", "A minor", subject=name) for name, _ in keys]
    text = ask("Are these in the same key?", "tonality", aspects=("key",), evidence=same, paths=("a.wav", "b.wav"))
    assert text.startswith("Yes: they have the same key [e1][e2].")


@pytest.mark.parametrize(("question", "capability", "aspect", "found", "wanted"), YES_AND_NO)
def test_a_yes_or_no_question_gets_its_verdict_first(
    question: str, capability: str, aspect: str, found: list[Evidence], wanted: str
) -> None:
    assert ask(question, capability, aspects=(aspect,), evidence=found).startswith(wanted)


@pytest.mark.parametrize(
    ("question", "correlation", "wanted"),
    [
        (
            "will this pad vanish when the club system sums to mono?",
            -1.0,
            "Yes: the correlation of left and right is -1",
        ),
        (
            "will this pad vanish when the club system sums to mono?",
            0.98,
            "No: the correlation of left and right is 0.98",
        ),
        ("is it safe in mono?", 0.98, "Yes: the correlation of left and right is 0.98: it is safe in mono"),
        ("is it safe in mono?", 0.02, "The correlation of left and right is 0.02: it gets thinner"),
        ("does it hold up when I sum it to mono?", -0.9, "No: the correlation of left and right is -0.90: it cancels"),
    ],
)
def test_what_is_left_in_mono_is_read_from_the_correlation(question: str, correlation: float, wanted: str) -> None:
    found = [made("facts.channels", "count", 2), made("facts.correlation", "number", correlation)]
    assert ask(question, "facts", aspects=("channels",), evidence=found).startswith(wanted)


@pytest.mark.parametrize(
    "question", ["isn't it clipping?", "is it not clipping?", "doesn't it clip?", "is it clipping or just loud?"]
)
def test_where_a_yes_could_be_taken_either_way_there_is_none(question: str) -> None:
    found = [made("facts.clipped_samples", "count", 12)]
    assert ask(question, "facts", aspects=("clipping",), evidence=found).startswith("It clips: 12 samples")


def test_or_not_asks_for_a_yes_or_a_no() -> None:
    found = [made("facts.clipped_samples", "count", 12)]
    assert ask("is it clipping or not?", "facts", aspects=("clipping",), evidence=found).startswith("Yes: 12 samples")


def test_each_value_of_the_format_that_a_question_names_is_told() -> None:
    found = [made("facts.sample_rate_hz", "sample_rate", 96000), made("facts.bit_depth", "bits", 24)]
    text = ask("is it really 24 bit 96k?", "facts", aspects=("bit_depth",), evidence=found)
    assert "96 kHz" in text
    assert "24 bit" in text


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("lowest and highest note?", "The lowest note is A2 and the highest note is A4 [e1][e2]."),
        ("the highest note?", "The highest note is A4 [e1]."),
    ],
)
def test_both_ends_of_the_compass_are_told_where_both_are_asked_for(question: str, wanted: str) -> None:
    found = [item for item in music() if item.capability == "notes"]
    assert ask(question, "notes", aspects=("compass",), evidence=found) == wanted


def test_a_question_that_names_a_tempo_gets_a_verdict() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 126.0)]
    for question, wanted in (("is it 120 BPM?", "No: it runs at 126 BPM"), ("is it faster than 120?", "Yes: it runs")):
        text = ask(question, "rhythm", aspects=("tempo",), evidence=found, targets={"tempo_bpm": 120})
        assert text.startswith(wanted), text


def test_an_open_question_gets_no_verdict() -> None:
    assert ask("how loud is it?", "loudness", aspects=("integrated",)).startswith("Overall it is at -14.1 LUFS")


def test_a_reason_that_many_recordings_share_is_told_once() -> None:
    gaps = [Gap("loudness", "it is too short", "unmeasurable", f"{i}.wav") for i in range(200)]
    sentences = gap_sentences(gaps, {})
    assert sentences == ["About the loudness of 200 recordings, `0.wav` and `1.wav` among them: it is too short."]


def test_a_question_for_somebody_else_is_not_guessed_at() -> None:
    assert ask("tell me a joke", evidence=[], paths=()).startswith("That is not a question I can answer.")


def test_an_answer_without_findings_says_so() -> None:
    assert ask("how fast", "rhythm", evidence=[]) == "I have no finding that answers this."


def test_a_theory_sentence_is_used_when_its_finding_bears_it_out() -> None:
    text = "A dotted eighth note at 120 BPM lasts 375 ms."
    found = [
        made("theory.delay_ms", "delay", 375.0, subject="", confidence=1.0),
        made("theory.text", "label", text, subject="", confidence=1.0),
    ]
    asked = "dotted eighth at 120 bpm"
    assert ask(asked, "theory", evidence=found, paths=()) == f"{text[:-1]} [e1]."
    found[0] = made("theory.delay_ms", "delay", 500.0, subject="", confidence=1.0)
    assert ask(asked, "theory", evidence=found, paths=()) == "The answer is 500 ms [e1]."


def test_a_sentence_that_fails_its_check_is_dropped_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    tempo = made("rhythm.tempo_bpm", "tempo", 126.0, id="e1")
    sentences = (
        Sentence("It runs at 127 BPM.", ("e1",), "measured"),
        Sentence("It runs at 126 BPM.", ("e1",), "measured"),
    )
    with caplog.at_level(logging.ERROR):
        text, claims = compose(Draft(sentences, (tempo,)))
    assert text == "It runs at 126 BPM [e1]."
    assert len(claims) == 1
    assert "dropped" in caplog.text


def test_only_what_is_cited_and_the_headlines_travel() -> None:
    asked = route("rhythm", "tonality", aspects=("rhythm.tempo", "tonality.tuning"))
    draft = write(request("how fast, and is it in tune", "mix.wav"), asked, everything(), ())
    names = {item.name for item in draft.evidence}
    assert not {"rhythm.beats_s", "loudness.integrated_lufs"} & names
    assert {"rhythm.tempo_bpm", "tonality.key"} <= names
    assert [item.id for item in draft.evidence] == [f"e{at + 1}" for at in range(len(draft.evidence))]


@pytest.mark.parametrize("capability", WRITERS)
def test_every_aspect_of_every_capability_passes_its_check(capability: str) -> None:
    vocabulary = sorted(WRITERS[capability].VOCABULARY)
    for aspects in (tuple(vocabulary), *((word,) for word in vocabulary)):
        ask("all of it", capability, aspects=aspects)
        both = everything("a.wav") + everything("b 1.wav", shift=-1.7, confidence=0.5)
        ask("all of it", capability, aspects=aspects, evidence=both, paths=("a.wav", "b 1.wav"))


def test_a_label_stays_on_its_line_whatever_the_name_of_the_file() -> None:
    assert labels(["a/one\ntwo.wav", "a/\x1b[31mred.wav", "ä ♯.wav"]) == {
        "a/one\ntwo.wav": "one\\ntwo.wav", "a/\x1b[31mred.wav": "\\x1b[31mred.wav", "ä ♯.wav": "ä ♯.wav",
    }  # fmt: skip


def test_labels_show_the_folder_only_where_names_clash() -> None:
    assert labels(["a/kick.wav", "b/kick.wav", "b/snare.wav"]) == {
        "a/kick.wav": "a/kick.wav", "b/kick.wav": "b/kick.wav", "b/snare.wav": "snare.wav",
    }  # fmt: skip
