"""Only what was approved is run, as it was when it was."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from grym_synth.errors import BadSetup, NotApproved
from grym_synth.execution.approval import PINS, Approvals
from grym_synth.execution.catalog import AGENTS_FOLDER, read_card, read_catalog

HEADER = """# /// script
# dependencies = []
# [tool.grym]
# name = "mood"
# version = "1"
# capabilities = []
# needs_recording = true
# permissions = ["read"]
# cpu = 0.5
# ram_gb = 0.2
# ///
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "my_mood.py"
    path.parent.mkdir()
    path.write_text(HEADER)
    return path


def test_a_new_script_is_run_only_once_it_was_approved_and_only_the_copy_that_was(script: Path, tmp_path: Path) -> None:
    approvals = Approvals(tmp_path / "agents")
    with pytest.raises(NotApproved, match="never approved"):
        approvals.check(read_card(script))
    card = approvals.approve(script)
    assert card.script == tmp_path / "agents" / "mood.py"
    Approvals(tmp_path / "agents").check(card)
    assert read_catalog(tmp_path / "agents").agent("mood") == card


def test_a_script_that_has_changed_is_not_run_until_it_is_approved_again(script: Path, tmp_path: Path) -> None:
    approvals = Approvals(tmp_path / "agents")
    card = approvals.approve(script)
    card.script.write_text(HEADER + "import os\n")
    with pytest.raises(NotApproved, match="has changed since") as refused:
        approvals.check(card)
    assert "grym agents approve mood" in refused.value.hint
    approvals.check(approvals.approve(card.script))


def test_our_scripts_are_run_as_they_were_shipped() -> None:
    for card in read_catalog().cards.values():
        Approvals(Path("/nowhere")).check(card)
    assert set(json.loads(PINS.read_text())) == set(read_catalog().cards), "run scripts/pin_agents.py"


def test_a_changed_script_of_ours_is_not_run_until_it_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "theory.py").write_text((AGENTS_FOLDER / "theory.py").read_text() + "# changed\n")
    for module in ("catalog", "approval"):
        monkeypatch.setattr(f"grym_synth.execution.{module}.AGENTS_FOLDER", ours)
    card, approvals = read_card(ours / "theory.py"), Approvals(tmp_path / "agents")
    with pytest.raises(NotApproved, match="has changed since"):
        approvals.check(card)
    approvals.check(approvals.approve(card.script))


def test_nobody_takes_the_name_of_one_of_ours(script: Path, tmp_path: Path) -> None:
    script.write_text(HEADER.replace('"mood"', '"listen"'))
    with pytest.raises(BadSetup, match="as one of our agents does"):
        Approvals(tmp_path / "agents").approve(script)
    assert not (tmp_path / "agents").exists()


def test_a_damaged_record_is_told_and_approves_nothing(script: Path, tmp_path: Path) -> None:
    approvals = Approvals(tmp_path / "agents")
    card = approvals.approve(script)
    (tmp_path / "agents" / "approved.json").write_text("{")
    with pytest.raises(BadSetup, match="cannot be read"):
        approvals.check(card)


def test_a_script_that_became_unreadable_is_told(script: Path, tmp_path: Path) -> None:
    approvals = Approvals(tmp_path / "agents")
    card = approvals.approve(script)
    card.script.unlink()
    with pytest.raises(BadSetup, match="cannot be read"):
        approvals.check(card)


def test_the_folder_of_approved_scripts_is_the_users_alone(script: Path, tmp_path: Path) -> None:
    Approvals(tmp_path / "agents").approve(script)
    assert stat.S_IMODE((tmp_path / "agents").stat().st_mode) == 0o700


def test_a_broken_script_among_the_users_is_a_trouble_and_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print()\n")
    (tmp_path / "b.py").write_text(HEADER)
    (tmp_path / "c.py").write_text(HEADER)
    (tmp_path / "d.py").write_bytes(b"\xff\xfe")
    catalog = read_catalog(tmp_path)
    assert "mood" in catalog.cards
    reasons = " ".join(gap.reason for gap in catalog.troubles)
    assert "a.py has no" in reasons
    assert "c.py calls itself 'mood'" in reasons
    assert "d.py is no UTF-8" in reasons
