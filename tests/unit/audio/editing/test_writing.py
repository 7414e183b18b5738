"""Samples into files: what is on the grid stays bit for bit, what is not is dithered, and all of it is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.audio.decoding.decoders import Header
from grym_synth.audio.editing.formats import Form, choose_form
from grym_synth.audio.editing.operations import Convert, Depth
from grym_synth.audio.editing.writing import Quantiser, write
from grym_synth.errors import BadRequest

from .sounds import SR, noise, tone

STEP = 2.0**-15


def header(container: str = "WAV", bits: int | None = 16, channels: int = 2, sr: int = SR) -> Header:
    return Header(container, "PCM", bits, sr, channels, None, {})


def test_whole_steps_are_kept_and_no_dither_is_added_to_them() -> None:
    steps = np.random.default_rng(0).integers(-32768, 32768, (5000, 2)).astype(np.float32)
    assert np.array_equal(Quantiser(16).steps(steps / 32768.0), steps)
    fine = np.random.default_rng(0).integers(-(2**23), 2**23, (5000, 2)).astype(np.float32)
    assert np.array_equal(Quantiser(24).steps(fine / 2.0**23), fine)


def test_dither_makes_the_error_noise_that_does_not_depend_on_the_sound() -> None:
    y = tone(441.0, 4.0, level=1.2 * STEP)  # hardly more than one step: without dither a square wave
    error = Quantiser(16).steps(y)[:, 0] - y[:, 0] / STEP
    assert abs(error.mean()) < 0.01
    assert np.mean(error**2) == pytest.approx(0.25, rel=0.05)  # a quarter step squared: TPDF and rounding
    spectrum = np.abs(np.fft.rfft(error * np.hanning(len(error))))
    harmonics = spectrum[(np.arange(3, 40, 2) * 441.0 * 4.0).astype(int)]
    assert harmonics.max() < 6.0 * np.sqrt(np.mean(spectrum**2))


def test_dither_comes_out_the_same_every_time() -> None:
    y = noise(0.1)
    assert np.array_equal(Quantiser(16).steps(y), Quantiser(16).steps(y))


@pytest.mark.parametrize(
    ("name", "depth", "subtype"),
    [
        ("wav", "16", "PCM_16"),
        ("wav", "24", "PCM_24"),
        ("wav", "32f", "FLOAT"),
        ("flac", "16", "PCM_16"),
        ("flac", "24", "PCM_24"),
        ("aiff", "24", "PCM_24"),
    ],
)
def test_every_lossless_form_holds_what_was_written(name: str, depth: Depth, subtype: str, tmp_path: Path) -> None:
    y = noise(0.5)
    form = Form(name, depth, SR, 2)
    written = write(iter([y[:10_000], y[10_000:]]), tmp_path / "a", form, {"title": "T"}, container=form.kind.container)
    info = soundfile.info(tmp_path / "a")
    assert (info.format, info.subtype, info.frames) == (form.kind.container, subtype, len(y))
    read, _ = soundfile.read(tmp_path / "a", dtype="float32")
    step = 0.0 if form.bits is None else 2.0 ** (1 - form.bits)
    assert np.abs(read - y).max() <= 1.5 * step
    with soundfile.SoundFile(tmp_path / "a") as file:
        assert file.title == "T"
    assert written.frames == len(y)
    assert written.peak == np.abs(y).max()
    assert written.loudness.true_peak_dbtp is not None


@pytest.mark.parametrize("name", ["ogg", "mp3"])
def test_lossy_forms_can_be_read_and_are_as_long(name: str, tmp_path: Path) -> None:
    form = Form(name, None, SR, 2)
    write(iter([np.repeat(tone(440.0, 1.0), 2, axis=1)]), tmp_path / "a", form, {}, container=form.kind.container)
    read, sr = soundfile.read(tmp_path / "a")
    assert (len(read), sr) == (SR, SR)
    assert np.sqrt(2.0 * np.mean(read[SR // 4 : -SR // 4] ** 2)) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(
    ("source", "convert", "out", "said"),
    [
        (header(), Convert(), "a.wav", "WAV 16 bit 44.1 kHz"),
        (header("FLAC", 24), Convert(), "a.flac", "FLAC 24 bit 44.1 kHz"),
        (header("FLAC", 24), Convert(), "a.wav", "WAV 24 bit 44.1 kHz"),
        (header("WAV", 32), Convert(), "a.aif", "AIFF 32 bit float 44.1 kHz"),
        (header("WAV", 32), Convert(), "a.flac", "FLAC 24 bit 44.1 kHz"),
        (header("WAV", 8), Convert(), "a.wav", "WAV 16 bit 44.1 kHz"),
        (header("MP3", None), Convert(), "a.wav", "WAV 24 bit 44.1 kHz"),
        (header("MP3", None), Convert(), "a.MP3", "MP3 44.1 kHz"),
        (header(channels=1), Convert("ogg"), "a.ogg", "Ogg Vorbis 44.1 kHz mono"),
        (header(), Convert("wav", None, "32f"), "a.wav", "WAV 32 bit float 44.1 kHz"),
    ],
)
def test_the_form_is_that_of_the_source_unless_told(source: Header, convert: Convert, out: str, said: str) -> None:
    assert choose_form(source, convert, out, source.sr, source.channels).said == said


@pytest.mark.parametrize(
    ("source", "convert", "out", "reason"),
    [
        (header(), Convert("flac"), "a.wav", "another format"),
        (header(), Convert(), "a", "does not end"),
        (header("MP4", None), Convert(), "a.m4a", "can be read and not be written"),
        (header(), Convert("flac", None, "32f"), "a.flac", "depth of 32f"),
        (header(), Convert(None, None, "16"), "a.mp3", "depth of 16"),
        (header(channels=6), Convert(), "a.mp3", "at most 2 channels"),
        (header(channels=12), Convert(), "a.flac", "at most 8 channels"),
        (header(sr=96000), Convert(), "a.mp3", "cannot be written at 96000 Hz"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(source: Header, convert: Convert, out: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        choose_form(source, convert, out, source.sr, source.channels)


def test_more_than_four_gigabytes_become_rf64_or_are_refused() -> None:
    frames = 8 * 3600 * 44100
    assert Form("wav", "24", SR, 2).container_for(frames) == "RF64"
    assert Form("wav", "24", SR, 2).container_for(1000) == "WAV"
    assert Form("flac", "24", SR, 2).container_for(frames) == "FLAC"
    with pytest.raises(BadRequest, match="at most 4 GB"):
        Form("aiff", "24", SR, 2).container_for(frames)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wav", "flac", "ogg", "mp3"])
def test_a_full_disk_is_told_in_words(name: str, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the system refuses to write in the same way."""
    script = f"""
import resource, signal
from pathlib import Path
import numpy as np
from grym_synth.audio.editing.formats import Form
from grym_synth.audio.editing.writing import write
from grym_synth.errors import GrymError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
form = Form({name!r}, {"16" if name in ("wav", "flac") else None!r}, 44100, 2)
y = np.random.default_rng(0).standard_normal((44100, 2)).astype(np.float32) * 0.1
try:
    write(iter([y] * 10), Path({str(tmp_path / "a")!r}), form, {{}}, container=form.kind.container)
except GrymError as error:
    print("told:", error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("told: "), done.stderr
    assert "\n" not in done.stdout.strip()


def test_a_wav_for_more_than_4_gb_may_begin_or_stay_short(tmp_path: Path) -> None:
    y = noise(0.1)
    written = write(iter([y]), tmp_path / "a", Form("wav", "16", SR, 2), {}, container="RF64")
    assert written.frames == len(y)
    assert soundfile.info(tmp_path / "a").frames == len(y)
