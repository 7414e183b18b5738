"""`grym notes`: the knowledge base by words."""

from __future__ import annotations

import asyncio
import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadRequest
from .protocol import Emit, operation_of
from .telling import JsonOption, for_terminal, perform

if TYPE_CHECKING:
    from ..hub import Hub
    from ..knowledge.choosing import Hit
    from ..messages import Json

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def notes(
    words: Annotated[list[str] | None, typer.Argument(help="What to look for, in your own words.")] = None,
    k: Annotated[int, typer.Option("-k", help="How many passages to show.", min=1, max=100)] = 5,
    domain: Annotated[str, typer.Option("--domain", help="Only this collection: a host or folder name.")] = "",
    text: Annotated[str, typer.Option("--text", help="Print the kept text of this source, whole.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Search what was learnt: passages as they stand in their source, with section and position.

    grym notes "how loud should a master be"

    grym notes "parallel compression" --domain mixing -k 3

    grym notes --text mastering.md
    """
    operation = operation_of("notes", words=" ".join(words or ()), k=k, domain=domain, text=text)
    perform(operation, as_json, _show)


def _show(document: dict[str, Any]) -> None:
    is_terminal = sys.stdout.isatty()
    if "text" in document:
        typer.echo(for_terminal(document["text"]) if is_terminal else document["text"], nl=False)
        return
    for line in lines_of(document, now=time.time(), marks=(_BOLD, _PLAIN) if is_terminal else ("", "")):
        typer.echo(line)


async def perform_notes(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Search the knowledge base, or give one of its texts; that nothing answers is an answer as well."""
    if source := str(operation["text"]):
        emit({"document": await asyncio.to_thread(_text_of, hub, source, str(operation["folder"]))})
        return 0
    words = str(operation["words"]).strip()
    if not words:
        raise BadRequest("nothing to look for was given", hint='grym notes "how loud should a master be"')
    domain = str(operation["domain"])
    found = await asyncio.to_thread(hub.notes.find, words, int(operation["k"]), domain=domain)
    document: dict[str, Json] = {
        "passages": [] if found.refused else [passage_to_json(hit) for hit in found.hits],
        "looked_for": [*found.looked_for],
        "searched": found.searched,
        "nearest": [passage_to_json(hit) for hit in found.hits[:1]] if found.refused else [],
    }
    emit({"document": document})
    return 0


def _text_of(hub: Hub, source: str, folder: str) -> dict[str, Json]:
    """The kept text of a source, named by its address or path, or by the end of it where only one ends so."""
    knowledge = hub.notes.knowledge
    every = [row.address for row in knowledge.sources()]
    absolute = f"{folder.rstrip('/')}/{source.removeprefix('./')}"
    exact = [address for address in every if address in (source, absolute)]
    ending = exact or [address for address in every if address.endswith(f"/{source.lstrip('/')}")]
    if len(ending) != 1:
        what = f"{len(ending)} sources end in it" if ending else "nothing of that name was learnt"
        raise BadRequest(
            f"no text of {source!r}: {what}", hint="name the whole address, as `grym notes WORDS` shows it"
        )
    return {"source": ending[0], "text": knowledge.text(ending[0]) or ""}


def passage_to_json(hit: Hit) -> dict[str, Json]:
    """One passage of `grym notes --json`: `text` is `source_text[start:end]`."""
    passage = hit.passage
    return {
        "text": passage.text,
        "source": passage.address,
        "title": passage.title,
        "section": passage.section,
        "domain": passage.domain,
        "topic": passage.topic,
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, 4),
        "version": passage.version,
        "read_at": passage.read_at,
        "matched": [*hit.matched],
        "copies": [*hit.copies],
    }


def lines_of(document: Mapping[str, Any], *, now: float, marks: tuple[str, str] = ("", "")) -> Iterator[str]:
    """The same for a person; `marks` stand around words that were looked for."""
    if not document["searched"]:
        yield "Your notes are empty. To fill them: grym learn URL, FILE or FOLDER"
        return
    if not document["passages"]:
        yield f"That is not in your notes ({document['searched']:,} passages searched)."
        if document["looked_for"]:
            yield f"  looked for: {_safe(', '.join(document['looked_for']))}"
        for passage in document["nearest"]:
            yield f"  nearest, and no answer: {_safe(_place(passage))}"
        yield "To add to them: grym learn URL, FILE or FOLDER"
        return
    for passage in document["passages"]:
        yield _safe(_place(passage))
        yield f"  characters {passage['start']:,} to {passage['end']:,}, read {_age(now - passage['read_at'])}"
        for line in passage["text"].splitlines():
            yield f"  | {_marked(_safe(line), passage['matched'], marks)}"
        if passage["copies"]:
            yield f"  the same in {_safe(', '.join(passage['copies'][:3]))}"
        yield ""
    yield f"the whole text: grym notes --text {shlex.quote(_safe(document['passages'][0]['source']))}"


def _place(passage: Mapping[str, Any]) -> str:
    named = [*dict.fromkeys(part for part in (passage["title"], passage["section"]) if part)]
    return " › ".join([*named, passage["source"]])


def _safe(text: str) -> str:
    """A stranger's text, with what would steer a terminal or turn its writing round spelled out."""
    return for_terminal(" ".join(text.splitlines()))


def _marked(line: str, matched: list[str], marks: tuple[str, str]) -> str:
    from ..knowledge.terms import stem

    if not marks[0] or not matched:
        return line
    import re

    wanted = {stem(word) for word in matched}
    return re.sub(
        r"[^\W_]+", lambda m: f"{marks[0]}{m[0]}{marks[1]}" if stem(m[0].casefold()) in wanted else m[0], line
    )


def _age(seconds: float) -> str:
    for size, unit in ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"
