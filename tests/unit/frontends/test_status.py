"""`grym status`: what the page and the lines say, in every width, of every hub; and the live page in a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from grym_synth.errors import HubUnreachable
from grym_synth.frontends import status
from grym_synth.frontends.status_page import pressures, status_page
from grym_synth.frontends.status_words import Reading, headline, meaning, sections, span, status_lines
from grym_synth.health.mapping import TERMS
from grym_synth.health.signals import RULES, measure

NOW = 1_764_000_000.0


def document(state: str = "healthy", cause: str = "memory", **values: float) -> dict[str, Any]:
    """What a hub says at NOW, ten minutes after it began; it has been in its state for two minutes."""
    of = {"memory": 0.42, "cpu": 0.1, "disk": 123e9, "pool": 0.5, "wait": 0.0, "store": 0.2} | values
    signals = {}
    for name, rule in RULES.items():
        signal = measure(name, of.get(name, 0.0), zero=5e11 if name == "disk" else 0.0)
        told = {"value": signal.value, "pressure": signal.pressure, "state": signal.state, "unit": rule.unit}
        limits = {"warn": rule.warn, "critical": rule.critical, "hard": rule.hard}
        signals[name] = {**told, **limits, "cause": signal.cause}
    pressure = signals[cause]["pressure"]
    history = [[NOW - 600 + i, 0.3 if i < 480 else pressure, "healthy" if i < 480 else state] for i in range(601)]
    return {
        "state": state,
        "pressure": pressure,
        "cause": cause,
        "since": "2025-11-24T15:58:00+00:00",
        "seq": 12345,
        "at": NOW,
        "unwatched_s": 7200.0,
        "signals": signals,
        "pool": {
            "cpu": 4.0,
            "cpu_used": 1.5,
            "ram_gb": 6.2,
            "ram_gb_used": 0.8,
            "leases": 2,
            "waiting": 1,
            "oldest_wait_s": 3.0,
            "paused": False,
            "by_priority": {"interactive": 1, "batch": 1, "idle": 0},
        },
        "store": {"path": "/home/ann/grym.db", "reachable": True, "unwritten": 0},
        "agents": [
            {"name": "listen", "busy": 1, "idle": 0, "pids": [7], "rss_mb": 412.4, "breaker": "closed"},
            {"name": "fft", "busy": 0, "idle": 1, "pids": [8], "rss_mb": 80.0, "breaker": "open"},
            {"name": "tag", "busy": 0, "idle": 0, "pids": [], "rss_mb": 0.0, "breaker": "closed"},
        ],
        "jobs": {},
        "accounts": {"remix": {"cpu_s": 812.0, "ram_gb_s": 340.0, "storage_bytes": 12_000_000, "model_tokens": 0}},
        "history": history,
        "hub": {"pid": 4711, "home": "/home/ann", "since": "2025-11-24T15:50:00+00:00", "serving": True},
    }


def old_document() -> dict[str, Any]:
    """All that the contract asks of a hub."""
    return {"state": "warning", "pressure": 0.75, "signals": {"memory": {"value": 0.82, "pressure": 0.74}}, "seq": 3}


def hostile_document() -> dict[str, Any]:
    """Every text tries to steer the terminal, every number is none."""
    bad = "\x1b[2J\x1b]0;owned\x07\u202eevil\x9b31m[bold red]x[/]\ud800" * 9
    return {
        "state": bad,
        "pressure": float("nan"),
        "cause": bad,
        "since": bad,
        "seq": 10**400,
        "at": "yesterday",
        "unwatched_s": [],
        "signals": {bad: {"value": "inf", "pressure": None, "unit": bad, "cause": bad}, "memory": bad, "cpu": {}},
        "pool": {"cpu": bad, "leases": True, "by_priority": [1], "waiting": float("inf")},
        "store": {"path": bad, "reachable": 0, "unwritten": "many"},
        "agents": [{"name": bad, "breaker": bad, "busy": {}, "rss_mb": -1}, None, 7],
        "jobs": [bad],
        "accounts": {bad: None, "東京のミックス" * 30: {"cpu_s": 3}},
        "history": [[NOW, 0.5], "x", [NOW, "y", "healthy"], [bad, 1, 2], [NOW, 0.5, bad], [NOW + 1, 9e99, "critical"]],
        "hub": {"pid": bad},
    }


DOCUMENTS = {
    "healthy": document(),
    "tired": document("warning", memory=0.84),
    "critical": document("critical", "disk", disk=8e8),
    "no hub": {"hub": None, "last": {"state": "warning", "cause": "memory", "pressure": 0.78}, "unwatched_s": 200.0},
    "never a hub": {"hub": None, "last": None, "unwatched_s": None},
    "old": old_document(),
    "empty": {},
    "hostile": hostile_document(),
    "refused": {"error": {"code": "bad_request", "message": "that is no operation of this hub", "hint": "use it"}},
    "gone": {**document(), "error": {"message": "the hub cannot be reached", "hint": ""}, "silent_s": 12.0},
}


def shown(told: dict[str, Any], width: int = 80, height: int | None = None, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, height=50, force_terminal=colour, color_system="256" if colour else None
    )
    console.print(status_page(told, width=width, colour=colour, height=height))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_line_is_wider_than_the_window_and_nothing_steers_it(name: str) -> None:
    for width in (40, 41, 60, 75, 76, 77, 80, 100, 132, 200):
        lines = shown(DOCUMENTS[name], width).rstrip("\n").split("\n")
        assert lines[0].strip()
        assert max(map(cell_len, lines)) <= width
        assert all(line.isprintable() for line in lines)
        assert len(shown(DOCUMENTS[name], width, 23).rstrip("\n").split("\n")) <= 23


@pytest.mark.parametrize("name", DOCUMENTS)
def test_plain_lines_are_plain(name: str) -> None:
    lines = list(status_lines(DOCUMENTS[name]))
    assert lines
    assert all(line and line.isprintable() for line in lines)


def test_a_healthy_hub_says_so_first() -> None:
    page = shown(document())
    first, second, *_ = page.splitlines()
    assert first.startswith("● HEALTHY for 2 min")
    assert "hub 4711" in first
    assert second == "  takes all work"
    assert "42 % used" in page
    assert "123 GB free" in page


def test_a_tired_hub_says_why_and_what_that_means() -> None:
    page = shown(DOCUMENTS["tired"])
    assert page.startswith("▲ TIRED (memory) for 2 min")
    assert "maybe lite; batch work has half its room and waits" in page
    assert "memory: 84 % used; tired from 80 %" in page
    assert re.search(r"2 min ago healthy -> tired \(memory\)", page)


def test_a_critical_hub_says_that_new_work_is_refused_and_when_to_come_back() -> None:
    page = shown(DOCUMENTS["critical"], 100)
    assert page.startswith("■ CRITICAL (disk)")
    assert "new work is refused" in page
    assert "try again in 10 s or more" in page
    assert "disk: 800 MB free; critical from 1 GB" in page


def test_every_state_of_the_hub_has_its_meaning() -> None:
    assert len({meaning(state) for state in TERMS}) == len(TERMS)


def test_states_are_told_by_word_and_shape_without_colour() -> None:
    for name, shape in (("healthy", "●"), ("tired", "▲"), ("critical", "■"), ("no hub", "○")):
        page = shown(DOCUMENTS[name])
        assert "\x1b" not in page
        assert page.startswith(shape)
    rows = shown(DOCUMENTS["critical"]).splitlines()
    assert next(row for row in rows if " disk " in row).startswith("■")
    assert next(row for row in rows if " cpu " in row).startswith("●")


def test_colour_changes_no_character() -> None:
    coloured = shown(DOCUMENTS["tired"], colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == shown(DOCUMENTS["tired"])


def test_a_bar_reaches_its_marks_exactly_at_the_thresholds() -> None:
    at_warn = next(row for row in shown(document(memory=0.80), 100).splitlines() if row.startswith("▲ memory"))
    below = next(row for row in shown(document(memory=0.77), 100).splitlines() if row.startswith("● memory"))
    assert at_warn.count("│") == below.count("│") == 2
    assert at_warn[: at_warn.index("│")].endswith("█")
    assert not below[: below.index("│")].endswith("█")
    beyond = next(row for row in shown(document(memory=0.99), 100).splitlines() if "memory" in row)
    assert "▶" in beyond


def test_the_pressure_line_fills_the_row_of_its_state() -> None:
    for told, filled in ((document(), 1), (DOCUMENTS["tired"], 2), (document("critical", disk=1e8, cause="disk"), 3)):
        top = shown(told).splitlines()
        start = next(place for place, row in enumerate(top) if row.startswith("pressure"))
        rows = [row.split(" 0.")[0][-3:] for row in (top[start + 2], top[start + 1], top[start])]
        assert [any(c in "▁▂▃▄▅▆▇█" for c in row) for row in rows] == [True] * filled + [False] * (3 - filled)


def test_a_time_without_readings_is_blank_and_a_pressure_of_nothing_is_not() -> None:
    readings = [Reading(NOW - 500 + i, 0.0, "healthy", "") for i in range(100)]
    found = pressures([*readings, Reading(NOW, 0.7, "warning", "")], NOW, 60)
    assert found[:10] == [None] * 10
    assert found[10:20] == [0.0] * 10
    assert found[22:59] == [None] * 37
    assert found[59] == 0.7


def test_the_pressure_line_keeps_the_peak_of_a_single_second() -> None:
    readings = [Reading(NOW - 600 + i, 0.95 if i == 300 else 0.1, "healthy", "") for i in range(601)]
    for columns in (1, 7, 16, 60, 180, 600):
        assert max(p for p in pressures(readings, NOW, columns) if p is not None) == 0.95


def test_agents_that_are_left_alone_come_first() -> None:
    agents = sections(document())["agents"]
    assert agents[0].startswith("fft: 1 idle, 80 MB, LEFT ALONE")
    assert agents[1] == "listen: 1 busy, 412 MB"
    assert agents[2] == "not started: tag"


def test_a_pause_and_those_who_wait_are_told() -> None:
    told = document()
    told["pool"]["paused"] = True
    room = sections(told)["room"]
    assert room[0].startswith("PAUSED")
    assert "1 waiting, the longest for 3 s" in room
    assert "2 leases (interactive 1, batch 1)" in room


def test_a_store_out_of_reach_and_what_waits_for_it_are_told() -> None:
    told = document() | {"store": {"path": "/x", "reachable": False, "unwritten": 61}}
    assert sections(told)["store"] == ["CANNOT BE REACHED", "61 readings wait to be written", "/x"]


def test_a_restart_says_how_long_nobody_watched() -> None:
    assert "nobody had watched for 2 h 0 min when this hub started" in sections(document())["changes"]
    assert "changes" not in sections(document() | {"unwatched_s": 1.5})


def test_without_a_hub_it_says_how_things_were_and_how_to_start_one() -> None:
    page = shown(DOCUMENTS["no hub"])
    assert "NO HUB IS RUNNING" in page
    assert "grym serve" in page
    assert "3 min ago: tired (memory), pressure 0.78; that hub left" in page
    assert "nothing has been written down yet" in shown(DOCUMENTS["never a hub"])
    stopped = {"hub": None, "last": {"state": "healthy", "cause": "started", "event": "stopped"}, "unwatched_s": 9.0}
    assert headline(stopped).because == "when last seen, 9 s ago: healthy"
    locked = {"hub": None, "last": None, "unwatched_s": None, "paused": True, "reason": "database is locked"}
    assert headline(locked).because == "the log cannot be read: database is locked"
    assert sections(locked)["room"] == ["PAUSED: batch work waits for `grym resume`"]


def test_a_hub_that_went_away_is_told_above_what_it_had_said() -> None:
    page = shown(DOCUMENTS["gone"])
    assert page.startswith("○ NO ANSWER for 12 s")
    assert "42 % used" in page


def test_a_short_window_shows_the_state_before_all_else_and_says_that_there_is_more() -> None:
    page = shown(document(), 80, 20)
    assert page.startswith("● HEALTHY")
    assert "memory" in page
    assert "…" in page
    assert "…" not in shown(document(), 80, 60)
    assert shown(document(), 80, 1).startswith("● HEALTHY")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 s"),
        (0.42, "0.4 s"),
        (59.6, "60 s"),
        (119.9, "120 s"),
        (120.0, "2 min"),
        (8040.0, "2 h 14 min"),
        (3e5, "3 days"),
    ],
)
def test_durations_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_plain_lines_hold_the_figures_of_the_page() -> None:
    told = "\n".join(status_lines(DOCUMENTS["tired"]))
    assert told.startswith("TIRED (memory) for 2 min: questions are answered")
    assert (
        "  memory: 84 % used, tired, pressure 0.78; tired from 80 %, critical from 90 %, hard fault from 97 %" in told
    )
    assert "room: 1.5 of 4 cores lent | 0.8 of 6.2 GB lent" in told


def test_a_watch_without_a_terminal_gives_a_line_for_each_reading(capsys: pytest.CaptureFixture[str]) -> None:
    stop, asked = threading.Event(), 0

    def read() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        stop.set()
        return document()

    status.watch(read, stop=stop)
    assert asked == 1
    assert re.fullmatch(r"\d\d:\d\d:\d\d HEALTHY for 2 min; takes all work\n", capsys.readouterr().out)


def test_once_shows_one_page_also_of_a_hub_that_cannot_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    def read() -> dict[str, Any]:
        raise HubUnreachable("another process is the hub and takes no calls", hint="wait for it")

    status.watch(read, once=True, stop=threading.Event())
    assert capsys.readouterr().out == "NO ANSWER: another process is the hub and takes no calls\nwait for it\n"


def test_the_commands_of_status_are_light() -> None:
    probe = (
        "import sys, grym_synth.frontends.status; print([m for m in ('rich', 'asyncio', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    plain = "import sys, typer; print([m for m in ('rich', 'asyncio', 'numpy') if m in sys.modules])"
    of_typer = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True)
    assert done.stdout == of_typer.stdout


# The live page, in a real terminal


class Terminal:
    """A program in a pseudo-terminal of a given size; collects what it writes."""

    def __init__(self, script: str, *arguments: str, rows: int = 24, columns: int = 80, **environment: str) -> None:
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.resize(rows, columns)
        of = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is a signal to it
            env={**of, "TERM": "xterm-256color", **environment},
        )
        self.written = ""

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, text: str, seconds: float = 30.0) -> str:
        """What was written until `text` came; it and what is before it count no more."""
        until = time.monotonic() + seconds
        while text not in self.written:
            left = until - time.monotonic()
            assert left > 0.0, f"{text!r} never came, but {self.written[-3000:]!r}"
            if select.select([self.master], [], [], left)[0]:
                self.written += os.read(self.master, 65536).decode(errors="replace")
        before, _, self.written = self.written.partition(text)
        return before

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def end(self) -> int:
        """The exit code; the terminal must be as it was found."""
        until = time.monotonic() + 30.0
        while self.process.poll() is None and time.monotonic() < until:
            if select.select([self.master], [], [], 0.05)[0]:
                self.written += os.read(self.master, 65536).decode(errors="replace")
        code = self.process.wait(20.0)
        assert termios.tcgetattr(self.slave)[3] == self.before[3]
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


WATCH = """
    import json, pathlib, sys, threading
    from grym_synth.errors import HubUnreachable
    from grym_synth.frontends.status import watch

    told = pathlib.Path(sys.argv[1])

    def read():
        if not told.exists():
            raise HubUnreachable("nobody there", hint="start it")
        return json.loads(told.read_text())

    watch(read, stop=threading.Event())
    print("left", flush=True)
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "told.json"
    say(path, document())
    return path


