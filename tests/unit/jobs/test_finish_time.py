import heapq

import numpy as np
import pytest
from numpy.typing import NDArray

from grym_synth.jobs.finish_time import foresee_finish
from grym_synth.storage.job_rows import Ended

START = 1_800_000_000.0
LATELY = 400  # as many as the book of jobs looks at


def work(seconds: NDArray[np.float64], sizes: NDArray[np.float64], at_once: int) -> list[Ended]:
    """Items done one after the other by so many workers, in the order in which they end."""
    free = [START] * at_once
    ended = []
    for size, takes in zip(sizes, seconds, strict=True):
        began = heapq.heappop(free)
        heapq.heappush(free, began + takes)
        ended.append(Ended(float(size), began, began + float(takes)))
    return sorted(ended, key=lambda item: item.ended)


def foreseen_at(items: list[Ended], share: float) -> tuple[float, float, float]:
    """The range foreseen after a share of the items, and when the last one really ended, in seconds from then."""
    done = items[: int(len(items) * share)]
    left = sum(item.size for item in items[len(done) :])
    finish = foresee_finish(done[-LATELY:], left)
    assert finish is not None
    now = done[-1].ended
    return finish.earliest - now, finish.latest - now, items[-1].ended - now


@pytest.mark.parametrize("share", [0.1, 0.3, 0.7])
@pytest.mark.parametrize("spread", [0.2, 0.8])
@pytest.mark.parametrize("at_once", [1, 4])
def test_the_end_lies_in_the_range_nearly_always_and_the_range_is_of_use(
    share: float, spread: float, at_once: int
) -> None:
    rng = np.random.default_rng(5)
    hits, widths = [], []
    for _ in range(100):
        sizes = rng.lognormal(3.0, 0.7, 400)
        items = work(sizes * 0.05 * rng.lognormal(0.0, spread, 400), sizes, at_once)
        earliest, latest, really = foreseen_at(items, share)
        hits.append(earliest <= really <= latest)
        widths.append((latest - earliest) / really)
    assert np.mean(hits) >= 0.8
    assert np.median(widths) < 1.0


def test_items_weigh_by_their_size() -> None:
    small_first = np.concatenate([np.full(300, 1.0), np.full(300, 100.0)])
    items = work(small_first * 0.02, small_first, 2)
    earliest, latest, really = foreseen_at(items, 0.5)
    assert earliest <= really <= latest


def test_a_pause_does_not_make_the_work_look_slower() -> None:
    items = work(np.full(100, 1.0), np.ones(100), 2)
    paused = [
        item if n < 60 else Ended(item.size, item.began + 3600.0, item.ended + 3600.0) for n, item in enumerate(items)
    ]
    finish, with_pause = foresee_finish(items, 50.0), foresee_finish(paused, 50.0)
    assert finish is not None
    assert with_pause is not None
    assert with_pause.latest - paused[-1].ended == pytest.approx(finish.latest - items[-1].ended)


def test_nothing_is_said_before_it_can_be_known() -> None:
    items = work(np.full(100, 1.0), np.ones(100), 1)
    assert foresee_finish([], 50.0) is None
    assert foresee_finish(items[:7], 50.0) is None
    assert foresee_finish(items[:8], 50.0) is not None
    quick = work(np.full(100, 0.001), np.ones(100), 1)
    assert foresee_finish(quick, 50.0) is None


def test_work_without_a_size_has_no_end_to_foresee() -> None:
    assert foresee_finish(work(np.full(100, 1.0), np.zeros(100), 1), 50.0) is None


def test_when_nothing_is_left_the_end_is_now() -> None:
    items = work(np.full(100, 1.0), np.ones(100), 1)
    finish = foresee_finish(items, 0.0)
    assert finish is not None
    assert finish.earliest == finish.latest == items[-1].ended
