"""The fetch agent before an ordinary web: all of it comes, as it was sent, and is read."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest
from tests.ordinary_web import ORDINARY_CASES, PAGE, OrdinaryCase
from tests.web_world import Certificates, certificates, world

from grym_synth.knowledge.reading.kinds import read_content


@pytest.fixture(scope="module")
def made() -> Iterator[Certificates]:
    with certificates() as found:
        yield found


def read(told: dict[str, Any]) -> str:
    """All that reading finds in what was fetched: its title, its text, and where it links to."""
    name = PurePath(told["address"]).name
    content = Path(told["path"]).read_bytes()
    document = read_content(content, name, told["content_type"], told["address"], lambda fraction, doing: None)
    return "\n".join([document.title, document.text, *(link.address for link in document.links)])


def test_there_are_enough_cases_and_none_twice() -> None:
    assert len({case.name for case in ORDINARY_CASES}) == len(ORDINARY_CASES) >= 30


@pytest.mark.parametrize("case", ORDINARY_CASES, ids=[case.name for case in ORDINARY_CASES])
def test_everything_ordinary_comes_and_is_read(case: OrdinaryCase, made: Certificates, tmp_path: Path) -> None:
    with world(tmp_path, made) as w:
        result = w.fetch(case.prepare(w), **case.more)
    assert not result.gaps, result.gaps[0].reason
    told: Any = result.evidence[0].value
    assert told["kind"] == case.kind
    assert {name: told[name] for name in case.told} == dict(case.told)
    if told["is_unchanged"]:
        assert not told["path"]
        assert not list(tmp_path.iterdir())
        return
    place = Path(told["path"])
    assert [*tmp_path.iterdir()] == [place]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert hashlib.sha256(place.read_bytes()).hexdigest() == told["sha256"]
    if case.says:
        assert case.says in read(told)


def test_the_bytes_are_those_that_were_sent(made: Certificates, tmp_path: Path) -> None:
    case = next(case for case in ORDINARY_CASES if case.name == "chunks")
    with world(tmp_path, made) as w:
        told: Any = w.fetch(case.prepare(w)).evidence[0].value
    assert Path(told["path"]).read_bytes() == PAGE