def say(path: Path, what: dict[str, Any]) -> None:
    """Let the hub of WATCH say something else."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(what))
    new.rename(path)


@contextlib.contextmanager
def terminal(*arguments: str, script: str = WATCH, **more: Any) -> Iterator[Terminal]:
    it = Terminal(script, *arguments, **more)
    try:
        yield it
    finally:
        it.close()


@pytest.mark.slow
def test_the_live_page_follows_the_hub_and_quits_on_q(told: Path) -> None:
    with terminal(str(told)) as screen:
        screen.wait_for("HEALTHY")
        screen.wait_for("q quits")
        say(told, DOCUMENTS["critical"])
        screen.wait_for("CRITICAL (disk)")
        screen.press("x")
        screen.press("q")
        assert screen.end() == 0
        assert "\x1b[?1049l" in screen.written  # the screen of before is back
        assert screen.written.rstrip().endswith("left")


@pytest.mark.slow
def test_the_live_page_survives_a_hub_that_goes_and_comes_back(told: Path) -> None:
    with terminal(str(told)) as screen:
        screen.wait_for("HEALTHY")
        told.unlink()
        screen.wait_for("NO ANSWER for")
        screen.wait_for("nobody there")
        screen.wait_for("42 % used")
        say(told, DOCUMENTS["tired"])
        screen.wait_for("TIRED (memory)")
        screen.press("\x03")  # Ctrl-C
        assert screen.end() == 0


@pytest.mark.slow
def test_the_live_page_follows_the_size_of_its_window(told: Path) -> None:
    with terminal(str(told), NO_COLOR="1") as screen:
        screen.wait_for("q quits")
        screen.resize(20, 50)
        screen.wait_for("q quits")
        screen.wait_for("HEALTHY")
        page = screen.wait_for("q quits")
        lines = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", page).split("\n")
        assert len(lines) <= 20
        assert max(cell_len(line.strip("\r")) for line in lines) <= 50
        assert not re.search(r"\x1b\[[\d;]*3\dm", page), "NO_COLOR was set"
        screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == 0
