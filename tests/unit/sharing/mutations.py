"""Packs that were tampered with, by chance and by intent; those with `is_signed` by one whom the receiver trusts."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grym_synth.sharing.container import write_container
from grym_synth.sharing.keys import OwnKey
from grym_synth.sharing.pack import canonical

Members = list[tuple[str, bytes]]
_SIGNED = b"grym-pack/1 manifest\n"
_NAMES = (
    "../escaped", "/escaped", "objects/../../escaped", "C:\\escaped", "objects\\..\\escaped", "objects/",
    "manifest.json", "signature", "objects/" + "0" * 64, "objects/" + "A" * 64, "con", ".hidden", "a\nb",
)  # fmt: skip
_SOUND_NAMES = (
    "../a.wav",
    "/a.wav",
    "a/b.wav",
    ".a.wav",
    "a\0.wav",
    "a\n.wav",
    "",
    "a" * 300,
    "a.wav.",
    "a\\b.wav",
    "~",
)
_WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    10**400,
    "x",
    "",
    [],
    {},
    [[]],
    {"a": 1},
    "\x1b[2J",
    "\u202e",
    "a" * 5000,
)


@dataclass(frozen=True, slots=True)
class Original:
    """A pack that is whole: its bytes, its members, its documents, and the key that signed it."""

    content: bytes
    key: OwnKey
    documents: dict[str, Any]

    @property
    def members(self) -> Members:
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]


def mutated(original: Original, other: Original, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many tampered packs, each with what was done to it; of every kind about as many."""
    rng = random.Random(seed)
    for number in range(count):
        name = list(_KINDS)[number % len(_KINDS)]
        yield name, _KINDS[name](original, other, rng)


def forge(key: OwnKey, manifest: bytes, objects: Members) -> bytes:
    """A pack of these parts, truly signed."""
    signature = key.sign(_SIGNED + hashlib.sha256(manifest).digest())
    file = io.BytesIO()
    write_container(file, [("manifest.json", manifest), ("signature", signature), *objects])
    return file.getvalue()


def forged(original: Original, documents: dict[str, Any], *, raw: dict[str, bytes] | None = None) -> bytes:
    """A pack with these documents, truly signed; `raw` are objects that are no JSON of ours."""
    entries, objects = [], []
    for kind in ("recordings", "labels", "features", "notes", "ear"):
        if kind in documents or kind in (raw or {}):
            plain = (raw or {}).get(kind) or json.dumps(documents[kind]).encode()
            packed = zlib.compress(plain)
            sha256 = hashlib.sha256(packed).hexdigest()
            entries.append({"kind": kind, "sha256": sha256, "size": len(packed), "unpacked": len(plain)})
            objects.append((f"objects/{sha256}", packed))
    return forge(original.key, _manifest(original, entries), objects)


def _manifest(original: Original, entries: Any, **more: Any) -> bytes:
    return canonical({"format": "grym-pack/1", "made_at": 2000, "objects": entries, "signer": original.key.text} | more)


def _read_manifest(original: Original) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(original.members[0][1])
    return found


# --- by chance --------------------------------------------------------------------------------------------------------


def _bit(original: Original, other: Original, rng: random.Random) -> bytes:
    content = bytearray(original.content)
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _cut(original: Original, other: Original, rng: random.Random) -> bytes:
    return original.content[: rng.randrange(len(original.content))]


def _grown(original: Original, other: Original, rng: random.Random) -> bytes:
    more = rng.randbytes(rng.randint(1, 40))
    at = rng.choice((0, len(original.content), rng.randrange(len(original.content))))
    return original.content[:at] + more + original.content[at:]


def _zeroed(original: Original, other: Original, rng: random.Random) -> bytes:
    content = bytearray(original.content)
    while bytes(content) == original.content:
        at = rng.randrange(len(content))
        content[at : at + rng.randint(1, 64)] = bytes(len(content[at : at + rng.randint(1, 64)]))
    return bytes(content)


def _noise(original: Original, other: Original, rng: random.Random) -> bytes:
    return rng.choice(
        (b"", b"PK\x05\x06" + bytes(18), rng.randbytes(rng.randint(1, 3000)), b"RIFF" + rng.randbytes(40))
    )


# --- by intent, in the file -------------------------------------------------------------------------------------------


