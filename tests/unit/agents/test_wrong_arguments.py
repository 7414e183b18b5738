"""Arguments of the wrong type from whoever calls an agent by hand: refused in words, never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grym_synth.agent_stdio import Call, Result
from grym_synth.agents.compare import compare
from grym_synth.agents.listen import listen
from grym_synth.agents.transcribe import transcribe
from grym_synth.errors import BadRequest


@pytest.mark.parametrize("agent", [listen, transcribe])
@pytest.mark.parametrize("wrong", [None, "facts", 7, [3], [["facts"]], {"facts": 1}])
def test_capabilities_are_a_list_of_strings(agent: Callable[[dict[str, Any], Call], Result], wrong: Any) -> None:
    with pytest.raises(BadRequest):
        agent({"path": "a.wav", "capabilities": wrong}, Call())


@pytest.mark.parametrize("wrong", [None, "ab", [1, 2], [["a"], ["b"]], {"a": 1, "b": 2}, ["a.wav"]])
def test_recordings_to_compare_are_a_list_of_two_strings_or_more(wrong: Any) -> None:
    with pytest.raises(BadRequest):
        compare({"paths": wrong}, Call())
    with pytest.raises(BadRequest):
        compare({"paths": ["a.wav", "b.wav"], "subjects": wrong}, Call())
