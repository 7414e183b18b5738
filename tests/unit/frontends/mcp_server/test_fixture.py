"""The server that the conformance suite drives, seen by the official client in both eras; the suite itself is run by
`benchmarks.conformance`."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, MCPError

from grym_synth.frontends.mcp_server.fixture import conformance_server


async def person(context: Any, params: Any) -> types.ElicitResult:
    names = params.requested_schema["properties"]
    return types.ElicitResult(action="accept", content=dict.fromkeys(names, "Ada"))


def run(era: str, story: Any, **how: Any) -> None:
    async def whole() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            async with Client(conformance_server().server, mode=era, elicitation_callback=person, **how) as client:
                await story(client)

    asyncio.run(whole())


@pytest.mark.parametrize("era", ["2026-07-28", "legacy"])
def test_content_of_every_kind_comes_through(era: str) -> None:
    async def story(client: Any) -> None:
        kinds = {
            "test_simple_text": ["text"],
            "test_image_content": ["image"],
            "test_audio_content": ["audio"],
            "test_embedded_resource": ["resource"],
            "test_multiple_content_types": ["text", "image", "resource"],
        }
        for tool, wanted in kinds.items():
            assert [block.type for block in (await client.call_tool(tool)).content] == wanted
        assert (await client.call_tool("test_error_handling")).is_error
        assert len((await client.list_resources()).resources) == 4
        assert (await client.read_resource("test://static-text")).contents[0].text
        with pytest.raises(MCPError):
            await client.read_resource("test://nonexistent")
        assert (await client.get_prompt("test_prompt_with_image")).messages[0].content.type == "image"

    run(era, story)


def test_the_person_is_asked_in_the_way_of_each_era() -> None:
    async def new(client: Any) -> None:
        for tool in ("test_input_required_result_elicitation", "test_input_required_result_multi_round"):
            result = await client.call_tool(tool)
            assert not result.is_error
        assert "Ada" in (await client.call_tool("test_input_required_result_elicitation")).content[0].text

    async def old(client: Any) -> None:
        result = await client.call_tool("test_elicitation", {"message": "who?"})
        assert "action=accept" in result.content[0].text

    run("2026-07-28", new)
    run("legacy", old)


def test_a_state_that_somebody_changed_is_refused() -> None:
    async def story(client: Any) -> None:
        with pytest.raises(MCPError) as refused:
            await client.session.call_tool("test_input_required_result_request_state", {}, request_state="forged")
        assert refused.value.error.code == types.INVALID_PARAMS

    run("2026-07-28", story)


def test_listeners_of_each_era_are_told() -> None:
    heard: list[str] = []

    async def message(note: Any) -> None:
        heard.append(type(note).__name__)

    async def new(client: Any) -> None:
        async with client.listen(tools_list_changed=True) as changes:
            await client.call_tool("test_trigger_tool_change")
            async with asyncio.timeout(5):
                assert type(await anext(aiter(changes))).__name__ == "ToolsListChanged"

    async def old(client: Any) -> None:
        await client.list_tools()
        await client.subscribe_resource("test://watched-resource")
        await client.call_tool("test_trigger_tool_change")
        async with asyncio.timeout(5):
            while "ToolListChangedNotification" not in heard:
                await asyncio.sleep(0.01)

    run("2026-07-28", new)
    run("legacy", old, message_handler=message)
