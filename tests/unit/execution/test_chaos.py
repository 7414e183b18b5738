import asyncio
from pathlib import Path

import pytest
from tests.chaos import DEADLINE_S, rage


@pytest.mark.slow
def test_under_kills_and_hangs_every_call_ends_in_evidence_or_a_gap_and_nothing_is_left(tmp_path: Path) -> None:
    report = asyncio.run(rage(tmp_path, faults=40, seed=7))
    assert report.ended["evidence"] > 0
    assert set(report.ended) <= {
        *("evidence", "agent_crashed", "agent_timeout", "malformed_evidence", "agent_failed", "circuit_open")
    }
    # One that gets on has its deadline anew with every step: 0.8 s of them.
    assert report.longest_s < 3.0 + 2.0 * DEADLINE_S
    assert (report.leases, report.busy, report.left) == (0, 0, [])
    assert not list(tmp_path.glob("**/*.tmp"))
