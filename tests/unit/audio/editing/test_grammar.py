"""Operations as words: what they mean, and how the words that make no sense are refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.editing.grammar import EXAMPLES, format_of_name, parse
from grym_synth.audio.editing.operations import (
    SHAPES,
    Amplify,
    Concatenate,
    Convert,
    Fade,
    Normalise,
    Op,
    Resample,
    Reverse,
    Shift,
    Slice,
    Stretch,
    Trim,
)
from grym_synth.audio.editing.telling import figures, tell
from grym_synth.audio.editing.wording import canonical, clock, describe
from grym_synth.errors import BadRequest


@pytest.mark.parametrize(
    ("word", "op"),
    [
        ("trim=0:30-1:00", Trim(30.0, 60.0)),
        ("trim=83-1:23.5", Trim(83.0, 83.5)),
        ("trim=1:00:00-", Trim(3600.0, None)),
        ("trim=12.5", Trim(12.5, None)),
        ("trim=-8", Trim(-8.0, None)),
        ("trim=0--8", Trim(0.0, -8.0)),
        ("trim=-1:30--0:30", Trim(-90.0, -30.0)),
        ("fade-in=2", Fade("in", 2.0)),
        ("fade-out=0:08", Fade("out", 8.0)),
        ("fade-out=.5s/linear", Fade("out", 0.5, "linear")),
        ("normalise=-14LUFS", Normalise(-14.0, "LUFS")),
        ("normalize=-1 dbtp", Normalise(-1.0, "dBTP")),
        ("NORMALISE=-0.3dBFS", Normalise(-0.3, "dBFS")),
        ("stretch=100bpm", Stretch(to_bpm=100.0)),
        ("stretch=126->100bpm", Stretch(from_bpm=126.0, to_bpm=100.0)),
        ("stretch=126bpm->100BPM", Stretch(from_bpm=126.0, to_bpm=100.0)),
        ("stretch=1.05x", Stretch(times=1.05)),
        ("stretch=30s", Stretch(to_s=30.0)),
        ("stretch=1:30 s", Stretch(to_s=90.0)),
        ("gain=+3dB", Amplify(3.0)),
        ("gain=-6 db", Amplify(-6.0)),
        ("shift=+2st", Shift(2.0)),
        ("shift=-30ct", Shift(-0.3)),
        ("shift=1.5 semitones", Shift(1.5)),
        ("reverse", Reverse()),
        ("slice=onsets", Slice()),
        ("resample=48000", Resample(48000)),
        ("resample=44.1kHz", Resample(44100)),
        ("convert=flac/48000/24", Convert("flac", 48000, "24")),
        ("convert=32f", Convert(depth="32f")),
        ("convert=16/wave", Convert("wav", None, "16")),
        ("concatenate=b.wav,c d.flac", Concatenate(("b.wav", "c d.flac"))),
        ("concatenate=/music/take 2/b.wav/0.05", Concatenate(("/music/take 2/b.wav",), 0.05)),
        (r"concatenate=one\, two.wav", Concatenate(("one, two.wav",))),
    ],
)
def test_an_operation_is_read_as_it_is_written(word: str, op: Op) -> None:
    assert parse([word]) == (op,)
    assert parse([canonical(op)]) == (op,)


def test_operations_keep_their_order() -> None:
    assert parse(["reverse", "fade-in=1", "reverse"]) == (Reverse(), Fade("in", 1.0), Reverse())


@pytest.mark.parametrize(
    "word",
    [
        "fly",
        "",
        "trim",
        "trim=1:60-2:00",
        "trim=0:30-0:10",
        "trim=-8--10",
        "trim=a-b",
        "trim=5-5",
        "trim=1e3",
        "fade-out=x",
        "fade-out=0",
        "fade-out=-2",
        "fade-in=2/steep",
        "fade-in=2/",
        "normalise=-14",
        "normalise=3dBTP",
        "normalise=-14dB",
        "normalise=-99LUFS",
        "normalise=nanLUFS",
        "stretch=0x",
        "stretch=5x",
        "stretch=100",
        "stretch=400->20bpm",
        "stretch=1000bpm",
        "stretch=..x",
        "stretch=0s",
        "stretch=1:60s",
        "gain=3",
        "gain=+99dB",
        "gain=loud",
        "shift=2",
        "shift=+25st",
        "reverse=yes",
        "slice=beats",
        "resample=100",
        "resample=44100.5",
        "resample=500000",
        "convert=",
        "convert=doc",
        "convert=flac/wav",
        "convert=16/24",
        "convert=flac/48000/44100",
        "concatenate=",
        "concatenate=a.wav,,b.wav",
        "concatenate=a.wav/99",
    ],
)
def test_what_makes_no_sense_is_refused_with_an_example_of_how_it_is_written(word: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse([word])
    name = word.partition("=")[0]
    told = f"{refused.value} {refused.value.hint}"
    assert EXAMPLES.get(name, "fade-out=8").partition("=")[0] in told
    if "=" in word and word.partition("=")[2]:
        assert repr(word.partition("=")[2]) in told or name == "stretch"


def test_a_refusal_tells_what_was_wanted_and_what_came() -> None:
    with pytest.raises(BadRequest, match=r"^fade-out wants seconds, as in fade-out=8, got 'x'$"):
        parse(["fade-out=x"])


def test_nothing_to_do_is_refused() -> None:
    with pytest.raises(BadRequest, match="nothing was asked"):
        parse([])


def test_slicing_comes_last_but_for_the_format() -> None:
    parse(["trim=0-1", "slice=onsets", "convert=flac"])
    with pytest.raises(BadRequest, match="goes last"):
        parse(["slice=onsets", "reverse"])


def test_there_is_one_output_and_so_one_format() -> None:
    with pytest.raises(BadRequest, match="twice"):
        parse(["convert=flac", "convert=16"])


seconds = st.integers(1, 10**9).map(lambda n: n / 1000)
names = st.text(st.characters(exclude_characters="\\", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1)
ops = st.one_of(
    st.tuples(seconds, st.integers(1, 10**6))
    .map(lambda t: Trim(t[0], round(t[0] + t[1] / 1000, 3)))
    .filter(lambda op: op.end_s is not None and op.end_s <= 1e6),
    seconds.map(lambda s: Trim(-s, None)),
    st.builds(Fade, st.sampled_from(["in", "out"]), seconds, st.sampled_from(SHAPES)),
    st.builds(Normalise, st.integers(-6000, 0).map(lambda n: n / 100), st.sampled_from(["LUFS", "dBTP", "dBFS"])),
    st.integers(25, 400).map(lambda n: Stretch(times=n / 100)),
    seconds.map(lambda s: Stretch(to_s=s)),
    st.integers(-6000, 6000).map(lambda n: Amplify(n / 100)),
    st.integers(-2400, 2400).map(lambda n: Shift(n / 100)),
    st.builds(Resample, st.integers(4000, 384000)),
    st.builds(Concatenate, st.lists(names, min_size=1).map(tuple), st.integers(0, 60000).map(lambda n: n / 1000)),
)


@settings(deadline=None, max_examples=100)
@given(ops)
def test_canonical_words_are_read_back_as_the_same_operation(op: Op) -> None:
    assert parse([canonical(op)]) == (op,)
    assert describe(op)
    assert tell(op)
    assert {name.rpartition("_")[2] for name in figures(op)} <= UNITS


UNITS = {"s", "lufs", "dbtp", "dbfs", "db", "percent", "bpm", "semitones", "cents", "hz"}


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(EXAMPLES)), st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_words(name: str, text: str) -> None:
    with contextlib.suppress(BadRequest):
        assert parse([f"{name}={text}"])


@pytest.mark.parametrize(
    ("time", "said"),
    [(0.0, "0:00"), (30.0, "0:30"), (83.5, "1:23.5"), (3600.0, "1:00:00"), (59.9999, "1:00"), (-8.0, "-0:08")],
)
def test_times_are_told_as_players_show_them(time: float, said: str) -> None:
    assert clock(time) == said


@pytest.mark.parametrize(
    ("name", "format"), [("a.WAV", "wav"), ("a.aif", "aiff"), ("/b.wav/a", None), ("a.m4a", None), ("a", None)]
)
def test_the_end_of_a_name_tells_the_format(name: str, format: str | None) -> None:
    assert format_of_name(name) == format
