"""Every cell of the matrix in docs/testing.md is a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_cell_of_the_matrix_is_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "testing.md").read_text()
    rows = [line for line in page.splitlines() if line.count("`test_") == 6]
    assert len(rows) == 8
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    missing = [name for row in rows for name in re.findall(r"`(test_\w+)`", row) if f"def {name}(" not in written]
    assert not missing
