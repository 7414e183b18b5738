"""From a plan to a file: what was asked comes out, measured and told, and nothing is left of what failed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.audio.editing.grammar import parse
from grym_synth.audio.editing.make import Made, make
from grym_synth.audio.editing.outputs import hash_file, remove_edit, sidecar_of
from grym_synth.audio.editing.plan import absolute_paths, plan_edit, with_tempo
from grym_synth.audio.levels.loudness import measure_loudness
from grym_synth.errors import BadRequest, GrymError, UnusableAudio

from .sounds import SR, hits, noise, read_ints, tone, write_sound

library = pytest.mark.skipif(
    not __import__("importlib.util").util.find_spec("python_stretch"), reason="python-stretch is not installed"
)


def run(source: str | Path, words: str, out: Path, *, replace: bool = False) -> Made:
    plan = plan_edit(str(source), absolute_paths(parse(words.split()), str(out.parent)), str(out), replace=replace)
    return make(plan, lambda fraction, message: None, {"edit": "test"})


@pytest.fixture
def song(tmp_path: Path) -> str:
    """Three seconds of stereo noise, 16 bit."""
    return write_sound(tmp_path / "song.wav", noise(3.0))


def test_a_trim_of_16_bits_is_the_very_same_samples(song: str, tmp_path: Path) -> None:
    before = hash_file(song)
    made = run(song, "trim=0:01-2.5", tmp_path / "part.flac")
    assert np.array_equal(read_ints(tmp_path / "part.flac"), read_ints(song)[SR : SR * 5 // 2])
    assert made.duration_s == 1.5
    assert hash_file(song) == before


def test_beside_a_fade_the_samples_stay_bit_for_bit(song: str, tmp_path: Path) -> None:
    run(song, "fade-out=1", tmp_path / "faded.wav")
    faded, whole = read_ints(tmp_path / "faded.wav"), read_ints(song)
    untouched = SR  # whole pieces of 4096 before the fade, and more
    assert np.array_equal(faded[:untouched], whole[:untouched])
    assert np.abs(faded[-100:]).max() <= 2


def test_operations_are_done_in_the_order_given(song: str, tmp_path: Path) -> None:
    run(song, "reverse trim=0-1", tmp_path / "end.wav")
    run(song, "trim=0-1 reverse", tmp_path / "start.wav")
    whole = read_ints(song)
    assert np.array_equal(read_ints(tmp_path / "end.wav"), whole[::-1][:SR])
    assert np.array_equal(read_ints(tmp_path / "start.wav"), whole[:SR][::-1])


@pytest.mark.slow
@pytest.mark.parametrize("form", ["wav/16", "wav/24", "wav/32f", "flac/16", "flac/24", "aiff/16"])
@pytest.mark.parametrize(("word", "target"), [("normalise=-20LUFS", -20.0), ("normalise=-3dBTP", -3.0)])
def test_levels_are_reached_within_a_twentieth_in_every_form(
    form: str, word: str, target: float, song: str, tmp_path: Path
) -> None:
    out = tmp_path / f"level.{form.partition('/')[0]}"
    made = run(song, f"{word} convert={form}", out)
    samples, _ = soundfile.read(out, dtype="float32")
    measured = measure_loudness(samples, SR)
    reached = measured.integrated_lufs if "LUFS" in word else measured.true_peak_dbtp
    assert reached == pytest.approx(target, abs=0.05)
    assert made.loudness_lufs == pytest.approx(measured.integrated_lufs, abs=0.001)
    assert made.true_peak_dbtp == pytest.approx(measured.true_peak_dbtp, abs=0.001)
    assert made.notices == ()


def test_a_target_behind_the_ceiling_is_told(tmp_path: Path) -> None:
    y = noise(3.0, level=0.01)
    y[SR] = 0.9
    made = run(write_sound(tmp_path / "peaky.wav", y), "normalise=-14LUFS", tmp_path / "out.wav")
    (notice,) = made.notices
    assert "-14 LUFS was not reached" in notice.reason
    assert made.true_peak_dbtp == pytest.approx(-1.0, abs=0.05)
    assert made.gain_db is not None


@pytest.mark.slow
def test_a_peak_that_coding_moved_is_told(tmp_path: Path) -> None:
    square = np.sign(tone(440.0, 2.0)) * np.float32(0.9)
    made = run(write_sound(tmp_path / "square.wav", square), "convert=mp3", tmp_path / "out.mp3")
    assert made.true_peak_dbtp is not None
    assert made.true_peak_dbtp > 0.05  # coding rounds the corners, and they rise
    assert any("moved the true peak from" in notice.reason for notice in made.notices)


def test_nothing_clips_and_it_is_told_by_how_much_the_level_was_lowered(tmp_path: Path) -> None:
    hot = write_sound(tmp_path / "hot.wav", 1.4 * tone(1000.0, 1.0, level=1.0), subtype="FLOAT")
    made = run(hot, "convert=16", tmp_path / "out.wav")
    (notice,) = made.notices
    assert "lowered by 2.92 dB" in notice.reason
    assert made.gain_db == pytest.approx(-2.92, abs=0.01)
    steps = 32768.0 * tone(1000.0, 1.0, level=1.0)
    assert np.abs(read_ints(tmp_path / "out.wav") - steps).max() < 3.0  # a whole sine, no plateau
    kept = run(hot, "convert=32f", tmp_path / "float.wav")
    assert kept.notices == ()
    assert soundfile.read(tmp_path / "float.wav")[0].max() == pytest.approx(1.4, rel=1e-3)


@library
@pytest.mark.slow
def test_what_overshoots_when_it_is_stretched_is_lowered_too(tmp_path: Path) -> None:
    hot = write_sound(tmp_path / "hot.wav", np.clip(noise(3.0, level=0.5), -1.0, 1.0))
    made = run(hot, "stretch=1.1x", tmp_path / "out.wav")
    assert any("lowered by" in notice.reason for notice in made.notices)
    assert np.sum(np.abs(read_ints(tmp_path / "out.wav")) >= 32767) < 10


@library
@pytest.mark.slow
def test_a_measured_tempo_is_told_and_written_down(make_loop: Callable[..., Path], tmp_path: Path) -> None:
    loop = make_loop(seconds=16.0, tempo_bpm=120.0)
    made = run(loop, "stretch=100bpm", tmp_path / "slow.wav")
    assert made.tempo is not None
    assert made.tempo.bpm == pytest.approx(120.0, abs=0.1)
    assert made.duration_s == pytest.approx(16.0 * made.tempo.bpm / 100.0, abs=0.001)
    said = json.loads(sidecar_of(tmp_path / "slow.wav").read_text())["ops"]
    assert said == [f"stretch={made.tempo.bpm:g}->100bpm"]


def test_a_tempo_that_cannot_be_measured_is_refused_and_can_be_told(song: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="tempo") as refused:
        run(song, "stretch=100bpm", tmp_path / "out.wav")
    assert "->100bpm" in refused.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["song.wav"]
    assert with_tempo(parse(["stretch=100bpm"]), 125.0) == parse(["stretch=125->100bpm"])
    with pytest.raises(BadRequest):
        with_tempo(parse(["reverse"]), 125.0)


def test_slices_are_numbered_files_with_one_sidecar(tmp_path: Path) -> None:
    begins = [0.3, 0.7, 1.2, 1.8]
    song = write_sound(tmp_path / "hits.wav", hits(begins, 2.5))
    made = run(song, "slice=onsets convert=flac", tmp_path / "kit.flac")
    assert [path.name for path in made.files] == [f"kit-0{i}.flac" for i in (1, 2, 3, 4)]
    joined = np.concatenate([read_ints(path) for path in made.files])
    assert np.array_equal(joined, read_ints(song)[-len(joined) :])
    assert len(json.loads(sidecar_of(tmp_path / "kit.flac").read_text())["files"]) == 4
    assert not (tmp_path / "kit.flac").exists()
    with pytest.raises(BadRequest, match="exists"):
        run(song, "slice=onsets", tmp_path / "kit.flac")
    fewer = run(song, "trim=0-1 slice=onsets", tmp_path / "kit.flac", replace=True)
    assert len(fewer.files) == 2
    assert not (tmp_path / "kit-03.flac").exists()
    remove_edit(tmp_path / "kit.flac")
    assert [path.name for path in tmp_path.iterdir()] == ["hits.wav"]


@pytest.mark.slow
def test_the_sidecar_tells_how_to_make_it_again(song: str, tmp_path: Path) -> None:
    run(song, "fade-in=0.5 normalise=-20LUFS resample=48k convert=16", tmp_path / "a.wav")
    sidecar = json.loads(sidecar_of(tmp_path / "a.wav").read_text())
    assert sidecar["sources"] == [{"path": song, "sha256": hash_file(song)}]
    assert sidecar["made_with"]["edit"] == "test"
    assert sidecar["measured"]["duration_s"] == 3.0
    run(song, " ".join(sidecar["ops"]), tmp_path / "b.wav")
    assert (tmp_path / "b.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


@pytest.mark.parametrize("name", ["Blå sång.wav", os.fsdecode(b"broken \xff.wav"), "a\nb.wav", "-x.wav"])
def test_odd_names_are_names(name: str, song: str, tmp_path: Path) -> None:
    Path(song).rename(tmp_path / name)
    made = run(tmp_path / name, "reverse", tmp_path / f"new {name}")
    sidecar = json.loads(sidecar_of(made.files[0]).read_text())
    assert sidecar["sources"][0]["path"] == str(tmp_path / name)
    assert remove_edit(made.files[0]) == made.files


def test_joined_recordings_are_sources_too(song: str, tmp_path: Path) -> None:
    (tmp_path / "other, take 2.wav").symlink_to(write_sound(tmp_path / "other.wav", noise(1.0, seed=5)))
    words = r"concatenate=other\,¤take¤2.wav,song.wav".replace("¤", " ")
    ops = absolute_paths(parse([words]), str(tmp_path))
    made = make(plan_edit(song, ops, str(tmp_path / "long.wav")), lambda f, m: None, {})
    assert np.array_equal(
        read_ints(tmp_path / "long.wav"),
        np.concatenate([read_ints(song), read_ints(tmp_path / "other.wav"), read_ints(song)]),
    )
    assert made.duration_s == 7.0
    with pytest.raises(BadRequest, match="the recording itself"):
        plan_edit(song, ops, str(tmp_path / "other.wav"))
    with pytest.raises(UnusableAudio, match="does not exist"):
        run(song, "concatenate=missing.wav", tmp_path / "out.wav")


def test_tags_go_along_where_the_format_has_them(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "tagged.flac", "w", SR, 1, format="FLAC") as file:
        file.title, file.artist = "Blå", "N.N."
        file.write(tone(440.0, 1.0))
    for name in ("a.wav", "a.flac", "a.mp3", "a.ogg", "a.aiff"):
        run(tmp_path / "tagged.flac", "fade-in=0.1", tmp_path / name)
        with soundfile.SoundFile(tmp_path / name) as file:
            assert (file.title, file.artist) == ("Blå", "N.N.")


@pytest.mark.parametrize(
    "words",
    ["trim=0-9", "trim=8-9", "fade-out=9", "normalise=-14LUFS trim=8-9", "reverse fade-in=9", "concatenate=song.wav/9"],
)
def test_nothing_is_left_of_an_edit_that_fails(words: str, song: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        run(song, words, tmp_path / "out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_nothing_is_left_of_an_edit_that_is_given_up(song: str, tmp_path: Path) -> None:
    class GivenUp(Exception):
        pass

    def give_up(fraction: float, message: str) -> None:
        if fraction > 0.4:
            raise GivenUp

    plan = plan_edit(song, parse(["normalise=-20LUFS"]), str(tmp_path / "out.wav"))
    with pytest.raises(GivenUp):
        make(plan, give_up, {})
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


@pytest.mark.slow
def test_progress_rises_through_every_pass(song: str, tmp_path: Path) -> None:
    told: list[float] = []
    plan = plan_edit(song, parse(["reverse", "normalise=-20LUFS", "convert=mp3"]), str(tmp_path / "out.mp3"))
    make(plan, lambda fraction, message: told.append(fraction), {})
    assert told == sorted(set(told))
    assert told[0] < 0.3
    assert 0.7 < told[-1] <= 1.0


def test_a_damaged_recording_is_edited_as_far_as_it_goes_and_that_is_told(tmp_path: Path) -> None:
    whole = Path(write_sound(tmp_path / "whole.wav", noise(2.0)))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    made = run(cut, "fade-in=0.1", tmp_path / "out.wav")
    assert made.duration_s == pytest.approx(1.0, abs=0.01)
    assert any("of the promised 2.0 s" in notice.reason for notice in made.notices)


def test_what_is_no_number_becomes_silence_and_is_counted(tmp_path: Path) -> None:
    y = noise(1.0)
    y[100:110] = np.nan
    made = run(write_sound(tmp_path / "nan.wav", y, subtype="FLOAT"), "reverse", tmp_path / "out.wav")
    assert any("20 samples" in notice.reason for notice in made.notices)


@pytest.mark.parametrize("name", ["nothing.wav", "text.wav", "empty.wav", "."])
def test_what_is_no_recording_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    (tmp_path / "empty.wav").touch()
    with pytest.raises(GrymError):
        run(tmp_path / name, "reverse", tmp_path / "out.wav")
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to_is_told(song: str, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(BadRequest, match="may not be written to"):
        run(song, "reverse", closed / "out.wav")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("trim=0:01-2 fade-out=0.5", "trim 0:01-0:02 -> fade out 0.5 s -> write x.wav, WAV 16 bit 44.1 kHz, 0:01 long"),
        ("stretch=2x convert=48000", "stretch to 2 times the length -> resample to 48 kHz -> write x.wav, "
         "WAV 16 bit 48 kHz, 0:06 long"),
        ("trim=0--1", "trim 0:00 to 0:01 before the end -> write x.wav, WAV 16 bit 44.1 kHz, 0:02 long"),
        ("trim=-1", "keep the last 0:01 -> write x.wav, WAV 16 bit 44.1 kHz, 0:01 long"),
        ("stretch=100bpm", "stretch from the measured tempo to 100 BPM -> write x.wav, WAV 16 bit 44.1 kHz"),
        ("slice=onsets", "slice at the onsets -> write x-01.wav ..., WAV 16 bit 44.1 kHz, 0:03 in all"),
        ("concatenate=song.wav/0.5", "append song.wav with 0.5 s of crossfade -> write x.wav, WAV 16 bit 44.1 kHz, "
         "0:05.5 long"),
    ],
)  # fmt: skip
def test_a_plan_tells_what_will_be_done(words: str, said: str, song: str, tmp_path: Path) -> None:
    plan = plan_edit(song, absolute_paths(parse(words.split()), str(tmp_path)), str(tmp_path / "x.wav"))
    assert str(plan) == said
    assert len(list(tmp_path.iterdir())) == 1


def test_slices_are_not_lost_to_an_edit_of_them(tmp_path: Path) -> None:
    song = write_sound(tmp_path / "hits.wav", hits([0.3, 0.7, 1.2], 2.0))
    run(song, "slice=onsets", tmp_path / "kit.wav")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadRequest, match="that this edit reads"):
        run(tmp_path / "kit-01.wav", "concatenate=kit-02.wav", tmp_path / "kit.wav", replace=True)
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_no_number_is_told_where_a_trim_stops_early_too(tmp_path: Path) -> None:
    y = noise(5.0)
    y[100:110] = np.nan
    made = run(write_sound(tmp_path / "nan.wav", y, subtype="FLOAT"), "trim=0-1", tmp_path / "out.wav")
    (notice,) = made.notices
    assert "20 samples" in notice.reason


def test_a_gain_is_given_to_all_of_it_and_told(song: str, tmp_path: Path) -> None:
    made = run(song, "gain=-6dB convert=32f", tmp_path / "softer.wav")
    quiet, loud = soundfile.read(tmp_path / "softer.wav")[0], soundfile.read(song)[0]
    assert np.allclose(quiet, loud * 10.0 ** (-6.0 / 20.0), atol=1e-6)
    assert made.gain_db == -6.0


def test_a_gain_that_would_clip_is_taken_back_and_both_are_told(tmp_path: Path) -> None:
    made = run(write_sound(tmp_path / "tone.wav", tone(440.0, 1.0)), "gain=+12dB", tmp_path / "louder.wav")
    assert made.gain_db == pytest.approx(20.0 * np.log10(2.0), abs=0.02)  # from half of full scale to all of it
    assert any("lowered by 5.98 dB" in notice.reason for notice in made.notices)


@library
def test_it_can_be_stretched_to_a_length(song: str, tmp_path: Path) -> None:
    plan = plan_edit(song, parse(["trim=0-2", "stretch=2.5s"]), str(tmp_path / "out.wav"))
    assert plan.frames == 5 * SR // 2
    assert run(song, "trim=0-2 stretch=2.5s", tmp_path / "out.wav").duration_s == 2.5


def test_a_length_beyond_what_can_be_stretched_is_refused_before_anything_is_done(song: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="it would become 10 times as long"):
        plan_edit(song, parse(["stretch=30s"]), str(tmp_path / "out.wav"))
    with pytest.raises(BadRequest, match="shows only once it is read"):
        plan_edit(song, parse(["stretch=100bpm", "stretch=3s"]), str(tmp_path / "out.wav"))
