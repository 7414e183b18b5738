"""A pack: a manifest, its signature, and objects named by their own hash. It is checked whole before it is read.

    manifest.json    {"format":"grym-pack/1","made_at":1795420295,"objects":[...],"signer":"grym1..."}
    signature        64 bytes
    objects/SHA256   in the order of the manifest; JSON as zlib packs it, or sound as it is

Each object of the manifest is {"kind":"labels","sha256":"...","size":120,"unpacked":800}; of sound also "name".
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import BadRequest, Unavailable
from .container import BadPack, Member, content_of, read_container, write_container
from .keys import OwnKey, is_signed, read_key

FORMAT = "grym-pack/1"
KINDS = ("recordings", "labels", "features", "notes", "ear")
AUDIO = "audio"
MOST_UNPACKED = 200 << 20  # bytes of all objects but sound
_MOST_MANIFEST = 1 << 20
_SIGNED = b"grym-pack/1 manifest\n"
_SHA256 = re.compile("[0-9a-f]{64}")
_FILE_NAME = re.compile(r"(?!\.)[\w ()+,.-]{1,120}(?<![ .])", re.ASCII)
_MOST_AT = 1 << 40  # seconds


@dataclass(frozen=True, slots=True)
class Entry:
    """An object, as the manifest tells of it; sizes in bytes. `name` is that of a sound."""

    kind: str
    sha256: str
    size: int
    unpacked: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose signature and objects were checked. `id` is the hash of its manifest."""

    path: Path
    id: str
    signer: str
    made_at: int
    entries: tuple[Entry, ...]
    documents: Mapping[str, Any]  # JSON by kind

    @property
    def sounds(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind == AUDIO)

    def sound(self, entry: Entry) -> bytes:
        """The bytes of a sound, checked anew."""
        with _opened(self.path) as file:
            members = {member.name: member for member in read_container(file)}
            return _checked(file, members[f"objects/{entry.sha256}"], entry)


