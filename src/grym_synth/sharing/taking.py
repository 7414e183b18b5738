"""Taking a pack in: what it would change, the change itself, and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadRequest
from ..messages import Json
from ..storage.knowledge import Knowledge
from ..storage.knowledge_rows import Section, SourceRow
from ..storage.library import Library
from ..storage.sharing import Fit, Shared, SharedRow
from ..storage.teachings import Teachings
from .contents import read_recordings, read_rows
from .fitting import Alike, fits_of
from .keys import fingerprint, short
from .pack import Pack

#: Kinds of rows that speak of recordings: without a fitting one of one's own they wait.
_OF_RECORDINGS = ("label", "correction", "preference", "feature")

Keep = Callable[[SourceRow, str, Sequence[Section]], None]  # a source, with its text, into the knowledge base


@dataclass(frozen=True, slots=True)
class Own:
    """What a pack is held against."""

    shared: Shared
    teachings: Teachings
    library: Library
    knowledge: Knowledge
    alike: Alike
    keep: Keep


@dataclass(frozen=True, slots=True)
class Looked:
    """A pack that was read whole and held against one's own things; nothing has changed yet."""

    pack: Pack
    rows: tuple[SharedRow, ...]
    fits: tuple[Fit, ...]
    name: str  # of the signer; ""
    is_trusted: bool
    is_here: bool
    is_newest: bool  # of this signer
    used: Mapping[str, int] = field(default_factory=dict)  # rows by kind that would hold at once
    waiting: Mapping[str, int] = field(default_factory=dict)  # for a recording that is not here
    refused: Sequence[tuple[str, str, str]] = ()  # content there, content here, why
    differs: Sequence[Mapping[str, Json]] = ()  # where the owner said otherwise, whose word stands

    def to_json(self) -> dict[str, Json]:
        fits = Counter(fit.fit for fit in self.fits)
        return {
            "pack": self.pack.id, "signer": self.pack.signer, "name": self.name, "trusted": self.is_trusted,
            "fingerprint": fingerprint(self.pack.signer), "made_at": self.pack.made_at, "here": self.is_here,
            "newest": self.is_newest, "holds": dict(Counter(row.kind for row in self.rows)),
            "recordings": {kind: fits[kind] for kind in ("copy", "same", "disagrees", "none")},
            "used": dict(self.used), "waiting": dict(self.waiting),
            "refused": [{"recording": there, "own": here, "why": why} for there, here, why in self.refused],
            "differs": [dict(each) for each in self.differs],
            "sounds": [{"name": entry.name, "size": entry.size} for entry in self.pack.sounds],
        }  # fmt: skip


def look(own: Own, pack: Pack) -> Looked:
    """What a pack says, and how it fits one's own recordings and words.

    Raises
    ------
    BadPack
        Something in it cannot be; nothing of it is used then.
    """
    recordings, rows = read_recordings(pack.documents), read_rows(pack.documents)
    contents = {each for row in rows if row.kind in _OF_RECORDINGS for each in _contents(row)}
    if unknown := contents - {item.sha256 for item in recordings}:
        raise BadRequest(f"it speaks of {len(unknown)} recordings that it does not describe", hint="nothing was taken")
    sha256s = [item.sha256 for item in recordings]
    near = {item.sha256: tuple(own.alike(item.print)) if item.print is not None else () for item in recordings}
    asked = [*sha256s, *(content for found in near.values() for content, _ in found)]
    there = {content for content, _ in own.library.paths(asked)}
    described = {item.sha256: item for item in own.library.described(asked, with_fragments=False)}
    fits = fits_of(
        recordings, {each: item for each, item in described.items() if each in there}, lambda heard: near[heard.sha256]
    )
    by_content = {fit.sha256: fit for fit in fits}
    used, waiting = Counter[str](), Counter[str]()
    for row in rows:
        kinds = {by_content[each].fit for each in _contents(row)} if row.kind in _OF_RECORDINGS else {"copy"}
        if kinds <= {"copy", "same"}:
            used[row.kind] += 1
        elif "disagrees" not in kinds:
            waiting[row.kind] += 1
    packs = own.shared.packs()
    before = [each for each in packs if each.signer == pack.signer and each.id != pack.id]
    return Looked(
        pack, tuple(rows), tuple(fits), own.shared.trusted().get(pack.signer, ""),
        pack.signer in own.shared.trusted(), any(each.id == pack.id for each in packs),
        all((each.made_at, each.id) < (pack.made_at, pack.id) for each in before), used, waiting,
        tuple((fit.sha256, fit.own, fit.why) for fit in fits if fit.fit == "disagrees"),
        tuple(_differing(own.teachings, rows, by_content)),
    )  # fmt: skip


def take(own: Own, looked: Looked) -> bool:
    """Take a pack in: its rows in one transaction, then its notes; whether it was not here before."""
    pack = looked.pack
    is_new = own.shared.put(pack.id, pack.signer, pack.made_at, looked.rows, looked.fits)
    bring_notes(own)
    return is_new


def take_back(own: Own, id: str) -> str:
    """Take back one pack, named by its id or the beginning of it; the id.

    Raises
    ------
    BadRequest
        None, or more than one, is named so.
    """
    found = [each.id for each in own.shared.packs() if each.id.startswith(id)] if id else []
    if len(found) != 1:
        what = "no pack" if not found else f"{len(found)} packs"
        raise BadRequest(f"{what} of that name was taken in: {id[:64]!r}", hint="`grym share list` shows them")
    own.shared.drop(found[0])
    bring_notes(own)
    return found[0]


def bring_notes(own: Own) -> None:
    """Let the knowledge base hold the notes of the packs that are here, and no other of others.

    It may be cut off anywhere, and is done again whenever a hub opens: what it does follows from what there is.
    """
    wanted = {f"{short(signer)}:{key}": (signer, value) for signer, key, value in own.shared.rows("note")}
    held = {item.address: item for item in own.knowledge.sources() if item.author_key}
    for address in held.keys() - wanted.keys():
        own.knowledge.forget(address)
    for address, (signer, value) in wanted.items():
        row: Any = value
        if address in held and held[address].sha256 == row["sha256"]:
            continue
        if address in held:  # of a pack that speaks no longer: not even as an earlier version does it stay
            own.knowledge.forget(address)
        sections = [Section(start, title, level) for start, title, level in row["sections"]]
        source = SourceRow(
            address, row["kind"], row["domain"], row["topic"], row["title"], row["sha256"], 1,
            row["read_at"], row["read_at"], author_key=signer,
        )  # fmt: skip
        own.keep(source, row["text"], sections)


def _contents(row: SharedRow) -> list[str]:
    """The recordings that a row speaks of, which its key begins with."""
    words = row.key.split(" ")
    return words[:3] if row.kind == "preference" else words[:1]


def _differing(teachings: Teachings, rows: Sequence[SharedRow], fits: Mapping[str, Fit]) -> list[dict[str, Json]]:
    """What the owner said otherwise of the same recording: his word stands."""
    labels = {(item.sha256, item.label): item.is_so for item in teachings.labels()}
    corrected = {(item.sha256, item.field): item.value for item in teachings.corrections()}
    found = []
    for row in rows:
        if row.kind not in ("label", "correction"):
            continue
        value: Any = row.value
        mine = fits[_contents(row)[0]].own
        name = value["label"] if row.kind == "label" else value["field"]
        said = labels.get((mine, name)) if row.kind == "label" else corrected.get((mine, name))
        theirs = value["is_so"] if row.kind == "label" else value["value"]
        if mine and said is not None and said != theirs:
            found.append({"own": mine, "name": name, "yours": said, "theirs": theirs})
    return found
