"""The file that spares reading the whole store at a cold start: columns as they lie in memory, behind a header.

Disposable: written to a temporary file that takes the place of the old one whole, and given up at the first thing in
it that is not as expected.
"""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np

from .aspects import FloatArray, fit
from .safe_file import replace_file
from .shelf import Shelf, views

log = logging.getLogger(__name__)

_MAGIC, _VERSION = b"grym shelf", 1


def save_shelf(path: Path, shelf: Shelf) -> None:
    """Write a shelf; raises OSError when it cannot be written."""
    columns = {**{f"figure {k}": v for k, v in shelf.figures.items()}, **{f"tag {k}": v for k, v in shelf.tags.items()}}
    told = {
        "seq": shelf.seq,
        "recipe": shelf.recipe,
        "left_out": shelf.left_out,
        "sha256": shelf.sha256,
        "paths": shelf.paths,
        "words": {name: list(column) for name, column in shelf.words.items()},
        "columns": list(columns),
    }
    texts = json.dumps(told).encode()
    data = [shelf.matrix.astype("<f4"), *(column.astype("<f4") for column in columns.values())]
    header = {"version": _VERSION, "fit": fit(), "rows": len(shelf), "width": shelf.matrix.shape[1]}
    header |= {"columns": len(columns), "texts": len(texts), "texts_sha256": hashlib.sha256(texts).hexdigest()}
    first = json.dumps(header).encode()
    replace_file(path, [_MAGIC, len(first).to_bytes(4, "little"), first, texts, *(part.tobytes() for part in data)])


def load_shelf(path: Path) -> Shelf | None:
    """The shelf of a file, None, and the file removed, when it is no good."""
    try:
        return _load(path)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("the cache of the library is no good and is made again", extra={"reason": str(error)})
        try:
            path.unlink(missing_ok=True)
        except OSError:
            log.warning("and it cannot be removed: %s", path)
        return None


def _load(path: Path) -> Shelf:
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("no cache of ours")
        header: dict[str, Any] = json.loads(file.read(int.from_bytes(file.read(4), "little")))
        if (header["version"], header["fit"]) != (_VERSION, fit()):
            raise ValueError("written by another version")
        texts, start = file.read(header["texts"]), file.tell()
        if hashlib.sha256(texts).hexdigest() != header["texts_sha256"]:
            raise ValueError("its texts are damaged")
        n, width, count = header["rows"], header["width"], header["columns"]
        if path.stat().st_size != start + 4 * n * (width + count):
            raise ValueError("it is cut off")
    told = json.loads(texts)
    data: FloatArray = np.fromfile(path, "<f4", n * (width + count), offset=start)
    matrix, rest = data[: n * width].reshape(n, width), data[n * width :].reshape(count, n)
    columns = dict(zip(told["columns"], rest, strict=True))
    if len(told["sha256"]) != n or len(told["paths"]) != n:
        raise ValueError("its texts do not belong to its numbers")
    return Shelf(
        told["seq"],
        tuple(told["sha256"]),
        tuple(map(tuple, told["paths"])),
        {name[7:]: column for name, column in columns.items() if name.startswith("figure ")},
        {name: tuple(column) for name, column in told["words"].items()},
        {name[4:]: column for name, column in columns.items() if name.startswith("tag ")},
        views(matrix),
        told["recipe"],
        told["left_out"],
        matrix,
    )
