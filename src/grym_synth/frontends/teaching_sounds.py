"""`grym teach LABEL FILE...`, `--correct` and `--prefer`: what the owner says of recordings, kept by their content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from .protocol import Emit, operation_of
from .telling import fail, for_terminal, perform

if TYPE_CHECKING:
    from ..hub import Hub
    from ..messages import Gap, Json
    from ..tuning.owner import Heard

NOT = "--not"  # stands among the words, for what follows it are several files


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of the command, as they were given."""

    words: Sequence[str]
    correct: str | None = None
    prefer: str | None = None
    over: str | None = None
    than: str | None = None
    is_list: bool = False
    forgets: bool = False


def teach_sounds(wish: Wish, *, as_json: bool) -> None:
    """Carry the command out; ends with its exit code."""
    if wish.is_list:
        perform(operation_of("teach", do="list"), as_json, _show_list)
    if wish.prefer is not None or wish.over is not None or wish.than is not None:
        three = (wish.prefer, wish.over, wish.than)
        if None in three or wish.words or wish.correct is not None:
            raise typer.BadParameter("a preference takes three recordings: --prefer A --over B --than C")
        perform(_of("prefer", wish, paths=list(three)), as_json, _show_taught)
    if wish.correct is not None:
        _correct(wish, as_json=as_json)
    label, those, others = _split(wish.words)
    if not wish.forgets and not those and not others:
        raise typer.BadParameter(f"which recordings? grym teach {label} FILE... [--not FILE...]")
    if wish.forgets and others:
        raise typer.BadParameter("what is taken back is named without --not: grym teach --forget LABEL [FILE...]")
    from ..errors import BadRequest
    from ..tuning.dataset import tidy_label

    try:
        label = tidy_label(label)
    except BadRequest as error:
        fail(error, as_json)
    perform(_of("label", wish, label=label, paths=those, others=others), as_json, _show_taught)


def _of(what: str, wish: Wish, **arguments: Any) -> dict[str, Any]:
    return operation_of("teach", do="forget" if wish.forgets else "teach", what=what, **arguments)


