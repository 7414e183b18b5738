import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.audio.spectra.resample import Resampler, resample

RATES = [(44100, 16000), (48000, 22050), (44100, 11025), (8000, 22050), (96000, 16000), (44100, 44100)]


def sine(hz: float, sr: int, n: int) -> np.ndarray:
    return np.sin(2.0 * np.pi * hz * np.arange(n) / sr).astype(np.float32)


def level_db(y: np.ndarray) -> float:
    return float(10.0 * np.log10(2.0 * np.mean(np.square(y, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize(("sr_in", "sr_out"), RATES)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.87])
def test_a_sine_below_the_limit_comes_out_as_the_same_sine_at_the_same_time(
    sr_in: int, sr_out: int, share: float
) -> None:
    hz = share * min(sr_in, sr_out) / 2.0
    out = resample(sine(hz, sr_in, sr_in), sr_in, sr_out)
    inner = slice(sr_out // 10, -sr_out // 10)
    assert np.abs(out - sine(hz, sr_out, len(out)))[inner].max() < 1e-4


@pytest.mark.parametrize(("sr_in", "sr_out"), [rates for rates in RATES if rates[0] > rates[1]])
@pytest.mark.parametrize("share", [1.01, 1.1, 1.3])
def test_a_sine_above_the_new_nyquist_frequency_is_gone(sr_in: int, sr_out: int, share: float) -> None:
    out = resample(sine(share * sr_out / 2.0, sr_in, sr_in), sr_in, sr_out)
    assert level_db(out[sr_out // 10 : -sr_out // 10]) < -88.0


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(
    st.sampled_from([*RATES, (384_000, 16_000), (1_000, 16_000), (11_025, 8_000)]),
    st.integers(0, 9_000),
    st.lists(st.integers(0, 3_000), max_size=5),
)
def test_blocks_of_any_length_give_what_the_whole_gives(rates: tuple[int, int], n: int, cuts: list[int]) -> None:
    y = np.random.default_rng(n).standard_normal(n).astype(np.float32)
    resampler = Resampler(*rates)
    parts = [resampler.feed(part) for part in np.split(y, sorted(min(cut, n) for cut in cuts))]
    joined = np.concatenate([*parts, resampler.flush()])
    assert len(joined) == -(-n * rates[1] // rates[0])
    np.testing.assert_allclose(joined, resample(y, *rates), atol=2e-6)


def test_a_constant_stays_the_constant() -> None:
    out = resample(np.full(44_100, 0.25, np.float32), 44_100, 16_000)
    np.testing.assert_allclose(out[800:-800], 0.25, atol=1e-6)


@pytest.mark.slow
def test_rates_without_a_common_factor_drift_by_less_than_a_millionth() -> None:
    click = np.zeros(3 * 44_099, np.float32)
    click[2 * 44_099] = 1.0
    assert np.argmax(resample(click, 44_099, 16_001)) == 2 * 16_001


def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Resampler(0, 16_000)
