import json
from pathlib import Path

import pytest

from grym_synth.execution.judging.judge import CHECKS
from grym_synth.execution.judging.verdict import Check, Verdict
from grym_synth.frontends.agent_verdicts import ADVICE, verdict_lines, verdict_to_json

FAIL = Verdict(
    "fail",
    (
        Check("header", True, "mood 1: mood"),
        Check("progress", True, "lacks progress", lacks=True),
        Check("stdout", False, "no JSON: 'hello'"),
    ),
    ("call",),
)


def test_each_failure_says_what_to_do() -> None:
    *_, header, progress, stdout, advice, unexamined, summary = verdict_lines(FAIL)
    assert header.split() == ["ok", "header", "mood", "1:", "mood"]
    assert progress.startswith("lacks")
    assert stdout.startswith("FAILED  stdout")
    assert "standard error" in advice
    assert unexamined.endswith("call")
    assert summary == "fail: stdout"


def test_what_a_server_lacks_is_no_failure_and_is_said_at_the_end() -> None:
    assert list(verdict_lines(Verdict("pass", FAIL.checks[:2])))[-1].endswith("it lacks: progress")
    assert list(verdict_lines(Verdict("pass", FAIL.checks[:1])))[-1] == "pass: 1 checks"


def test_the_document_is_that_of_the_contract() -> None:
    document = json.loads(json.dumps(verdict_to_json(FAIL)))
    assert document["verdict"] == "fail"
    assert document["checks"][0] == {"name": "header", "ok": True, "detail": "mood 1: mood", "lacks": False}


def test_every_check_has_its_advice() -> None:
    assert set(ADVICE) == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_is_documented(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "agents.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page.partition("## What the doctor checks")[2]
