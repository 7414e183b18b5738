import datetime
import json
from pathlib import Path

import pytest

from grym_synth.llm.spending import Spending

NOON = datetime.datetime(2026, 5, 14, 12).timestamp()


def test_what_was_spent_today_outlives_a_restart(tmp_path: Path) -> None:
    Spending(tmp_path / "home" / "spent.json", lambda: NOON).add(0.25, 1000)
    again = Spending(tmp_path / "home" / "spent.json", lambda: NOON + 60.0)
    again.add(0.5, 10)
    assert (again.today().money, again.today().tokens) == (0.75, 1010)


def test_a_new_day_begins_at_nothing(tmp_path: Path) -> None:
    now = [NOON]
    spending = Spending(tmp_path / "spent.json", lambda: now[0])
    spending.add(0.25, 1000)
    assert spending.today().renewed_in_s == 12 * 3600.0
    now[0] += 12 * 3600.0
    assert (spending.today().money, spending.today().tokens) == (0.0, 0)
    assert Spending(tmp_path / "spent.json", lambda: now[0]).today().money == 0.0


def test_what_is_on_its_way_counts_until_it_has_come() -> None:
    spending = Spending(None, lambda: NOON)
    with spending.reserve(0.1, 50), spending.reserve(0.2, 60):
        assert (round(spending.today().money, 9), spending.today().tokens) == (0.3, 110)
    assert (spending.today().money, spending.today().tokens) == (0.0, 0)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"day": "2026-05-14"}', '{"day": "2026-05-14", "money": NaN, "tokens": 1}',
     '{"day": "2026-05-14", "money": -1, "tokens": 1}', '{"day": "2026-05-14", "money": 1, "tokens": -1}',
     '{"day": "2026-05-14", "money": "x", "tokens": 1}', '{"day": "2026-05-14", "money": 1, "tokens": 1e999}'],
)  # fmt: skip
def test_a_damaged_file_is_counted_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spent.json"
    path.write_text(text)
    spending = Spending(path, lambda: NOON)
    assert (spending.today().money, spending.today().tokens) == (0.0, 0)
    spending.add(0.5, 7)
    assert json.loads(path.read_text()) == {"day": "2026-05-14", "money": 0.5, "tokens": 7}


def test_where_nothing_can_be_written_it_is_counted_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    spending = Spending(tmp_path / "file" / "spent.json", lambda: NOON)
    spending.add(0.5, 7)
    assert spending.today().money == 0.5


def test_what_costs_nothing_leaves_no_file(tmp_path: Path) -> None:
    Spending(tmp_path / "spent.json", lambda: NOON).add(0.0, 0)
    assert list(tmp_path.iterdir()) == []
