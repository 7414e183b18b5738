"""The fetch agent before a hostile web: nothing comes through, and each refusal says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hostile_web import HOSTILE_CASES, HostileCase
from tests.web_world import Certificates, certificates, world

from grym_synth.knowledge.rules.addresses import judge_address


@pytest.fixture(scope="module")
def made() -> Iterator[Certificates]:
    with certificates() as found:
        yield found


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len({case.name for case in HOSTILE_CASES}) == len(HOSTILE_CASES) >= 80


@pytest.mark.parametrize("case", HOSTILE_CASES, ids=[case.name for case in HOSTILE_CASES])
def test_nothing_hostile_comes_through(case: HostileCase, made: Certificates, tmp_path: Path) -> None:
    with world(tmp_path, made, case.certificate) as w:
        address = case.prepare(w)
        result = w.fetch(address, **case.more)
    assert not result.evidence
    (gap,) = result.gaps
    assert gap.code == case.code, gap.reason
    assert len(gap.reason.split()) >= 3
    assert gap.reason.isprintable()
    assert not list(tmp_path.iterdir())
    for connected in w.connected:
        judge_address(connected)
    if not case.opens:
        assert not w.connected