def _split(words: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """A label, the files that are it, and behind `--not` those that are not."""
    if not words or words[0] == NOT:
        raise typer.BadParameter("the label comes first: grym teach snare FILE...")
    if words.count(NOT) > 1:
        raise typer.BadParameter("--not stands once: every file behind it is one that is not")
    at = words.index(NOT) if NOT in words else len(words)
    if at == len(words) - 1:
        raise typer.BadParameter("--not takes the files that are not")
    return words[0], list(words[1:at]), list(words[at + 1 :])


def _correct(wish: Wish, *, as_json: bool) -> None:
    from ..errors import BadRequest
    from ..tuning.dataset import read_correction, read_field

    try:
        if wish.forgets:
            fields = [read_field(word) for word in wish.words]
            perform(_of("correct", wish, paths=[wish.correct], fields=fields), as_json, _show_taught)
        if not wish.words:
            raise typer.BadParameter(f"say what it is: grym teach --correct {wish.correct} tempo=140")
        values = dict(read_correction(word) for word in wish.words)
    except BadRequest as error:
        fail(error, as_json)
    perform(_of("correct", wish, paths=[wish.correct], values=values), as_json, _show_taught)


# --- in the hub -----------------------------------------------------------------------------------------------------


async def perform_teach(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Keep what is said, or take it back. A bad file among good ones is told, and never stops the good ones.

    Raises
    ------
    BadRequest
        It cannot be so: a recording that is and is not something, or two of three that are the same.
    StoreUnavailable
        The store cannot be written; nothing has changed then.
    """
    from ..errors import Unavailable

    if not hub.store.is_lasting:
        raise Unavailable("nothing is kept: the store cannot be opened", hint="see `grym doctor`")
    if operation["do"] == "list":
        emit({"document": _listed(hub)})
        return 0
    if operation["do"] == "forget" and not operation.get("paths"):
        count = hub.word.owner.teachings.take_back_labels(str(operation["label"]))
        emit({"document": _forgotten(count, f"anything as {operation['label']!r}")})
        return 0
    paths = [*operation["paths"], *operation.get("others", [])]
    heard, gaps = await _listen(hub, paths, str(operation["folder"]))
    for gap in gaps:
        error = {"code": gap.code, "message": gap.reason, "hint": gap.hint}
        emit({"document": {"path": gap.subject or None, "error": error}})
    if not heard or (operation["what"] == "prefer" and len(heard) < 3):
        return 3
    known = {item.path: item for item in heard}
    those = [known[path] for path in operation["paths"] if path in known] or heard
    do = _forget if operation["do"] == "forget" else _teach
    emit({"document": do(hub, operation, those, known)})
    return 0


async def _listen(hub: Hub, paths: Sequence[str], folder: str) -> tuple[list[Heard], list[Gap]]:
    from ..messages import Request

    heard, gaps = await hub.word.hear(Request("", tuple(paths), folder))
    lacks_all = {gap.subject for gap in gaps} - {item.path for item in heard}
    first = {gap.subject: gap for gap in reversed(gaps) if gap.subject in lacks_all}  # one reason for each file
    return heard, list(first.values())


def _teach(
    hub: Hub, operation: Mapping[str, Any], those: Sequence[Heard], known: Mapping[str, Heard]
) -> dict[str, Json]:
    owner, what = hub.word.owner, operation["what"]
    if what == "prefer":
        a, b, c = (known[path] for path in operation["paths"])
        owner.prefer(a, b, c)
        return {"taught": "preference", "a": a.path, "b": b.path, "c": c.path}
    if what == "correct":
        for field, value in operation["values"].items():
            owner.correct(field, value, those[0])
        heard = {field: next(iter(those[0].candidates(field)), (None, 0.0))[0] for field in operation["values"]}
        return {"taught": "correction", "path": those[0].path, "values": dict(operation["values"]), "heard": heard}
    others = [item for item in known.values() if item.path in set(operation["others"])]
    those = [item for item in known.values() if item not in others]
    owner.label(str(operation["label"]), those, others)
    return {
        "taught": "label",
        "label": operation["label"],
        "yes": [item.path for item in those],
        "no": [item.path for item in others],
    }


def _forget(
    hub: Hub, operation: Mapping[str, Any], those: Sequence[Heard], known: Mapping[str, Heard]
) -> dict[str, Json]:
    teachings, what = hub.word.owner.teachings, operation["what"]
    if what == "prefer":
        a, b, c = (known[path].sha256 for path in operation["paths"])
        return _forgotten(int(teachings.take_back_preference(a, b, c)), "this preference")
    if what == "correct":
        fields = operation["fields"] or [None]
        count = sum(teachings.take_back_corrections(field, those[0].sha256) for field in fields)
        return _forgotten(count, f"of {those[0].path!r}")
    count = teachings.take_back_labels(str(operation["label"]), [item.sha256 for item in those])
    return _forgotten(count, f"these as {operation['label']!r}")


def _forgotten(count: int, what: str) -> dict[str, Json]:
    from ..errors import BadRequest

    if not count:
        raise BadRequest(f"nothing was taught {what}", hint="grym teach --list")
    return {"taken_back": count}


def _listed(hub: Hub) -> dict[str, Json]:
    teachings = hub.word.owner.teachings
    return {
        "labels": [
            {"label": item.label, "is_so": item.is_so, "path": item.path, "sha256": item.sha256}
            for item in teachings.labels()
        ],
        "corrections": [
            {"field": item.field, "value": item.value, "path": item.path, "sha256": item.sha256}
            for item in teachings.corrections()
        ],
        "preferences": [dict(zip("abc", item.paths, strict=True)) for item in teachings.preferences()],
    }


# --- shown ----------------------------------------------------------------------------------------------------------


def _show_taught(document: dict[str, Any]) -> None:
    if "error" in document:
        from .telling import say_error

        named = f"{document['path']}: " if document["path"] else ""
        say_error({**document["error"], "message": for_terminal(f"{named}{document['error']['message']}")})
    elif "taken_back" in document:
        typer.echo(f"taken back: {document['taken_back']}")
    elif document["taught"] == "label":
        counts = [f"{len(document['yes'])} that are it"] if document["yes"] else []
        counts += [f"{len(document['no'])} that are not"] if document["no"] else []
        typer.echo(f"noted: {for_terminal(document['label'])}, {', '.join(counts)}; to learn from it: grym ear train")
    elif document["taught"] == "correction":
        for field, value in document["values"].items():
            ours = document["heard"][field]
            beside = f"; I hear {_value(ours)}" if ours is not None and ours != value else ""
            typer.echo(f"noted: {for_terminal(document['path'])} has {field} {_value(value)}{beside}")
    else:
        a, b, c = (for_terminal(document[name]) for name in "abc")
        typer.echo(f"noted: {a} is closer to {c} than {b} is; to learn from it: grym ear train")


def _value(value: Json) -> str:
    return f"{value:g} BPM" if isinstance(value, int | float) else for_terminal(str(value))


def _show_list(document: dict[str, Any]) -> None:
    if not any(document.values()):
        typer.echo("nothing was taught yet: grym teach snare FILE...")
    for row in document["labels"]:
        typer.echo(f"{for_terminal(row['label'])}: {'' if row['is_so'] else 'not '}{for_terminal(_called(row))}")
    for row in document["corrections"]:
        typer.echo(f"{row['field']} {_value(row['value'])}: {for_terminal(_called(row))}")
    for row in document["preferences"]:
        a, b, c = (for_terminal(row[name] or "?") for name in "abc")
        typer.echo(f"{a} is closer to {c} than {b} is")


def _called(row: Mapping[str, Any]) -> str:
    """What a recording was called when it was taught; of one from another machine only its hash is known."""
    return str(row["path"] or row["sha256"][:12])
