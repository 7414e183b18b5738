"""docs/health.md shows what the hub does: its tables come from the data, its figures are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grym_synth.health import breaker, probes, state
from grym_synth.health.mapping import TERMS
from grym_synth.health.signals import RULES
from grym_synth.health.tables import amount, filled, health_tables
from grym_synth.storage import house

PAGE = (Path(__file__).parents[2] / "docs" / "health.md").read_text(encoding="utf-8")


def test_the_page_is_what_the_data_gives() -> None:
    assert filled(PAGE) == PAGE, "run scripts/refresh_health.py"


def test_every_table_is_on_the_page_once() -> None:
    assert sorted(re.findall(r"<!-- table: (\w+) -->", PAGE)) == sorted(health_tables())
    assert PAGE.count("<!-- end -->") == len(health_tables())


def test_a_mark_of_no_table_is_an_error() -> None:
    with pytest.raises(KeyError, match="weather"):
        filled("<!-- table: weather -->\n<!-- end -->")


def test_what_is_changed_by_hand_is_made_anew() -> None:
    changed = PAGE.replace("| memory |", "| recollection |")
    assert changed != PAGE
    assert filled(changed) == PAGE


def test_every_limit_and_every_transition_is_in_the_tables() -> None:
    tables = health_tables()
    for rule in RULES.values():
        row = next(line for line in tables["signals"].splitlines() if line.startswith(f"| {rule.name} |"))
        for limit in (rule.warn, rule.critical, rule.hard):
            assert limit is None or f" {amount(limit, rule.unit)} |" in row
    for step in (*state.RISES, *state.FALLS):
        assert f"| {step.source} | {step.target} | pressure" in tables["transitions"]
        assert f"{step.source} --> {step.target}: pressure" in tables["diagram"]
        assert f"{step.pressure:.2f}" in tables["diagram"]
    for terms in TERMS.values():
        for text in (terms.tool_calls, terms.tasks, terms.refusal, terms.cue, str(terms.ttl_ms)):
            assert text in tables["mcp"]


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    for name, table in health_tables().items():
        rows = [line for line in table.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1, name


def test_the_page_says_what_to_do_for_every_signal() -> None:
    told = PAGE.partition("## What to do")[2].partition("\n## ")[0]
    assert re.findall(r"^\*\*(\w+)\.\*\*", told, re.MULTILINE) == list(RULES)


def test_figures_in_the_prose_are_those_of_the_code() -> None:
    prose = " ".join(re.sub(r"<!-- table.*?<!-- end -->", "", PAGE, flags=re.DOTALL).split())
    assert house.FINE_S == 24 * 3600.0
    assert "one a second for 24 hours" in prose
    assert house.KEPT_S == 30 * 24 * 3600.0
    assert "for 30 days" in prose
    assert sum(fall.seconds for fall in state.FALLS) == 20.0
    assert "it takes 20 s of quiet at least" in prose
    assert (breaker.FAILURES, breaker.OPEN_S) == (5, 30.0)
    assert "After five failures in a row an agent is left alone for 30 s" in prose
    assert probes.EVERY_S == 30.0
    assert "every 30 s" in prose


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.42, "share", "42 %"),
        (0.07, "share", "7 %"),
        (0.013, "share", "1.3 %"),
        (1.04, "share", "104 %"),
        (0.0, "share", "0 %"),
        (5e9, "bytes", "5 GB"),
        (12.34e9, "bytes", "12.3 GB"),
        (999.9e6, "bytes", "1 GB"),
        (2e8, "bytes", "200 MB"),
        (0.0, "bytes", "0 B"),
        (2.0, "s", "2 s"),
        (1.25, "ratio", "1.25 ×"),
        (100.0, "count", "100"),
    ],
)
def test_values_are_told_in_human_units(value: float, unit: str, words: str) -> None:
    assert amount(value, unit) == words
