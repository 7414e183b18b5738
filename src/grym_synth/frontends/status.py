"""`grym status`, `pause` and `resume`: how the hub is, as a page, as lines, as JSON, or live until q is pressed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import operation_of
from .telling import JsonOption, perform, print_json, settings

if TYPE_CHECKING:
    from rich.console import Console

    from ..config import Config

Read = Callable[[], dict[str, Any]]

_EVERY_S = 1.0  # between two questions to the hub
_LOOK_S = 0.2  # between two looks at the keyboard and at the size of the window


def status(
    live: Annotated[bool, typer.Option("--watch", help="Keep looking, until q or Ctrl-C.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how the hub is: its state and why, every signal, who has the room, its agents.

    grym status --watch
    """
    if not live:
        perform(operation_of("status"), as_json, _show)
    config = settings(as_json)
    stop = threading.Event()
    with contextlib.suppress(KeyboardInterrupt):
        if as_json:
            _watch_as(print_json, lambda: _ask(config), stop)
        else:
            watch(lambda: _ask(config), stop=stop)


def pause(as_json: JsonOption = False) -> None:
    """Hold back batch and idle work until `grym resume`; questions are answered as ever."""
    perform(operation_of("pause"), as_json, _show_pause)


def resume(as_json: JsonOption = False) -> None:
    """Let the work go on that `grym pause` holds back."""
    perform(operation_of("resume"), as_json, _show_pause)


def _show_pause(document: dict[str, Any]) -> None:
    paused = "batch and idle work is held back until `grym resume`; questions are answered as ever"
    typer.echo(paused if document.get("paused") else "batch and idle work goes on")


def _show(document: dict[str, Any]) -> None:
    console = _console()
    if not console.is_terminal:
        from .status_words import status_lines

        typer.echo("\n".join(status_lines(document)))
        return
    from .status_page import status_page

    console.print(status_page(document, width=console.width, colour=not console.no_color))


def _console() -> Console:
    """The terminal, or what stands for it; rich reads NO_COLOR and TERM."""
    from rich.console import Console

    return Console(highlight=False)


def _ask(config: Config) -> dict[str, Any]:
    """The document of `grym status --json`, or {"error": ...}, from whoever is the hub now."""
    import asyncio

    from .hub_socket import perform_anywhere

    document: dict[str, Any] = {}
    asyncio.run(
        perform_anywhere(config, operation_of("status"), lambda event: document.update(event.get("document", {})))
    )
    return document


def watch(read: Read, *, once: bool = False, stop: threading.Event) -> None:
    """Show what `read` says, anew every second, until q, Ctrl-C or `stop`; `once` shows one page and is done.

    A hub that does not answer is told, and what it said before stays on the page. Where there is no terminal, each
    reading is a line.
    """
    console = _console()
    if once:
        _show(_Latest(read).take())
    elif not console.is_terminal or console.is_dumb_terminal:
        _watch_as(_show_line, read, stop)
    else:
        with contextlib.suppress(KeyboardInterrupt):
            _watch_page(console, read, stop)


def _watch_page(console: Console, read: Read, stop: threading.Event) -> None:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from .status_page import status_page

    latest = _Latest(read)
    threading.Thread(target=latest.keep_reading, args=(stop,), daemon=True, name="status").start()
    drawn: tuple[object, ...] = ()
    with (
        _ended_by(signal.SIGTERM, stop),
        _ended_by(signal.SIGINT, stop),  # not by an exception: it could come where nothing lets it through
        _keyboard() as wait_for_key,
        Live(console=console, screen=True, auto_refresh=False) as live,
    ):
        while not stop.is_set():
            (width, height), document = console.size, latest.document()
            now = (width, height, latest.count, int(time.monotonic() / _EVERY_S))
            if now != drawn:
                colour = not console.no_color
                page = status_page(document, width=width, colour=colour, height=max(1, height - 1))
                live.update(Group(page, Text("q quits", style="dim" if colour else "", end="")), refresh=True)
                drawn = now
            if wait_for_key(_LOOK_S) in ("q", "Q", "\x03", "\x04"):
                break
    stop.set()


def _watch_as(show: Callable[[dict[str, Any]], None], read: Read, stop: threading.Event) -> None:
    """Show every reading, a second apart, until `stop`."""
    latest = _Latest(read)
    while not stop.is_set():
        show(latest.take())
        sys.stdout.flush()
        stop.wait(_EVERY_S)


def _show_line(document: dict[str, Any]) -> None:
    from .status_words import headline

    head = headline(document)
    typer.echo(f"{time.strftime('%H:%M:%S')} {head.title}; {head.because or head.means}")


class _Latest:
    """The latest answer of a hub, and since when there has been none; read in one thread and shown in another."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._answer: dict[str, Any] = {}
        self._error: dict[str, Any] | None = None
        self._answered = time.monotonic()
        self._fault: BaseException | None = None
        self.count = 0

    def take(self) -> dict[str, Any]:
        """Ask once, and the document of it."""
        from ..errors import GrymError
        from .protocol import error_to_json

        try:
            answer = self._read()
            self._error = answer["error"] if set(answer) == {"error"} else None
        except GrymError as error:
            self._error = error_to_json(error)
        except (OSError, ValueError) as error:  # the connection broke, or what came is no JSON
            self._error = {"code": "hub_unreachable", "message": f"the hub cannot be asked: {error}", "hint": ""}
        if self._error is None:
            self._answer, self._answered = answer, time.monotonic()
        self.count += 1
        return self.document()

    def keep_reading(self, stop: threading.Event) -> None:
        """Ask again and again; a fault of ours ends that, and is told to whoever shows."""
        try:
            while not stop.is_set():
                self.take()
                stop.wait(_EVERY_S)
        except BaseException as fault:  # noqa: BLE001 it is raised again where it can be seen
            self._fault = fault

    def document(self) -> dict[str, Any]:
        """What is known now: the last answer; with `error` and `silent_s` beside it when no answer comes any more."""
        if self._fault is not None:
            raise self._fault
        silent = time.monotonic() - self._answered
        if self._error is None and (silent < 3.0 * _EVERY_S or not self.count):
            return self._answer if self.count else {"error": {"message": "asking the hub", "hint": ""}}
        error = self._error or {"message": "the hub has not answered yet", "hint": ""}
        return {**self._answer, "error": error, **({"silent_s": silent} if self._answer else {})}


@contextlib.contextmanager
def _ended_by(number: signal.Signals, stop: threading.Event) -> Iterator[None]:
    """Let a signal set `stop`, so that a terminal is left as it was found."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(number, before)


@contextlib.contextmanager
def _keyboard() -> Iterator[Callable[[float], str]]:
    """Single keys, without Enter and without showing them; gives a function that waits for one for some seconds."""
    import select
    import termios
    import tty

    try:
        keys = sys.stdin.fileno()
        before = termios.tcgetattr(keys)
    except (AttributeError, OSError, ValueError, termios.error):  # no keyboard: Ctrl-C remains

        def sleep(seconds: float) -> str:
            time.sleep(seconds)
            return ""

        yield sleep
        return

    def wait_for_key(seconds: float) -> str:
        ready, _, _ = select.select([keys], [], [], seconds)
        if not ready:
            return ""
        try:
            pressed = os.read(keys, 1).decode(errors="replace")
        except OSError:
            pressed = ""
        return pressed or "q"  # nothing there: the terminal has gone

    tty.setcbreak(keys)
    try:
        yield wait_for_key
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
