"""Every reason for which something is not fetched has its place on the page about rights, and no other does."""

from __future__ import annotations

import re
from pathlib import Path

from tests.hostile_web import HOSTILE_CASES

ROOT = Path(__file__).resolve().parents[2]


def told() -> set[str]:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    table = page[page.index("| about | codes |") :].partition("\n\n")[0]
    return set(re.findall(r"`([a-z_]+)`", table))


def test_every_reason_of_the_hostile_web_is_told() -> None:
    assert not {case.code for case in HOSTILE_CASES} - told()


def test_no_reason_is_told_that_nothing_has() -> None:
    folder = ROOT / "src" / "grym_synth" / "knowledge"
    sources = [*(folder / "rules").glob("*.py"), *(folder / "fetching").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert not {code for code in told() if f'"{code}"' not in text}


def test_every_reason_in_the_source_is_told() -> None:
    folder = ROOT / "src" / "grym_synth" / "knowledge"
    sources = [*(folder / "rules").glob("*.py"), *(folder / "fetching").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    raised = set(re.findall(r'(?:Refused|NotNow)\(\s*"([a-z_]+)"', text))
    assert len(raised) > 40
    assert not raised - told()
