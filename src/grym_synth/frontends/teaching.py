"""`grym teach`: which capabilities a question needs, and, in `teaching_sounds`, what recordings are.

A running hub learns it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from .protocol import Emit, operation_of
from .teaching_sounds import NOT, Wish, teach_sounds
from .telling import JsonOption, for_terminal, perform, settings

if TYPE_CHECKING:
    from ..messages import Route
    from ..storage.corrections import RouteCorrection
    from ..storage.store import Store

NONE = "none"  # the word for a question that is not for this hub
_LONGEST = 2000  # characters of a question that is kept


class Teachable(Protocol):
    """What must be known of a router here."""

    def route(self, question: str, paths: Sequence[str]) -> Route: ...
    def learn(self, corrections: Sequence[RouteCorrection]) -> None: ...


#: How the command is registered: `--not` stays among the words, because several files may follow it.
SETTINGS: dict[str, Any] = {"ignore_unknown_options": True}


def teach(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="LABEL FILE... [--not FILE...]; behind --correct FIELD=VALUE; behind --route the question.",
            show_default=False,
        ),
    ] = None,
    correct: Annotated[
        str | None, typer.Option(help="What is wrong of it: tempo=140 or key=Am.", metavar="FILE", show_default=False)
    ] = None,
    prefer: Annotated[
        str | None, typer.Option(help="This is closer to C than B is.", metavar="A", show_default=False)
    ] = None,
    over: Annotated[
        str | None, typer.Option(help="The one that is less close.", metavar="B", show_default=False)
    ] = None,
    than: Annotated[
        str | None, typer.Option(help="What both are held against.", metavar="C", show_default=False)
    ] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List what was taught of recordings.")] = False,
    forgets: Annotated[bool, typer.Option("--forget", help="Take back what is named behind it.")] = False,
    route: Annotated[
        str | None,
        typer.Option(help="Capabilities that the question needs, separated by commas; or `none`.", show_default=False),
    ] = None,
    routes: Annotated[bool, typer.Option("--routes", help="List what was taught of routes.")] = False,
    forget_route: Annotated[
        str | None, typer.Option(help="Take back what was taught of this question.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Teach what recordings are, what is wrong, what sounds alike, or which capabilities a question needs.

    grym teach snare kit/sd1.wav kit/sd2.wav --not kit/rim.wav

    grym teach --correct loop.wav tempo=140

    grym teach --prefer a.wav --over b.wav --than c.wav

    grym teach --forget snare kit/sd2.wav

    grym teach --route rhythm "where does it breathe?"
    """
    words = words or []
    if (route is not None) + routes + (forget_route is not None) > 1:
        raise typer.BadParameter("--route, --routes and --forget-route exclude each other")
    options = [word.partition("=")[0] for word in words if word.startswith("-") and " " not in word]
    unknown = [word for word in options if word != NOT or route is not None]
    if unknown:
        raise typer.BadParameter(f"no such option: {unknown[0]}")
    if routes:
        perform(operation_of("teach_route", do="list"), as_json, _show_list)
    if forget_route is not None:
        perform(operation_of("teach_route", do="forget", question=_tidy(forget_route)), as_json, _show_change)
    if route is None:
        teach_sounds(Wish(words, correct, prefer, over, than, is_list, forgets), as_json=as_json)
        return
    if len(words) != 1 or not _tidy(words[0]):
        raise typer.BadParameter(f'one question, in quotes: grym teach --route {route} "..."')
    wanted = _capabilities(route, as_json)
    operation = operation_of("teach_route", do="teach", question=_tidy(words[0]), capabilities=wanted)
    perform(operation, as_json, _show_change)


async def perform_teach_route(store: Store, router: Teachable, operation: Mapping[str, Any], emit: Emit) -> int:
    """Carry out `grym teach --route`, `--routes` and `--forget-route`: in the store first, then in the router.

    Raises
    ------
    BadRequest
        Nothing was taught of the question whose correction is to be taken back.
    StoreUnavailable
        The store cannot be written; nothing has changed then.
    """
    from ..errors import BadRequest, Unavailable
    from ..storage.corrections import RouteCorrections

    if not store.is_lasting:
        raise Unavailable("nothing is kept: the store cannot be opened", hint="see `grym doctor`")
    corrections = RouteCorrections(store)
    if operation["do"] == "list":
        rows = [{"question": item.question, "capabilities": list(item.capabilities)} for item in corrections.every()]
        emit({"document": {"routes": rows}})
        return 0
    question = str(operation["question"])
    before = router.route(question, []).capabilities
    if operation["do"] == "teach":
        corrections.put(question, tuple(operation["capabilities"]))
    elif not corrections.remove(question):
        raise BadRequest(f"nothing was taught of {question!r}", hint="grym teach --routes")
    router.learn(corrections.every())
    after = router.route(question, []).capabilities
    taught = operation.get("capabilities")
    emit({"document": {"question": question, "before": list(before), "now": list(after), "taught": taught}})
    return 0


def _tidy(question: str) -> str:
    """A question as it is kept: on one line, and not endless."""
    return " ".join(question.split())[:_LONGEST].strip()


def _capabilities(text: str, as_json: bool) -> list[str]:
    """The capabilities of `--route`, each of which there must be; [] for `none`."""
    from ..messages import CAPABILITIES

    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if names == [NONE]:
        return []
    known: Mapping[str, object] = dict.fromkeys(CAPABILITIES)
    if not set(names) <= set(known):  # an agent of the user's may bring it
        from ..execution.catalog import read_catalog

        known = {**known, **read_catalog(settings(as_json).agents_folder).capabilities()}
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"unknown capability {name!r}; there is {', '.join(known)}, or `{NONE}` alone")
    if not names:
        raise typer.BadParameter(f"--route wants capabilities, such as {CAPABILITIES[0]}, or `{NONE}`")
    return names


def _show_change(document: dict[str, Any]) -> None:
    question, taught = for_terminal(document["question"]), document["taught"]
    if document["now"] == document["before"]:
        typer.echo(f"“{question}” goes where it went before: {_named(document['now'])}")
    else:
        typer.echo(f"from now on: “{question}” → {_named(document['now'])}; before: {_named(document['before'])}")
    if taught is not None and set(taught) != set(document["now"]):
        typer.echo(f"kept is {_named(taught)}, but a rule is stronger: it looks at addresses and packs first")


def _show_list(document: dict[str, Any]) -> None:
    if not document["routes"]:
        typer.echo('nothing was taught yet: grym teach --route rhythm "where does it breathe?"')
    for row in document["routes"]:
        typer.echo(f"{_named(row['capabilities'])}: {for_terminal(row['question'])}")


def _named(capabilities: Sequence[str]) -> str:
    return ", ".join(capabilities) or "none of ours"
