"""docs/pool.md says what the code does."""

import re
from pathlib import Path

import pytest

from grym_synth.health.mapping import TERMS
from grym_synth.resources.holdings import SILENCE_S
from grym_synth.resources.ledger import GROW_S, LOOK_AHEAD, MOST_OVERTAKES, RETRY_S
from grym_synth.resources.pool import Lease, Pool
from grym_synth.resources.room import PRIORITIES, RESERVE, RESOURCES, Capacity
from grym_synth.resources.waiting import ELDER, RISE_S

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "pool.md").read_text().split())


def test_everything_that_others_call_is_on_the_page() -> None:
    told_otherwise = {"capacity", "used", "id", "holder", "need", "priority", "context", "since", "claim"}
    names = {name for kind in (Pool, Lease) for name in vars(kind) if not name.startswith("_")}
    assert {"lease", "wanted_back", "reclaim_stale"} <= names
    missing = [name for name in names - told_otherwise if not re.search(rf"\b{name}\b", PAGE)]
    assert not missing


def test_the_tables_are_those_of_the_code() -> None:
    for name in (*PRIORITIES, *RESOURCES):
        assert f"| `{name}` |" in PAGE
    for state, terms in TERMS.items():
        assert f"| {state} | {100 * terms.concurrency:.0f} % | `{terms.lowest}` |" in PAGE
    whole = Capacity(1.0, 1.0)
    assert f"at once | {whole.network} |" in PAGE
    assert f"to the store | {whole.connections} |" in PAGE
    assert RESERVE == 0.25


@pytest.mark.parametrize(
    "sentence",
    [
        f"rises one class for each {RISE_S:.0f} s",
        *(f"{RISE_S * (rank - ELDER):.0f} s for {name}" for rank, name in enumerate(PRIORITIES[:3])),
        f"{RISE_S * 4:.0f} s for idle",
        f"at most {MOST_OVERTAKES} times",
        f"At most {LOOK_AHEAD} that do not fit",
        f"when to try again ({RETRY_S:.0f} s)",
        f"silent for {SILENCE_S:.0f} s",
        f"Less counts at once, more after {GROW_S:.0f} s",
        "10,000 places",
    ],
)
def test_the_numbers_are_those_of_the_code(sentence: str) -> None:
    assert sentence in PAGE
