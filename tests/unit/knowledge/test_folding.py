"""Texts that are one but for small things are found as such, others are not."""

import numpy as np

from grym_synth.knowledge.folding import bands_of, is_alike, is_held, runs_of

WORDS = "kick bass gain room tone loud soft wide dark warm hum hiss click beat bar verse".split()


def text_of(seed: int, length: int = 150) -> list[str]:
    picked = np.random.default_rng(seed).integers(0, 1000, length)
    return [f"{WORDS[number % len(WORDS)]}{number}" for number in picked]


def test_a_text_with_a_changed_word_shares_a_band_and_is_alike() -> None:
    for seed in range(50):
        words = text_of(seed)
        other = [*words]
        other[seed * 2] = "changed"
        one, two = runs_of(" ".join(words)), runs_of(" ".join(other).upper())
        assert is_alike(one, two)
        assert set(bands_of(one)) & set(bands_of(two))


def test_different_texts_share_nothing() -> None:
    every = [runs_of(" ".join(text_of(seed))) for seed in range(30)]
    assert not any(is_alike(one, two) for one in every for two in every if one is not two)
    bands = [band for runs in every for band in bands_of(runs)]
    assert len(bands) == len(set(bands))


def test_a_part_is_held_in_the_whole() -> None:
    words = text_of(1)
    assert is_held(runs_of(" ".join(words[20:90])), runs_of(" ".join(words)))
    assert not is_held(runs_of(" ".join(words)), runs_of(" ".join(words[20:90])))


def test_a_text_without_words_is_like_nothing() -> None:
    assert bands_of(runs_of("-- !")) == []
    assert not is_alike(runs_of(""), runs_of(""))
