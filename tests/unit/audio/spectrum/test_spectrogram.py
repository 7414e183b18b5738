"""Spectra over time: levels that are true, a bound on how many, and files and tiles that keep them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectrum import stored, tiles
from grym_synth.audio.spectrum.peaks import WINDOWS
from grym_synth.audio.spectrum.spectrogram import FLOOR_DBFS, Spectrogram, SpectrogramMeter, find_peaks
from grym_synth.audio.spectrum.tiles import View
from grym_synth.audio.spectrum.transform import DEFAULT_BANDS, SCALES, Scale, Transform
from grym_synth.errors import BadRequest, Unavailable

SR = 48_000


def sine(hz: float, n: int, sr: int = SR) -> FloatArray:
    return np.asarray(np.sin(2 * np.pi * hz * np.arange(n) / sr + 0.4), np.float32)


def transformed(y: FloatArray, transform: Transform, sr: int = SR, block: int = 7_001, **wishes: Any) -> Spectrogram:
    meter = SpectrogramMeter(sr, transform, **wishes)
    for start in range(0, len(y), block):
        meter.feed(y[start : start + block])
    found = meter.finish()
    assert found is not None
    return found


def levels(found: Spectrogram) -> FloatArray:
    return found.levels[0 : len(found.levels)]


# --- accuracy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("n_fft", [256, 1_000, 2_048, 32_768])
def test_a_full_scale_sine_reads_0_dbfs_at_its_bin(window: str, n_fft: int) -> None:
    transform = Transform(n_fft, n_fft // 4, window)
    for share in (0.1, 0.37, 0.8):
        k = round(share * n_fft / 2)
        found = levels(transformed(sine(k * SR / n_fft, 3 * n_fft), transform))
        np.testing.assert_allclose(found[:, k], 0.0, atol=0.01)
        assert (found.argmax(axis=1) == k).all()


@pytest.mark.parametrize("scale", ["mel", "log"])
@pytest.mark.parametrize("window", [name for name in WINDOWS if name != "rect"])
def test_a_full_scale_sine_reads_0_dbfs_at_the_centre_of_its_band(window: str, scale: Scale) -> None:
    transform = Transform(4_096, 1_024, window, scale, DEFAULT_BANDS[scale])
    centres = SpectrogramMeter(SR, transform).centres_hz
    for i in np.flatnonzero(centres > 4.0 * SR / 4_096)[::17]:
        found = levels(transformed(sine(centres[i], 8_192), transform))
        np.testing.assert_allclose(found[:, i], 0.0, atol=0.05)
        assert (np.abs(centres[found.argmax(axis=1)] - centres[i]) < SR / 4_096).all()
        assert found.max() < 0.5


def test_a_constant_and_the_highest_frequency_read_their_own_height() -> None:
    for y, k in ((np.full(4_096, 0.5), 0), (0.5 * (-1.0) ** np.arange(4_096), 1_024)):
        found = levels(transformed(y, Transform(2_048, 512)))
        np.testing.assert_allclose(found[:, k], 20 * np.log10(0.5), atol=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("window", ["hann", "hamming", "blackman"])
def test_all_levels_are_those_of_scipy(window: str) -> None:
    from scipy import signal

    y = 0.2 * np.random.default_rng(3).standard_normal(20_000).astype(np.float32)
    _, _, power = signal.spectrogram(
        y, SR, window, nperseg=1_000, noverlap=750, detrend=False, scaling="spectrum", mode="psd"
    )
    power = power.T
    power[:, 1:-1] *= 2.0  # scipy tells the power of a sine, which is half the square of its height
    np.testing.assert_allclose(levels(transformed(y, Transform(1_000, 250, window))), 10 * np.log10(power), atol=0.01)


def test_levels_follow_the_sound_by_decibels() -> None:
    y = sine(1_500.0, 8_192)
    loud, soft = (levels(transformed(gain * y, Transform(2_048, 512))) for gain in (1.0, 0.001))
    np.testing.assert_allclose(loud[:, 64] - soft[:, 64], 60.0, atol=0.01)


@pytest.mark.parametrize("hz", [440.0, 1_003.7, 1_511.71875, 9_876.5])
@pytest.mark.parametrize("window", WINDOWS)
def test_peaks_of_the_mean_lie_between_the_bins(hz: float, window: str) -> None:
    transform = Transform(2_048, 512, window)
    found = transformed(0.5 * sine(hz, 20_000), transform, as_one=True)
    peak = find_peaks(found, SR, transform)[0]
    assert peak.frequency_hz == pytest.approx(hz, abs=0.5 if window != "rect" else 2.0)
    assert peak.level_dbfs == pytest.approx(-6.0206, abs=0.02 if window != "rect" else 0.3)


def test_noise_has_no_loud_peaks_in_one_frame() -> None:
    y = 0.1 * np.random.default_rng(4).standard_normal(2_048)
    transform = Transform(2_048, 512)
    assert len(find_peaks(transformed(y, transform), SR, transform)) <= 3


def test_a_sound_shorter_than_a_frame_still_reads_its_level() -> None:
    for n in (1, 2, 100, 2_047):
        found = transformed(np.ones(n), Transform(2_048, 512))
        assert levels(found)[0, 0] == pytest.approx(0.0, abs=0.01)
    transform = Transform(4_096, 1_024)
    peak = find_peaks(transformed(sine(6_000.0, 1_000), transform), SR, transform)[0]
    assert peak.frequency_hz == pytest.approx(6_000.0, abs=5.0)
    assert peak.level_dbfs == pytest.approx(0.0, abs=0.05)


def test_silence_is_at_the_floor_and_nothing_is_nothing() -> None:
    found = transformed(np.zeros(5_000), Transform(256, 64))
    assert (found.lowest_dbfs, found.highest_dbfs) == (FLOOR_DBFS, FLOOR_DBFS)
    assert find_peaks(found, SR, Transform(256, 64)) == ()
    assert SpectrogramMeter(SR, Transform()).finish() is None


# --- frames, times, size --------------------------------------------------------------------------------------------


def test_blocks_of_any_length_give_the_same() -> None:
    y = np.random.default_rng(0).standard_normal(30_000).astype(np.float32)
    whole = levels(transformed(y, Transform(1_024, 300), block=len(y)))
    assert whole.shape == (1 + (30_000 - 1_024) // 300, 513)
    for block in (1_000, 1_024, 29_999):
        np.testing.assert_allclose(levels(transformed(y, Transform(1_024, 300), block=block)), whole, atol=1e-4)


def test_rows_say_when_they_were() -> None:
    y = np.zeros(SR, np.float32)
    y[SR // 2] = 1.0
    for per in (1, 4):
        found = transformed(y, Transform(512, 128), max_cells=257 * (400 // per))
        loudest = int(levels(found).max(axis=1).argmax())
        assert found.frames_per_row == per
        assert found.first_s + loudest * found.row_s == pytest.approx(0.5, abs=found.row_s)


@pytest.mark.parametrize("expected", [0, 10_000, 100_000, 400_000])
def test_there_are_never_more_cells_than_allowed_and_each_is_a_mean_of_power(expected: int) -> None:
    y = np.random.default_rng(1).standard_normal(100_000).astype(np.float32)
    transform = Transform(256, 64)
    every = 10.0 ** (levels(transformed(y, transform)).astype(np.float64) / 10.0)
    found = transformed(y, transform, expected=expected, max_cells=129 * 100)
    per = found.frames_per_row
    assert per == {0: 16, 10_000: 16, 100_000: 16, 400_000: 63}[expected]
    assert len(found.levels) <= 100
    whole = len(every) // per
    means = every[: whole * per].reshape(whole, per, -1).mean(axis=1)
    np.testing.assert_allclose(levels(found)[:whole], 10.0 * np.log10(means), atol=2e-3)
    np.testing.assert_allclose(found.mean_power, every.mean(axis=0), rtol=1e-4)


def test_as_one_is_the_mean_of_all_frames() -> None:
    y = np.random.default_rng(2).standard_normal(50_000).astype(np.float32)
    one, many = (transformed(y, Transform(512, 128), as_one=as_one) for as_one in (True, False))
    assert one.levels.shape == (1, 257)
    np.testing.assert_allclose(levels(one)[0], 10.0 * np.log10(many.mean_power), atol=1e-3)
    assert one.first_s == pytest.approx(25_000 / SR, abs=128 / SR)


@pytest.mark.slow
@pytest.mark.parametrize("n_fft", [16, 17, 1 << 20])
def test_the_shortest_and_the_longest_frames_work(n_fft: int) -> None:
    hop = max(1, n_fft // 4)
    found = transformed(sine(3_000.0, 4 * n_fft, SR), Transform(n_fft, hop), block=1 << 18)
    k = int(np.argmin(np.abs(found.centres_hz - 3_000.0)))
    assert np.abs(levels(found)[:, k]).max() < 1.5
    assert len(found.levels) * len(found.centres_hz) <= 1 << 24


# --- what may be asked ----------------------------------------------------------------------------------------------


def test_overlap_and_hop_say_the_same() -> None:
    assert Transform.read({"n_fft": 1_000, "overlap": 0.9}) == Transform.read({"n_fft": 1_000, "hop": 100})
    assert Transform.read({}) == Transform(2_048, 512)
    assert Transform.read({"scale": "log"}) == Transform(8_192, 2_048, "hann", "log", 24)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"n_fft": 15}, "n_fft must be a whole number in 16..1048576, got 15"),
        ({"n_fft": (1 << 20) + 1}, "n_fft must be"),
        ({"n_fft": True}, "n_fft must be"),
        ({"n_fft": 2048.0}, "n_fft must be"),
        ({"hop": 0}, "hop must be a whole number in 32..2048, got 0"),
        ({"hop": 4096}, "hop must be"),
        ({"overlap": 1.0}, "overlap must be a share in 0..0.984375"),
        ({"overlap": float("nan")}, "overlap must be"),
        ({"overlap": 0.5, "hop": 512}, "both `hop` and `overlap`"),
        ({"window": "kaiser"}, "unknown window 'kaiser'"),
        ({"window": ["hann"]}, "unknown window"),
        ({"scale": "bark"}, "unknown scale 'bark'"),
        ({"scale": "mel", "bands": 0}, "bands must be a whole number in 1..512"),
        ({"scale": "log", "bands": 513}, "bands must be"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_bound(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        Transform.read(raw)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("sr", [1_000, 8_000, 384_000])
@pytest.mark.parametrize("bands", [1, 512])
def test_every_scale_fits_every_rate(scale: Scale, sr: int, bands: int) -> None:
    found = transformed(sine(100.0, 400, sr), Transform(64, 16, "hann", scale, bands), sr)
    assert np.isfinite(levels(found)).all()
    assert (np.diff(found.centres_hz) > 0.0).all()
    assert found.centres_hz[-1] <= sr / 2


# --- files and tiles ------------------------------------------------------------------------------------------------


def meaning_of(found: Spectrogram, transform: Transform, seconds: float) -> stored.Meaning:
    return stored.Meaning(
        scale=transform.scale,
        bin_hz=SR / transform.n_fft,
        centres_hz=() if transform.scale == "linear" else tuple(float(hz) for hz in found.centres_hz),
        first_s=found.first_s,
        row_s=found.row_s,
        start_s=0.0,
        end_s=seconds,
        lowest_dbfs=found.lowest_dbfs,
        highest_dbfs=found.highest_dbfs,
        sample_rate_hz=SR,
        n_fft=transform.n_fft,
        window=transform.window,
        channel="mix",
        frames_per_row=found.frames_per_row,
        subject="song.wav",
    )


@pytest.fixture(params=["linear", "log"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, FloatArray]:
    """One second of 1 kHz, then one second of 6 kHz."""
    transform = Transform(1_024, 256, "hann", request.param, DEFAULT_BANDS[request.param])
    found = transformed(np.concatenate([sine(1_000.0, SR), sine(6_000.0, SR)]), transform)
    path = tmp_path / "a.npy"
    stored.write_spectrogram(path, found, meaning_of(found, transform, 2.0))
    return path, levels(found)


def test_a_file_is_read_back_by_range_and_by_numpy(kept: tuple[Path, FloatArray]) -> None:
    path, expected = kept
    with stored.open_spectrogram(path) as source:
        assert source.shape == expected.shape
        np.testing.assert_array_equal(source[3:9], expected[3:9])
        np.testing.assert_array_equal(source[0 : len(source)], expected)
        assert source.meaning.subject == "song.wav"
        assert source.centres_hz[-1] > 15_000.0
    np.testing.assert_array_equal(np.load(path), expected)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["a.npy"]


def test_anything_else_is_refused_as_damaged(kept: tuple[Path, FloatArray], tmp_path: Path) -> None:
    whole = kept[0].read_bytes()
    plain = io.BytesIO()
    np.save(plain, np.zeros((2, 2), np.float32))
    for data in (b"", b"x", plain.getvalue(), whole[:-1], whole[:-5_000], whole[1:], whole + b"x", whole[:200]):
        (tmp_path / "b.npy").write_bytes(data)
        with pytest.raises(BadRequest, match="is not a stored spectrum, or it is damaged"):
            stored.open_spectrogram(tmp_path / "b.npy")
    (tmp_path / "link.npy").symlink_to(kept[0])
    for gone in (tmp_path / "nowhere.npy", tmp_path / "link.npy", "a\0b"):
        with pytest.raises(BadRequest, match="cannot be read"):
            stored.open_spectrogram(gone)


def test_a_broken_header_is_refused_whatever_numpy_makes_of_it(kept: tuple[Path, FloatArray], tmp_path: Path) -> None:
    whole = kept[0].read_bytes()
    for at, what in ((10, b"("), (10, b" "), (11, b'"'), (6, b"\x02"), (8, b"\xff"), (60, b")")):
        (tmp_path / "b.npy").write_bytes(whole[:at] + what + whole[at + 1 :])
        with pytest.raises(BadRequest, match="damaged"):
            stored.open_spectrogram(tmp_path / "b.npy")


def test_cells_that_are_no_numbers_are_at_the_floor(kept: tuple[Path, FloatArray], tmp_path: Path) -> None:
    whole = kept[0].read_bytes()
    cells = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30], np.float32).tobytes()
    (tmp_path / "b.npy").write_bytes(whole[:128] + cells + whole[128 + len(cells) :])
    with stored.open_spectrogram(tmp_path / "b.npy") as source:
        for width in (50, 4_096):
            tile = tiles.cut_tile(source, View(width=width, height=4_096))
            assert np.isfinite(tile.levels).all()
    assert tile.levels[0, :5].tolist() == [FLOOR_DBFS, 300.0, FLOOR_DBFS, 300.0, FLOOR_DBFS]


def test_words_that_are_not_true_are_refused(kept: tuple[Path, FloatArray], tmp_path: Path) -> None:
    whole = kept[0].read_bytes()
    length, _ = struct.unpack("<Q8s", whole[-16:])
    words = whole[-16 - length : -16]
    for wrong in (b'"bin_hz": -1.0', b'"bin_hz": NaN', b'"bin_hz": "x"', b'"bin_hz": [1]', b'"bin": 46.875'):
        changed = words.replace(b'"bin_hz": 46.875', wrong)
        assert changed != words
        changed += b" " * (length - len(changed))
        tail = changed + struct.pack("<Q8s", len(changed), stored.MAGIC)
        (tmp_path / "b.npy").write_bytes(whole[: -16 - length] + tail)
        with pytest.raises(BadRequest, match="damaged"):
            stored.open_spectrogram(tmp_path / "b.npy")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    found = transformed(sine(1_000.0, 4_096), Transform())
    with pytest.raises(Unavailable, match="could not be written"):
        stored.write_spectrogram(tmp_path / "gone" / "a.npy", found, meaning_of(found, Transform(), 0.1))
    (tmp_path / "b.npy").mkdir()
    with pytest.raises(Unavailable):
        stored.write_spectrogram(tmp_path / "b.npy", found, meaning_of(found, Transform(), 0.1))
    assert [path.name for path in tmp_path.iterdir()] == ["b.npy"]


def test_a_tile_shows_each_tone_when_it_sounds(kept: tuple[Path, FloatArray]) -> None:
    with stored.open_spectrogram(kept[0]) as source:
        for width, height in ((2, 4096), (16, 40), (100, 7), (4096, 4096)):
            tile = tiles.cut_tile(source, View(width=width, height=height))
            assert tile.levels.shape == (min(width, source.shape[0]), min(height, source.shape[1]))
            for start, stop, hz in ((0.0, 0.9, 1_000.0), (1.1, 2.0, 6_000.0)):
                during = (tile.times_s > start) & (tile.times_s < stop)
                step = np.diff(tile.centres_hz).max()
                loudest = tile.centres_hz[tile.levels[during].argmax(axis=1)]
                assert (np.abs(loudest - hz) <= step).all()
                # Half way between two bands a sine reads 3 dB less in each.
                np.testing.assert_allclose(tile.levels[during].max(axis=1), 0.0, atol=3.2)


def test_a_part_of_a_tile_is_the_part_that_was_asked_for(kept: tuple[Path, FloatArray]) -> None:
    with stored.open_spectrogram(kept[0]) as source:
        tile = tiles.cut_tile(source, View(start_s=1.2, end_s=1.5, low_hz=5_000.0, high_hz=7_000.0, width=4096))
        assert 1.19 < tile.times_s[0] < tile.times_s[-1] < 1.51
        assert 5_000.0 <= tile.centres_hz[0] <= tile.centres_hz[-1] <= 7_000.0
        rows = np.round((tile.times_s - source.meaning.first_s) / source.meaning.row_s).astype(int)
        bands = np.searchsorted(source.centres_hz, tile.centres_hz - 1e-6)
        np.testing.assert_array_equal(tile.levels, kept[1][np.ix_(rows, bands)])


def test_columns_are_means_of_power_and_rows_the_greatest(
    kept: tuple[Path, FloatArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "_CELLS_AT_ONCE", 5_000)  # so that columns go over the edges of what is read at once
    power = 10.0 ** (kept[1].astype(np.float64) / 10.0)
    with stored.open_spectrogram(kept[0]) as source:
        tile = tiles.cut_tile(source, View(width=31, height=9))
    columns, rows = (np.arange(n + 1) * size // n for n, size in ((31, power.shape[0]), (9, power.shape[1])))
    for i in range(31):
        for j in range(9):
            part = power[columns[i] : columns[i + 1], rows[j] : rows[j + 1]]
            assert tile.levels[i, j] == pytest.approx(10.0 * np.log10(part.max(axis=1).mean()), abs=1e-3)


def test_a_tile_beyond_what_is_stored_is_refused(kept: tuple[Path, FloatArray]) -> None:
    with stored.open_spectrogram(kept[0]) as source:
        with pytest.raises(BadRequest, match="it covers 0 to 2 s"):
            tiles.cut_tile(source, View(start_s=2.5))
        with pytest.raises(BadRequest, match="no band lies from 25000 Hz"):
            tiles.cut_tile(source, View(low_hz=25_000.0))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"width": 0}, "width must be a whole number in 1..4096, got 0"),
        ({"height": 4097}, "height must be"),
        ({"width": 3.0}, "width must be"),
        ({"start_s": -1}, "start_s must be a number"),
        ({"start_s": float("inf")}, "start_s must be a number"),
        ({"start_s": 3, "end_s": 3}, "end_s must be more than 3"),
        ({"low_hz": "low"}, "low_hz must be a number"),
        ({"low_hz": 200, "high_hz": 100}, "high_hz must be more than 200"),
        ({"colours": "rainbow"}, "unknown colours 'rainbow'"),
        ({"colours": ["heat"]}, "unknown colours"),
        ({"range_db": 0}, "range_db must be a number in 1..300"),
    ],
)
def test_a_view_that_makes_no_sense_is_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        View.read(raw)


def pixels(png: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Cells and palette of a PNG of 8 bits without filters, its checksums verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, found = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + data),)
        found[name], at = data, at + 12 + length
    columns, rows, depth, colour = struct.unpack(">IIBB", found[b"IHDR"][:10])
    assert (depth, colour) == (8, 3)
    lines = np.frombuffer(zlib.decompress(found[b"IDAT"]), np.uint8).reshape(rows, columns + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:], np.frombuffer(found[b"PLTE"], np.uint8).reshape(-1, 3)


@pytest.mark.parametrize("colours", tiles.COLOUR_MAPS)
def test_a_picture_has_high_frequencies_on_top_and_a_colour_for_each_level(colours: str) -> None:
    levels_ = np.array([[-90.0, -45.0, 0.0], [-200.0, 10.0, -90.0 / 255.0]], np.float32)
    tile = tiles.Tile(levels_, np.arange(2.0), np.arange(3.0), 0.0)
    cells, palette = pixels(tiles.tile_png(tile, colours, 90.0))
    assert cells.tolist() == [[255, 254], [128, 255], [0, 0]]
    lightness = palette.astype(float) @ np.array([0.2126, 0.7152, 0.0722])
    assert len(palette) == 256
    assert (np.diff(lightness) * (1 if lightness[-1] > lightness[0] else -1) >= 0.0).all()
