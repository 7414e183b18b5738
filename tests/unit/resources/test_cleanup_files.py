import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grym_synth.audio.spectrum.handle_names import new_handle
from grym_synth.health.signals import Signal
from grym_synth.resources.cleaners import OwnFiles, cache_places, handle_places, temporary_places, usual_cleaners
from grym_synth.resources.cleanup import AuditLog, Cleaner, Report, clean
from grym_synth.resources.handles import Handles
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House

HOUR = 3600.0
HALF = ".grym-" + "0123456789abcdef" * 2


@pytest.fixture
def now() -> float:
    return time.time()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and a folder for temporary files that belongs to the test."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    home = tmp_path / "home"
    (home / "handles").mkdir(parents=True)
    return home


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    house = House(home / "grym.db", "hub 1")
    yield house
    house.close()


def put(path: Path, age_s: float, size: int = 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def nobody_lives(hub: str) -> bool:
    return False


def run(house: House, kind: str, cleaner: Cleaner, now: float, *, dry_run: bool = False, **signals: Signal) -> Report:
    rules = [rule for rule in RULES if rule.kind == kind]
    return asyncio.run(clean(rules, {kind: cleaner}, signals, now, AuditLog(house), dry_run=dry_run))


def test_leftovers_of_killed_commands_go_from_every_place_they_may_lie_in(
    house: House, home: Path, tmp_path: Path, now: float
) -> None:
    beside = tmp_path / "outputs"
    old = [put(beside / f"{HALF}.wav", HOUR + 1), put(home / f"{HALF}.png", HOUR + 1), put(beside / HALF, 1e7)]
    old.append(put(home / ".grym-ab12_c9z", HOUR + 1))
    packed = put(home / "models" / ".minilm-ab12_c9z" / "wheel.whl", HOUR + 1, 5000).parent
    doctor = put(tmp_path / "temporary" / "grym-doctor-abcdefgh" / "recordings" / "tone.wav", HOUR + 1).parent.parent
    for folder in (packed, doctor):
        os.utime(folder, (now - HOUR - 1,) * 2)
    report = run(house, "temporary", OwnFiles(temporary_places(home, beside)), now)
    assert {item.what for item in report.removed} == {str(path) for path in (*old, packed, doctor)}
    assert not any(path.exists() for path in (*old, packed, doctor))
    (row,) = house.audit_since()
    assert row.count == 6
    assert row.cause == "untouched for 60 min"


def test_what_is_younger_than_an_hour_may_still_be_written(house: House, home: Path, now: float) -> None:
    young = put(home / f"{HALF}.wav", HOUR - 60)
    assert run(house, "temporary", OwnFiles(temporary_places(home)), now) == Report()
    assert young.exists()


def test_what_was_fetched_and_never_read_goes_after_an_hour(house: House, home: Path, now: float) -> None:
    folder = home / "cache" / "fetched"
    old = put(folder / f"fetched-{'0a' * 16}.html", HOUR + 1)
    kept = [put(folder / f"fetched-{'0b' * 16}.html", HOUR - 60), put(folder / "fetched-by-hand.html", HOUR + 1)]
    run(house, "temporary", OwnFiles(temporary_places(home)), now)
    assert not old.exists()
    assert all(path.exists() for path in kept)


@pytest.mark.parametrize(
    "name",
    [
        "song.wav", ".grym-notes-01", ".grym-notes.txt",
        ".grym-" + "a" * 31, ".grym-" + "A" * 32 + ".wav", ".grym-" + "a" * 33 + ".wav",
        "grym-" + "a" * 32 + ".wav", ".grym-" + "a" * 32 + "x", "grym-doctor-abcdefgh", "grym.db", "hub.lock",
        "config.toml", ".minilm-abcdefgh",
    ],
)  # fmt: skip
def test_names_that_are_not_ours_stay_however_old(house: House, home: Path, now: float, name: str) -> None:
    foreign = put(home / name, 1e7)
    cleaners = usual_cleaners(home, house, nobody_lives, home)
    for kind in ("temporary", "fault report", "handle"):
        assert run(house, kind, cleaners[kind], now) == Report()
    assert run(house, "cache", cleaners["cache"], now, disk=Signal(1.0, 1.5)) == Report()
    assert foreign.exists()


def test_links_folders_and_pipes_of_such_names_stay_and_so_does_what_links_point_to(
    house: House, home: Path, tmp_path: Path, now: float
) -> None:
    master = put(tmp_path / "master.wav", 1e7)
    (home / f"{HALF}.wav").symlink_to(master)
    os.utime(home / f"{HALF}.wav", (now - 1e7,) * 2, follow_symlinks=False)
    (home / f"{HALF}.folder").mkdir()
    os.mkfifo(home / f"{HALF}.pipe")
    (tmp_path / "temporary" / "grym-doctor-abcdefgh").symlink_to(tmp_path, target_is_directory=True)
    for name in (f"{HALF}.folder", f"{HALF}.pipe"):
        os.utime(home / name, (now - 1e7,) * 2)
    assert run(house, "temporary", OwnFiles(temporary_places(home)), now) == Report()
    assert master.exists()
    assert len(list(home.iterdir())) == 4 + len(list(home.glob("grym.db*")))


def test_a_hard_link_to_somebodys_recording_takes_nothing_but_the_name(
    house: House, home: Path, tmp_path: Path, now: float
) -> None:
    master = put(tmp_path / "master.wav", 1e7)
    (home / f"{HALF}.wav").hardlink_to(master)
    assert len(run(house, "temporary", OwnFiles(temporary_places(home)), now).removed) == 1
    assert master.read_bytes() == b"x" * 10


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_stays(house: House, home: Path, now: float) -> None:
    foreign = put(home / f"{HALF}.wav", 1e7)
    os.chown(foreign, 65534, 65534)
    assert run(house, "temporary", OwnFiles(temporary_places(home)), now) == Report()
    assert foreign.exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not tell what is open")
def test_what_a_living_process_holds_open_or_works_in_stays(
    house: House, home: Path, tmp_path: Path, now: float
) -> None:
    held = put(home / f"{HALF}.wav", 1e7)
    folder = put(tmp_path / "temporary" / "grym-doctor-abcdefgh" / "folder" / "x", 1e7).parent
    os.utime(folder.parent, (now - 1e7,) * 2)
    program = "import sys; file = open(sys.argv[1], 'rb'); print(flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(held)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.readline()
    cleaner = OwnFiles(temporary_places(home))
    assert run(house, "temporary", cleaner, now) == Report()
    other.communicate()
    assert len(run(house, "temporary", cleaner, now).removed) == 2


def test_a_handle_goes_fifteen_minutes_after_its_last_use(house: House, home: Path, now: float) -> None:
    handles = Handles(home / "handles")
    (old, gone), (used, stays) = handles.new(), handles.new()
    put(gone, 901.0)
    put(stays, 800.0)
    half = put(home / "handles" / f".{old}.npy.00ff00ff.part", 901.0)
    handles.path(used)
    assert {item.what for item in run(house, "handle", OwnFiles(handle_places(home)), now).removed} == {
        str(gone),
        str(half),
    }
    later = now + 850.0  # the use counts
    assert run(house, "handle", OwnFiles(handle_places(home)), later) == Report()
    assert handles.path(used) == stays


def test_a_handle_used_between_looking_and_removing_stays(house: House, home: Path, now: float) -> None:
    handles = Handles(home / "handles")
    path = put(handles.new()[1], 901.0)

    class Late(OwnFiles):
        def _remove(self, path: Path, why: object) -> int:
            os.utime(path)
            return super()._remove(path, why)  # type: ignore[arg-type]

    assert run(house, "handle", Late(handle_places(home)), now).removed == ()
    assert path.exists()


def test_on_a_full_disk_caches_shrink_to_half_and_findings_stay(house: House, home: Path, now: float) -> None:
    house.leases()  # so that the store is there
    fonts = put(home / "matplotlib" / "fontlist-v390.json", 1e6, 1000)
    large, small, new = (
        put(home / "handles" / f"{new_handle()}.npy", age, size)
        for age, size in ((600.0, 50_000), (700.0, 2_000), (30.0, 30_000))
    )
    own = put(home / "matplotlib" / "matplotlibrc", 1e6, 90_000)
    cleaner = OwnFiles(cache_places(home))
    assert run(house, "cache", cleaner, now, disk=Signal(6e9, 0.69)) == Report()
    report = run(house, "cache", cleaner, now, disk=Signal(3e9, 0.80))
    assert [item.what for item in report.removed] == [str(fonts), str(large)]  # size times age decides
    assert all(path.exists() for path in (small, new, own, home / "grym.db"))
    assert report.removed[0].cause == "unused for 60 s, and disk pressure 0.80 is at 0.70 or above"


def test_a_dry_run_leaves_every_file(house: House, home: Path, now: float) -> None:
    old = put(home / f"{HALF}.wav", 1e7)
    report = run(house, "temporary", OwnFiles(temporary_places(home)), now, dry_run=True)
    assert [item.what for item in report.removed] == [str(old)]
    assert old.exists()
    assert house.audit_since() == []


def test_the_details_of_a_fault_are_kept_for_a_month(house: House, home: Path, tmp_path: Path, now: float) -> None:
    month = 30 * 24 * HOUR
    old = put(tmp_path / "temporary" / "grym-fault-abcdefgh.txt", month + 60)
    new = put(tmp_path / "temporary" / "grym-fault-hgfedcba.txt", month - 60)
    run(house, "fault report", usual_cleaners(home, house, nobody_lives)["fault report"], now)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_was_sent_and_what_tasks_came_to_is_kept_for_a_day(house: House, home: Path, now: float) -> None:
    day, cleaners = 24 * HOUR, usual_cleaners(home, house, nobody_lives)
    for kind, folder, names in (
        ("result", "results", ("0123abcd.json", "4567cdef.json", "notes.txt")),
        ("upload", "uploads", ("a" * 32, "b" * 32, "mine")),
    ):
        ages = (day + 60, day - 60, 10 * day)
        places = [home / folder / name for name in names]
        for place, age in zip(places, ages, strict=True):
            if kind == "upload":
                put(place / "song.wav", age)
                os.utime(place, (now - age,) * 2)
            else:
                put(place, age)
        run(house, kind, cleaners[kind], now)
        assert [place.exists() for place in places] == [False, True, True], kind


def test_a_file_that_somebody_else_was_faster_to_remove_is_no_failure(house: House, home: Path, now: float) -> None:
    put(home / f"{HALF}.wav", 1e7)

    class Late(OwnFiles):
        def _remove(self, path: Path, why: object) -> int:
            path.unlink()
            return super()._remove(path, why)  # type: ignore[arg-type]

    assert run(house, "temporary", Late(temporary_places(home)), now) == Report()


_READ_ONLY = """
import asyncio, concurrent.futures.thread, os, sys, time
from pathlib import Path
from grym_synth.resources.cleaners import OwnFiles, Place
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House
import re

if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
folders = [Path(name) for name in sys.argv[1:]]
cleaner = OwnFiles([Place(folder, re.compile(r"[.]grym-.*")) for folder in folders])
rules = [rule for rule in RULES if rule.kind == "temporary"]
report = asyncio.run(clean(rules, {"temporary": cleaner}, {}, time.time(), AuditLog(House(Path("/usr/grym.db")))))
print(len(report.removed), len(report.failures), report.failures)
"""


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_to_stops_no_other() -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:  # which everybody may reach
        closed, secret, free = (Path(place, name) for name in ("closed", "secret", "free"))
        Path(place).chmod(0o755)
        for folder in (closed, secret, free):
            put(folder / f"{HALF}.wav", 1e7)
            if os.getuid() == 0:
                for path in (folder / f"{HALF}.wav", folder):
                    os.chown(path, 65534, 65534)
        closed.chmod(0o555)
        secret.chmod(0o000)
        done = subprocess.run(
            [sys.executable, "-c", _READ_ONLY, str(secret), str(closed), str(free)],
            capture_output=True,
            text=True,
            check=False,
        )
        for folder in (closed, secret):
            folder.chmod(0o755)
        assert done.stdout.split()[:2] == ["1", "1"], done
        assert (closed / f"{HALF}.wav").exists()
        assert not (free / f"{HALF}.wav").exists()
