"""Where an edit may write: new files only, each whole or not there, never a source; and how one is taken back.

An output is written under a temporary name beside its own and renamed when everything is in it and on the disk. Its
sidecar, the name with `.grym.json` behind it, says how it was made; only what a sidecar of ours names by its hash is
ever replaced or removed.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import stat
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import BadRequest
from .streams import no_room

SUFFIX = ".grym.json"
MADE_BY = "grym-synth"
_LARGEST_SIDECAR = 4 << 20  # bytes


def sidecar_of(out: str | Path) -> Path:
    return Path(f"{os.fspath(out)}{SUFFIX}")


def check_output(out: str | Path, sources: Sequence[str], *, replace: bool) -> Path:
    """The path to write to.

    Raises
    ------
    BadRequest
        It is one of the sources by any name or link, a folder, lies in none, or is there already and not ours or not
        to be replaced; or an earlier edit of that name is still there, or one of its files is read by this one.
    """
    path, name = Path(out), os.fspath(out)
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        found = None
    except (OSError, ValueError) as error:
        raise BadRequest(f"{name!r} is not a possible name for a file: {error}", hint="choose another name") from error
    for source in sources:
        if _is_same(path, source):
            raise BadRequest(f"{name!r} is the recording itself, which is never changed", hint="choose another name")
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise BadRequest(f"{name!r} is a folder", hint="name a file in it")
    if not path.parent.is_dir():
        raise BadRequest(f"{name!r} lies in a folder that does not exist", hint="make the folder, or choose another")
    if not os.access(path.parent, os.W_OK):
        raise BadRequest(f"the folder of {name!r} may not be written to by this user", hint="choose another")
    ours = read_sidecar(out)
    if ours is None and os.path.lexists(sidecar_of(out)):
        raise BadRequest(f"{os.fspath(sidecar_of(out))!r} exists and was not made here", hint="choose another name")
    if found is not None:
        _check_replaceable(path, ours, replace=replace)
    for earlier in [] if ours is None else _files_there(path, ours):
        if not replace:
            raise BadRequest(
                f"{str(earlier)!r} exists; it was made by an edit to {name!r}",
                hint="choose another name, or say --replace",
            )
        if any(_is_same(earlier, source) for source in sources):
            raise BadRequest(f"{str(earlier)!r} is a recording that this edit reads", hint="choose another name")
    return path


def check_pieces(out: Path, pieces: Sequence[Path], sources: Sequence[str], *, replace: bool) -> None:
    """The same for the several files of a slicing, once it is known how many there are."""
    ours = read_sidecar(out)
    for piece in pieces:
        if any(_is_same(piece, source) for source in sources):
            raise BadRequest(
                f"{str(piece)!r} is the recording itself, which is never changed", hint="choose another name"
            )
        if os.path.lexists(piece):
            _check_replaceable(piece, ours, replace=replace)


def _check_replaceable(path: Path, ours: Mapping[str, Any] | None, *, replace: bool) -> None:
    is_ours = ours is not None and _matches(path, ours)
    if is_ours and replace:
        return
    if is_ours:
        raise BadRequest(f"{str(path)!r} exists; it was made by an edit", hint="choose another name, or say --replace")
    raise BadRequest(f"{str(path)!r} exists and is not the result of an edit", hint="choose another name")


def _is_same(path: Path, source: str) -> bool:
    """Whether both names lead to one file: by links, hard links, or another spelling."""
    try:
        return path.samefile(source)
    except (OSError, ValueError):
        return os.path.realpath(path) == os.path.realpath(source)


def read_sidecar(out: str | Path) -> dict[str, Any] | None:
    """What the sidecar of an output says; None where there is none of ours."""
    path = sidecar_of(out)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode) or path.stat().st_size > _LARGEST_SIDECAR:
            return None
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(read, dict) or read.get("made_by") != MADE_BY or not isinstance(read.get("files"), list):
        return None
    return read


def remove_edit(out: str | Path) -> tuple[Path, ...]:
    """Take an edit back: remove its files and its sidecar; which files were removed.

    Raises
    ------
    BadRequest
        It has no sidecar of ours, one that names files elsewhere, or a file is no longer what was made, and then
        nothing is removed.
    """
    ours = read_sidecar(out)
    if ours is None:
        raise BadRequest(
            f"{os.fspath(out)!r} has no sidecar that says it was made by an edit", hint="remove it by hand"
        )
    if len(_names(ours)) != len(ours["files"]):
        raise BadRequest(f"the sidecar of {os.fspath(out)!r} names what is not beside it", hint="remove it by hand")
    there = _files_there(Path(out), ours)
    for path in there:
        if not _matches(path, ours):
            raise BadRequest(f"{str(path)!r} was changed since it was made, so it stays", hint="remove it by hand")
    try:
        for path in there:
            path.unlink()
        sidecar_of(out).unlink()
    except OSError as error:
        raise BadRequest(f"{error.filename!r} could not be removed: {error.strerror}") from error
    return tuple(there)


def _names(ours: Mapping[str, Any]) -> list[str]:
    """The names in a sidecar that can only be those of files beside it."""
    names = [entry.get("name") for entry in ours["files"] if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str) and name == Path(name).name and "\0" not in name]


def _files_there(out: Path, ours: Mapping[str, Any]) -> list[Path]:
    """The files of an edit that are still there, changed or not."""
    paths = [out.parent / name for name in dict.fromkeys(_names(ours))]
    return [path for path in paths if os.path.lexists(path)]


def _matches(path: Path, ours: Mapping[str, Any]) -> bool:
    """Whether a file is, by its name and content, one that the sidecar names; never by way of a link."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return False
    hashes = [e.get("sha256") for e in ours["files"] if isinstance(e, dict) and e.get("name") == path.name]
    return bool(hashes) and hash_file(path) in hashes