def _rewritten(original: Original, other: Original, rng: random.Random) -> bytes:
    """The same members in another archive: packed, dated, with a comment, in another order, encrypted by its flag."""
    file, members = io.BytesIO(), original.members
    how = rng.choice(("deflated", "dated", "comment", "order", "extra", "link"))
    if how == "order":
        members = [members[1], members[0], *members[2:]]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (2001 if how == "dated" else 1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED
            info.extra = struct.pack("<2H4s", 0x7075, 4, b"abcd") if how == "extra" else b""
            info.external_attr = 0xA1FF0000 if how == "link" else 0o600 << 16
            archive.writestr(info, content)
        archive.comment = b"hello" if how == "comment" else b""
    return file.getvalue()


def _named(original: Original, other: Original, rng: random.Random) -> bytes:
    """A member more, or one renamed, to a name that leads elsewhere."""
    file, members, name = io.BytesIO(), original.members, rng.choice(_NAMES)
    if rng.random() < 0.5:
        members.append((name, b"gotcha"))
    else:
        members[rng.randrange(2, len(members))] = (name, members[2][1])
    write_container(file, members)
    return file.getvalue()


def _swapped(original: Original, other: Original, rng: random.Random) -> bytes:
    """Manifest, signature or an object of another pack."""
    file, members = io.BytesIO(), original.members
    theirs = {content for _, content in other.members}
    place = rng.choice([place for place, (_, content) in enumerate(members) if content not in theirs])
    members[place] = (members[place][0], other.members[min(place, len(other.members) - 1)][1])
    write_container(file, members)
    return file.getvalue()


def _lacking(original: Original, other: Original, rng: random.Random) -> bytes:
    file, members = io.BytesIO(), original.members
    del members[rng.randrange(len(members))]
    write_container(file, members)
    return file.getvalue()


# --- by one whom the receiver trusts ----------------------------------------------------------------------------------


def _manifested(original: Original, other: Original, rng: random.Random) -> bytes:
    """A manifest that says what cannot be."""
    manifest, objects = _read_manifest(original), original.members[2:]
    entries = manifest["objects"]
    match rng.randrange(9):
        case 0:
            rng.choice(entries)[rng.choice(("size", "unpacked"))] += rng.choice((-1, 1, 10**6))
        case 1:
            rng.choice(entries)["kind"] = rng.choice(("code", "", "audio", "../labels"))
        case 2:
            rng.choice(entries)["sha256"] = rng.choice(("0" * 64, "../" + "0" * 61, "A" * 64))
        case 3:
            entries.append(copy.deepcopy(entries[0]))
        case 4:
            manifest["format"] = rng.choice(("grym-pack/2", "grym-pack/1.5", "zip", 1))
        case 5:
            manifest[rng.choice(("extra", "signer2", "__proto__"))] = 1
        case 6:
            manifest["signer"] = rng.choice(("grym1", original.key.text[:-1] + "a", original.key.text.upper(), 3))
        case 7:
            manifest["made_at"] = rng.choice((0, -5, 1.5, "now", True, 10**30))
        case _:
            plain = json.dumps(manifest, indent=1).encode()
            return forge(original.key, plain, objects)
    return forge(original.key, canonical(manifest), objects)


def _bomb(original: Original, other: Original, rng: random.Random) -> bytes:
    """Much in little: told, or not told."""
    packed = zlib.compress(bytes(rng.choice((1, 30)) << 20), 9)
    sha256 = hashlib.sha256(packed).hexdigest()
    told = rng.choice((100, len(packed), (1 << 31) - 1, 201 << 20, 1 << 40))
    entries = [{"kind": "labels", "sha256": sha256, "size": len(packed), "unpacked": told}]
    return forge(original.key, _manifest(original, entries), [(f"objects/{sha256}", packed)])


def _sounded(original: Original, other: Original, rng: random.Random) -> bytes:
    sha256 = hashlib.sha256(b"sound").hexdigest()
    entries = [{"kind": "audio", "sha256": sha256, "size": 5, "unpacked": 5, "name": rng.choice(_SOUND_NAMES)}]
    return forge(original.key, _manifest(original, entries), [(f"objects/{sha256}", b"sound")])


def _unread(original: Original, other: Original, rng: random.Random) -> bytes:
    """Objects that are no JSON, or JSON that no reader agrees on."""
    plain = rng.choice((
        b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"labels": [[' + b"1," * 1000, b'{"labels": [], "labels": [1]}',
        b'{"labels": NaN}', b'{"labels": [Infinity]}', b"null", b'"labels"', b"[1, 2, 3]", b'{"labels": "\\ud800"}',
        b"{" + b'"a":{' * 50_000,
    ))  # fmt: skip
    return forged(original, {"recordings": original.documents["recordings"]}, raw={"labels": plain or b" "})


def _typed(original: Original, other: Original, rng: random.Random) -> bytes:
    """One value somewhere in the documents replaced by what cannot stand there."""
    while True:
        documents = copy.deepcopy(original.documents)
        places = [place for place in _places(documents) if not _may_hold(place[1])]
        holder, key = rng.choice(places)
        before = copy.deepcopy(holder[key])
        holder[key] = rng.choice(_WRONG)
        if _is_other(before, holder[key], is_note=key == "text"):
            return forged(original, documents)


def _is_other(before: Any, after: Any, *, is_note: bool) -> bool:
    """Whether it cannot stand there: a number may stand for a number, and any text for the text of a note."""
    kinds = [
        "number" if isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < 1e300 else
        type(each).__name__ for each in (before, after)
    ]  # fmt: skip
    return kinds[0] != kinds[1] or (not is_note and after in ("\x1b[2J", "\u202e"))


def _unlisted(original: Original, other: Original, rng: random.Random) -> bytes:
    """Rows about recordings that are not described, or two about one thing."""
    documents = copy.deepcopy(original.documents)
    if rng.random() < 0.5:
        documents["labels"]["labels"].append(["0" * 64, "boom", True, 1.0])
    else:
        kind = rng.choice(("labels", "recordings", "notes", "features"))
        rows = documents["labels"]["labels"] if kind == "labels" else documents[kind]
        rows.append(copy.deepcopy(rows[0]))
    return forged(original, documents)


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], dict | list):
            found += _places(value[key])
    return found


def _may_hold(key: Any) -> bool:
    """Places where almost any text, or nothing, is as good as another."""
    return key in ("labels", "corrections", "preferences", "vectors", "figures", "words", "tags", "sections", "print")


_KINDS: dict[str, Callable[[Original, Original, random.Random], bytes]] = {
    "bit flipped": _bit, "cut": _cut, "grown": _grown, "zeroed": _zeroed, "noise": _noise, "rewritten": _rewritten,
    "name": _named, "swapped": _swapped, "lacking": _lacking, "manifest": _manifested, "bomb": _bomb,
    "name of a sound": _sounded, "no JSON": _unread, "wrong type": _typed, "unlisted": _unlisted, "bits": _bit,
}  # fmt: skip
