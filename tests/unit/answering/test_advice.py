"""What to do next: commands that can be typed as they are shown, and that do what they say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from grym_synth.answering.words.advice import analyze_command, edit_command, tagged_command
from grym_synth.answering.write import compose, write
from grym_synth.audio.editing.grammar import parse
from grym_synth.audio.editing.plan import plan_edit
from grym_synth.messages import Evidence, Json

from .made_evidence import made, request, route


def words(command: str) -> list[str]:
    """What a shell makes of the command behind its lead."""
    return shlex.split(command[command.index("grym ") :])


@pytest.mark.parametrize(
    "name", ["mix.wav", "my mix (final).wav", "it's.flac", "-14LUFS.wav", "$(rm -rf).wav", "é/ü.mp3"]
)
def test_any_name_survives_the_shell(name: str) -> None:
    _, _, file, op, _, out = words(edit_command(name, "normalise=-14LUFS", "normalised"))
    assert not file.startswith("-")
    assert Path(file) == Path(name)
    assert op == "normalise=-14LUFS"
    assert Path(out).parent == Path(name).parent
    assert Path(out) != Path(name)


def test_a_lossy_recording_is_edited_into_a_lossless_one() -> None:
    assert words(edit_command("a.mp3", "shift=-30ct", "in-tune"))[-1] == "a-in-tune.wav"
    assert words(edit_command("a.flac", "shift=-30ct", "in-tune"))[-1] == "a-in-tune.flac"


def test_a_name_that_cannot_be_typed_gets_no_command() -> None:
    assert edit_command("a\nb.wav", "reverse", "x") == analyze_command("a\x1b.wav", "--midi x.mid", "To see") == ""
    assert tagged_command("a.xyz") == tagged_command("a\n.wav") == ""
    assert words(tagged_command("a b.flac"))[-1] == "a b-tagged.flac"


def commands(question: str, capability: str, *evidence: Evidence, aspects: Sequence[str] = (), path: str) -> list[str]:
    found = [made(item.name, item.kind, item.value, subject=path, confidence=item.confidence) for item in evidence]
    draft = write(request(question, path), route(capability, aspects=tuple(aspects)), found, ())
    text, claims = compose(draft)
    assert len(claims) == len(draft.sentences), text
    return list(draft.commands)


SILENT: Json = [[0.0, 0.5], [1.5, 2.0]]
ADVISED: tuple[tuple[str, str, tuple[Evidence, ...], tuple[str, ...]], ...] = (
    ("is it loud enough for streaming?", "loudness",
     (made("loudness.integrated_lufs", "loudness", -20.0), made("loudness.true_peak_dbtp", "true_peak", -9.0)), ()),
    ("is it in tune?", "tonality", (made("tonality.tuning_cents", "tuning", -31.2),), ("tuning",)),
    ("true peak?", "loudness", (made("loudness.true_peak_dbtp", "true_peak", 0.7),), ("true_peak",)),
    ("is there silence?", "facts",
     (made("facts.silence_s", "time", SILENT), made("facts.duration_s", "duration", 2.0)), ("silence",)),
)  # fmt: skip


@pytest.mark.parametrize(("question", "capability", "evidence", "aspects"), ADVISED, ids=[each[0] for each in ADVISED])
def test_what_is_advised_can_be_done(
    question: str, capability: str, evidence: tuple[Evidence, ...], aspects: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "take.wav"
    rng = np.random.default_rng(1)
    sf.write(path, 0.1 * rng.standard_normal(2 * 44_100), 44_100)
    (command,) = commands(question, capability, *evidence, aspects=aspects, path=str(path))
    _, verb, file, *ops, option, out = words(command)
    assert (verb, file, option) == ("edit", str(path), "--out")
    assert plan_edit(file, parse(ops), out).source == str(path)


def test_advice_about_a_level_is_computed_from_what_was_measured() -> None:
    found = [made("loudness.integrated_lufs", "loudness", -20.0), made("loudness.true_peak_dbtp", "true_peak", -3.0)]
    draft = write(request("is it loud enough for streaming?", "mix.wav"), route("loudness"), found, ())
    gain = next(item for item in draft.evidence if item.name == "loudness.gain_db")
    after = next(item for item in draft.evidence if item.name == "loudness.true_peak_at_target_dbtp")
    assert [gain.value, after.value] == pytest.approx([6.0, 3.0])
    assert "so that takes a limiter" in compose(draft)[0]
    assert draft.commands == ()  # an edit has no limiter: it would not get there


def test_no_advice_is_given_where_nothing_is_wrong() -> None:
    fine = [made("loudness.integrated_lufs", "loudness", -14.0), made("loudness.true_peak_dbtp", "true_peak", -1.4)]
    draft = write(request("is it loud enough for streaming?", "mix.wav"), route("loudness"), fine, ())
    assert len(draft.sentences) == 1
    assert draft.commands == ()


def test_a_resonance_that_may_be_a_held_note_is_no_fault() -> None:
    paths = ("a.wav", "b.wav", "c.wav", "d.wav")
    rows: tuple[tuple[str, str, str, Json], ...] = (
        ("a.wav", "facts.dc_offset_percent", "share", 6.0), ("b.wav", "facts.clipped_samples", "count", 900),
        ("c.wav", "spectrum.resonances", "spectrum", [{"frequency_hz": 440.0, "prominence_db": 9.0, "note": "A4"}]),
    )  # fmt: skip
    found = [made("facts.clipped_samples", "count", 0, subject=path) for path in paths if path != "b.wav"]
    found += [made(name, kind, value, subject=path) for path, name, kind, value in rows]
    asked = route("facts", "spectrum", aspects=("facts.fault",))
    text, _ = compose(write(request("what is wrong with these?", *paths), asked, found, ()))
    assert text.startswith("2 recordings have faults, of 4 recordings in all [")
    assert "1 recording has just a narrow resonance, perhaps a held note [" in text
