"""A client by others (`fastmcp`) and a loop like an assistant's, with a scripted model, against our server.

    grym serve --port 8499
    PYTHON_WITH_FASTMCP benchmarks/independent.py http://127.0.0.1:8499/mcp TOKEN RECORDING

It needs nothing of ours, so it runs in an environment of its own. The model knows tools only by what the server says of
them: it takes the one whose description shares most words with its wish, fills in what the schema needs, reads the text
that comes back, and goes on with what that says. Each line is a check; the exit code counts those that failed.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fastmcp import Client  # type: ignore[import-not-found]
from fastmcp.client.auth import BearerAuth  # type: ignore[import-not-found]
from fastmcp.exceptions import ToolError  # type: ignore[import-not-found]

_WORDS = re.compile(r"[a-z]{4,}")


class ScriptedModel:
    """Chooses a tool for a wish as a small model does, by words alone."""

    def __init__(self, tools: Sequence[Any]) -> None:
        self._tools = tools

    def choose(self, wish: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tool and its arguments; `known` are values by the names that schemas have for them."""
        wanted = set(_WORDS.findall(wish.lower()))
        tool = max(
            self._tools, key=lambda each: len(wanted & set(_WORDS.findall(f"{each.name} {each.description}".lower())))
        )
        properties = tool.input_schema.get("properties", {})
        return tool.name, {name: value for name, value in known.items() if name in properties}


async def story(url: str, token: str, recording: str) -> list[tuple[str, bool]]:
    checks: list[tuple[str, bool]] = []
    folder = str(Path(recording).parent)
    async with Client(url, auth=BearerAuth(token)) as client:
        model = ScriptedModel(await client.list_tools())

        async def turn(what: str, wish: str, expected: str, sign: str, **known: Any) -> str:
            name, arguments = model.choose(wish, known)
            try:
                text = (await client.call_tool(name, arguments)).content[0].text
            except ToolError as error:
                text = str(error)
            checks.append((f"{what}: took {name}, and read {sign!r}", name == expected and sign in text))
            return str(text)

        await turn("ask", "answer a question about music theory", "ask", "375 ms", question="dotted eighth at 120 bpm")
        await turn(
            "analyse",
            "measure audio files without a question: tempo, loudness",
            "analyze",
            "tempo_bpm",
            paths=[recording],
        )
        said = await turn("index", "build the library from folders", "index_folders", "index of", folders=[folder])
        for _ in range(200):
            said = await turn("follow", "show one job by its id, how far it is", "jobs", "index of", id=said.split()[0])
            checks.pop()
            if " done:" in said:
                break
            await asyncio.sleep(0.3)
        checks.append(("follow: the job ended", " done:" in said))
        await turn(
            "find",
            "search the indexed library by words: tempo, length",
            "find_recordings",
            Path(recording).name,
            words="longer than 1 s",
        )
        await turn(
            "like",
            "find recordings of the library that sound like a given file",
            "find_similar",
            "of the library",
            path=recording,
        )
        await turn("outside", "measure audio files without a question", "analyze", "outside", paths=["/etc/passwd"])
        await turn("edit", "make a new audio file: trim, fade", "edit_audio", "nothing is made yet", path=recording,
                   operations=["trim=0-1"], out=f"{folder}/never.wav")  # fmt: skip
        health = await client.read_resource("health://hub")
        checks.append(("health is read as a resource", '"state"' in health[0].text))
        prompt = await client.get_prompt("review_mix", {"path": recording})
        checks.append(("a prompt names the recording", recording in prompt.messages[0].content.text))
    return checks


def main() -> None:
    checks = asyncio.run(story(*sys.argv[1:4]))
    for what, is_met in checks:
        print("met   " if is_met else "FAILED", what)
    raise SystemExit(sum(not is_met for _, is_met in checks))


if __name__ == "__main__":
    main()
