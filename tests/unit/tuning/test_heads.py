"""Heads: a few labels move classes and tell own labels; without them, and far from them, stock speaks."""

import numpy as np
from tests.unit.tuning.sounds import music, timbre_of

from grym_synth.tuning.ear import Ear
from grym_synth.tuning.features import hit_features, stock_guess, stock_names
from grym_synth.tuning.heads import ClassHead, fit_classes, fit_label, names_of

FAMILIES = {"boom": "tom", "hiss": "clap", "ping": "cowbell"}  # what this owner calls them


def allowed(labels: list[str]) -> np.ndarray:
    return np.array([[name == label for name in stock_names()] for label in labels])


def test_five_labels_a_class_teach_the_owners_own_classes() -> None:
    known, asked = ([family for family in FAMILIES for _ in range(count)] for count in (5, 12))
    head, judged = fit_classes(timbre_of(known), allowed([FAMILIES[family] for family in known]))
    timbre, wanted = timbre_of(asked, seed=1), [FAMILIES[family] for family in asked]
    own = np.mean([name == label for name, label in zip(names_of(head.chances(timbre)), wanted, strict=True)])
    stock = np.mean([stock_names()[i] == label for i, label in zip(stock_guess(timbre), wanted, strict=True)])
    assert own >= stock + 0.3
    assert judged.is_better
    assert judged.own > judged.stock


def test_labels_that_are_mere_chance_are_not_let_through() -> None:
    for count in (6, 12):
        timbre = timbre_of([family for family in FAMILIES for _ in range(count)])
        said = [stock_names()[i] for i in stock_guess(timbre)]
        mixed = [allowed(list(np.random.default_rng(seed).permutation(said))) for seed in range(12)]
        assert sum(fit_classes(timbre, each)[1].is_better for each in mixed) <= 1


def test_what_a_sound_is_not_takes_its_chance_away() -> None:
    timbre = timbre_of(["hiss"] * 6)
    likeliest = stock_guess(timbre)
    masks = np.ones((6, len(stock_names())), np.bool_)
    masks[np.arange(6), likeliest] = False
    head, _ = fit_classes(timbre, masks)
    none = ClassHead(np.zeros((hit_features(timbre).shape[1] + 1, len(stock_names()))), 1.0, np.inf)
    at = np.arange(6), likeliest
    assert (head.chances(timbre)[at] < 0.5 * none.chances(timbre)[at]).all()


def test_a_head_without_weights_says_what_stock_says() -> None:
    timbre = timbre_of(["boom", "hiss", "ping"])
    head = ClassHead(np.zeros((hit_features(timbre).shape[1] + 1, len(stock_names()))), 1.0, np.inf)
    assert head.chances(timbre).argmax(axis=1).tolist() == stock_guess(timbre).tolist()


def test_a_hit_far_stranger_than_all_that_was_taught_is_left_to_stock() -> None:
    timbre = timbre_of(["boom"] * 3)
    head = ClassHead(np.zeros((hit_features(timbre).shape[1] + 1, len(stock_names()))), 1.0, 0.0)
    assert np.isnan(head.chances(timbre)).all()
    assert names_of(head.chances(timbre)) == [None] * 3
    assert Ear("r", classes=head).classify(timbre) == [None] * 3


def test_vectors_of_half_precision_and_of_length_one_are_heard_alike() -> None:
    timbre = timbre_of(["boom", "hiss", "ping"])
    short = (timbre / np.linalg.norm(timbre, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)
    assert np.abs(hit_features(short) - hit_features(timbre)).max() < 0.15
    assert stock_guess(short).tolist() == stock_guess(timbre).tolist()


def test_an_own_label_is_told_of_hits_and_of_longer_recordings() -> None:
    timbre = np.vstack([music(6, -1.0), music(6, 1.0, seed=1), timbre_of(["boom"] * 4 + ["ping"] * 4)])
    is_so = np.array([True] * 6 + [False] * 6 + [True] * 4 + [False] * 4)
    head, judged = fit_label(timbre, is_so, np.zeros(20, np.bool_))
    assert judged.is_better
    told = head.chances(np.vstack([music(5, -1.0, seed=5), music(5, 1.0, seed=6), timbre_of(["boom", "ping"], seed=9)]))
    assert (told > 0.5).tolist() == [True] * 5 + [False] * 5 + [True, False]


def test_chances_of_what_is_held_out_are_about_as_often_right_as_they_say() -> None:
    known, asked = ([family for family in FAMILIES for _ in range(count)] for count in (5, 20))
    head, _ = fit_classes(timbre_of(known), allowed([FAMILIES[family] for family in known]))
    chances = head.chances(timbre_of(asked, seed=4))
    names = [stock_names()[i] for i in chances.argmax(axis=1)]
    right = np.mean([name == FAMILIES[family] for name, family in zip(names, asked, strict=True)])
    assert abs(float(chances.max(axis=1).mean()) - right) < 0.2