def write_pack(
    path: Path, key: OwnKey, made_at: int, documents: Mapping[str, Any], sounds: Sequence[tuple[str, bytes]] = ()
) -> str:
    """Write a pack whole or not at all, never over another file; its id. The same content gives the same bytes.

    documents : JSON by kind, of KINDS
    sounds : name and bytes of each
    """
    entries, contents = [], list[bytes]()
    for kind in KINDS:
        if kind in documents:
            plain = canonical(documents[kind])
            packed = zlib.compress(plain, 9)
            entries.append(_entry_to_json(Entry(kind, _sha256(packed), len(packed), len(plain))))
            contents.append(packed)
    for name, content in sorted(sounds):
        entries.append(_entry_to_json(Entry(AUDIO, _sha256(content), len(content), len(content), name)))
        contents.append(content)
    manifest = canonical({"format": FORMAT, "made_at": made_at, "objects": entries, "signer": key.text})
    _read_manifest(manifest)  # what nobody could read is not written
    objects = [(f"objects/{entry['sha256']}", content) for entry, content in zip(entries, contents, strict=True)]
    signature = key.sign(_message(manifest))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("xb") as file:
            write_container(file, [("manifest.json", manifest), ("signature", signature), *objects])
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError as error:
        raise BadRequest(f"{str(path)!r} is there already", hint="name a new file") from error
    except OSError as error:
        raise Unavailable(f"{str(path)!r} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return _sha256(manifest)


def read_pack(path: Path) -> Pack:
    """A pack that is whole and bears the signature of the key that it names. Whose key that is, is not asked here.

    Raises
    ------
    BadPack
        It is not.
    Unavailable
        The file cannot be read.
    """
    try:
        return _read(path)
    except BadPack as error:
        hint = error.hint or "ask for it again; nothing of it was used"
        raise BadPack(f"{path.name!r} is no pack as it was signed: {error}", hint=hint) from error


def _read(path: Path) -> Pack:
    with _opened(path) as file:
        members = read_container(file)
        if [member.name for member in members[:2]] != ["manifest.json", "signature"]:
            raise BadPack("it does not begin with a manifest and a signature")
        if members[0].size > _MOST_MANIFEST or members[1].size != 64:
            raise BadPack("its manifest or its signature has a size that none has")
        manifest = content_of(file, members[0])
        signer, made_at, entries = _read_manifest(manifest)
        if not is_signed(signer, content_of(file, members[1]), _message(manifest)):
            raise BadPack("its signature is not that of the key that it names")
        if [member.name for member in members[2:]] != [f"objects/{entry.sha256}" for entry in entries]:
            raise BadPack("it holds other objects than its manifest tells of")
        documents = {}
        for member, entry in zip(members[2:], entries, strict=True):
            content = _checked(file, member, entry)
            if entry.kind != AUDIO:
                documents[entry.kind] = _parsed(_unpacked(content, entry), entry.kind)
    return Pack(path, _sha256(manifest), signer, made_at, entries, documents)


def canonical(value: Any) -> bytes:
    """JSON in one form: keys sorted, no space, UTF-8; raises ValueError for a number that is not finite."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def _opened(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            raise BadRequest(f"{str(path)!r} is no file" if path.exists() else f"there is no file {str(path)!r}")
        return path.open("rb")
    except OSError as error:
        raise Unavailable(f"{str(path)!r} cannot be read: {error.strerror}") from error


def _message(manifest: bytes) -> bytes:
    return _SIGNED + hashlib.sha256(manifest).digest()


def _read_manifest(content: bytes) -> tuple[str, int, tuple[Entry, ...]]:
    """Signer, time and objects; nothing else may stand there, and only in one form."""
    raw = _parsed(content, "manifest")
    if not isinstance(raw, dict) or not str(raw.get("format", "")).startswith("grym-pack/"):
        raise BadPack("its manifest is not that of a pack")
    if raw["format"] != FORMAT:
        raise BadPack(
            f"it is of format {str(raw['format'])[:40]!r}, and this version reads {FORMAT!r}", hint="update grym-synth"
        )
    if set(raw) != {"format", "made_at", "objects", "signer"} or canonical(raw) != content:
        raise BadPack("its manifest is not in the one form that there is")
    made_at, objects = raw["made_at"], raw["objects"]
    if type(made_at) is not int or not 0 < made_at < _MOST_AT or not isinstance(objects, list):
        raise BadPack("its manifest names no time, or no objects")
    if not isinstance(raw["signer"], str):
        raise BadPack("its manifest names no signer")
    try:
        read_key(raw["signer"])
    except BadRequest as error:
        raise BadPack(f"its manifest names no signer: {error}") from error
    entries = tuple(map(_entry, objects))
    if len({entry.sha256 for entry in entries}) < len(entries):
        raise BadPack("it tells of one object twice")
    kinds = [entry.kind for entry in entries if entry.kind != AUDIO]
    if kinds != [kind for kind in KINDS if kind in kinds]:
        raise BadPack("its objects are not in their order, or one kind is there twice")
    names = [entry.name.casefold() for entry in entries if entry.kind == AUDIO]
    if len(set(names)) < len(names):
        raise BadPack("two sounds of it have one name")
    if sum(entry.unpacked for entry in entries if entry.kind != AUDIO) > MOST_UNPACKED:
        raise BadPack(f"it unpacks to more than {MOST_UNPACKED >> 20} MB")
    return raw["signer"], made_at, entries


def _entry(raw: Any) -> Entry:
    wanted = {"kind", "sha256", "size", "unpacked"}
    if not isinstance(raw, dict) or set(raw) != (wanted | {"name"} if raw.get("kind") == AUDIO else wanted):
        raise BadPack("its manifest tells of an object in another way than packs do")
    kind, sha256, sizes = raw["kind"], raw["sha256"], (raw["size"], raw["unpacked"])
    if kind not in (*KINDS, AUDIO) or not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise BadPack(f"its manifest tells of an object of an unknown kind ({str(kind)[:40]!r}) or without a hash")
    if not all(type(size) is int and 0 < size < 1 << 31 for size in sizes):
        raise BadPack("its manifest gives an object a size that none has")
    name = raw.get("name", "")
    if kind == AUDIO and (not isinstance(name, str) or not _FILE_NAME.fullmatch(name) or sizes[0] != sizes[1]):
        raise BadPack(f"it holds a sound under a name that no file gets: {str(name)[:80]!r}")
    return Entry(kind, sha256, *sizes, name)


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    told = {"kind": entry.kind, "sha256": entry.sha256, "size": entry.size, "unpacked": entry.unpacked}
    return told | ({"name": entry.name} if entry.kind == AUDIO else {})


def _checked(file: BinaryIO, member: Member, entry: Entry) -> bytes:
    if member.size != entry.size:
        raise BadPack(f"its object {entry.sha256[:12]} has another size than its manifest says")
    content = content_of(file, member)
    if _sha256(content) != entry.sha256:
        raise BadPack(f"its object {entry.sha256[:12]} was changed")
    return content


def _unpacked(content: bytes, entry: Entry) -> bytes:
    unpack = zlib.decompressobj()
    try:
        plain = unpack.decompress(content, entry.unpacked + 1)
    except zlib.error as error:
        raise BadPack(f"its {entry.kind} are not packed as they should be") from error
    if len(plain) != entry.unpacked or not unpack.eof or unpack.unused_data:
        raise BadPack(f"its {entry.kind} unpack to another size than its manifest says")
    return plain


def _parsed(content: bytes, what: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadPack(f"its {what} cannot be read as JSON") from error


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