def hash_file(path: str | Path) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def temporary_files(out: Path) -> Iterator[list[Path]]:
    """A list to put the temporary files in that `new_temporary` names; whatever is left of them goes at the end."""
    made: list[Path] = []
    try:
        yield made
    finally:
        for path in made:
            path.unlink(missing_ok=True)


def new_temporary(out: Path, made: list[Path]) -> Path:
    """Beside the output, so that its last step is a rename on one disk."""
    path = out.with_name(f".grym-{uuid.uuid4().hex}{out.suffix}")
    made.append(path)
    return path


def put_in_place(
    moves: Sequence[tuple[Path, Path]], sidecar: Mapping[str, Any], out: Path, made: list[Path], *, replace: bool
) -> None:
    """Give finished files their names, the sidecar first: what lies there afterwards can always be told to be ours.

    What replaces an earlier edit begins with a sidecar that names the files of both, and ends with its own.

    Raises
    ------
    BadRequest
        A name was taken while we worked, or the folder cannot be written to.
    """
    beside, earlier = sidecar_of(out), read_sidecar(out)
    target = beside
    try:
        last = _write_text(_as_text(sidecar), new_temporary(beside, made))
        steps = [(last, beside), *moves]
        if earlier is not None and replace:
            both = _as_text({**earlier, "files": [*earlier["files"], *sidecar["files"]]})
            steps = [(_write_text(both, new_temporary(beside, made)), beside), *moves, (last, beside)]
        elif earlier is not None and not _files_there(out, earlier) and not any(os.path.lexists(to) for _, to in moves):
            beside.unlink()  # of an edit whose files are gone
        with _taken_back() as placed:
            for source, target in steps:
                over = replace and earlier is not None and _is_of(target, out, earlier)
                _rename(source, target, replace=over)
                if not over:
                    placed.append(target)
        _sync_folder(out.parent)
    except FileExistsError as error:
        raise BadRequest(f"{str(target)!r} was put there while we worked", hint="choose another name") from error
    except OSError as error:
        raise no_room(error, out.parent) from error


def _is_of(path: Path, out: Path, ours: Mapping[str, Any]) -> bool:
    """Whether it is the sidecar of an edit, or there and one of its files as they were made."""
    return path == sidecar_of(out) or (os.path.lexists(path) and _matches(path, ours))


@contextlib.contextmanager
def _taken_back() -> Iterator[list[Path]]:
    """A list to put new files in, which are removed again if not everything goes well."""
    placed: list[Path] = []
    try:
        yield placed
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise


def _write_text(text: str, path: Path) -> Path:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def _as_text(sidecar: Mapping[str, Any]) -> str:
    """JSON with letters as they are, but for names that are no text (broken bytes), which are spelt out."""
    text = json.dumps(sidecar, indent=1, ensure_ascii=False, allow_nan=False)
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = json.dumps(sidecar, indent=1, allow_nan=False)
    return text + "\n"


def _rename(source: Path, target: Path, *, replace: bool) -> None:
    """Rename; without `replace` never over a file, even one that appears in this very moment."""
    if replace:
        source.replace(target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:  # a disk without hard links
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES):
            raise
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))  # keeps the name for us
        with _taken_back() as placed:
            placed.append(target)
            source.replace(target)
        return
    source.unlink()


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system can
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_left_over(out: Path, before: Mapping[str, Any] | None, names: Sequence[str], sources: Sequence[str]) -> None:
    """Remove what an edit that was replaced had made and this one did not make again; only what is still as it was.

    What this one was made from stays in any case.
    """
    if before is None:
        return
    for path in _files_there(out, before):
        is_kept = path.name in names or any(_is_same(path, source) for source in sources)
        if not is_kept and _matches(path, before):
            path.unlink()
