"""What was taken in from others, pack by pack, and whom the owner trusts.

What holds is a function of the packs that are there, whatever the order in which they came: of each kind of thing the
newest pack of a signer speaks for that signer. So merging needs no history, and to take a pack back is to drop it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..messages import Json
from .store import Store, from_text, to_text

FitKind = Literal["copy", "same", "disagrees", "none"]  # same bytes · same sound · neither told of it alike · not here


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One thing that a pack says. The key of what speaks of a recording begins with its content hash."""

    kind: str  # "label" "correction" "preference" "feature" "note" "ear"
    key: str
    value: Json


@dataclass(frozen=True, slots=True)
class Fit:
    """Which recording of the receiver's own one of a pack is; `likeness` 0..1, `why` it disagrees."""

    sha256: str
    own: str
    fit: FitKind
    likeness: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class TakenPack:
    """A pack that is here; `speaks` names the kinds in which no newer one of its signer speaks instead."""

    id: str
    signer: str
    name: str  # that the owner gave the signer; ""
    made_at: int
    taken_at: float
    counts: Mapping[str, int] = field(default_factory=dict)
    speaks: tuple[str, ...] = ()
    fits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a signer says of a recording."""

    signer: str
    name: str
    value: Any

    @property
    def who(self) -> str:
        """ "Ben (grym1abcd2345)": the name that the owner gave, and the beginning of the key."""
        return f"{self.name} ({self.signer[:13]})" if self.name else self.signer[:13]


class Shared:
    """Every method is one short transaction, or one query, and raises StoreUnavailable as the store does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- whom one trusts --------------------------------------------------------------------------------------------

    def trust(self, key: str, name: str = "") -> None:
        with self._store.transaction() as db:
            query = (
                "INSERT INTO trusted_keys VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
                " name = CASE WHEN excluded.name = '' THEN trusted_keys.name ELSE excluded.name END"
            )
            db.execute(query, (key, to_text(name), time.time()))

    def distrust(self, key: str) -> bool:
        """Whether the key was trusted. What it signed and was taken in stays until it is taken back."""
        with self._store.transaction() as db:
            return db.execute("DELETE FROM trusted_keys WHERE key = ?", (key,)).rowcount > 0

    def trusted(self) -> dict[str, str]:
        """Names by key."""
        rows = self._store.read("SELECT key, name FROM trusted_keys ORDER BY at, key")
        return {key: from_text(name) for key, name in rows}

    # --- packs ------------------------------------------------------------------------------------------------------

    def put(self, id: str, signer: str, made_at: int, rows: Sequence[SharedRow], fits: Iterable[Fit]) -> bool:
        """Take a pack in, whole or not at all; of one that is here only the fits are new. Whether it was not here."""
        with self._store.transaction() as db:
            is_new = db.execute(
                "INSERT INTO shared_packs VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (id, signer, made_at, time.time()),
            ).rowcount
            if is_new:
                values = [(id, row.kind, to_text(row.key), json.dumps(row.value)) for row in rows]
                db.executemany("INSERT INTO shared_rows VALUES (?, ?, ?, ?)", values)
                db.execute(
                    "INSERT INTO shared_parts (pack, kind, count)"
                    " SELECT pack, kind, count(*) FROM shared_rows WHERE pack = ? GROUP BY kind",
                    (id,),
                )
            db.execute("DELETE FROM shared_fits WHERE pack = ?", (id,))
            db.executemany(
                "INSERT INTO shared_fits VALUES (?, ?, ?, ?, ?, ?)",
                [(id, fit.sha256, fit.own, fit.fit, fit.likeness, fit.why) for fit in fits],
            )
            db.execute(_SPEAKS, (signer,))
        return bool(is_new)

    def drop(self, id: str) -> bool:
        """Take a pack back, whole; whether it was here."""
        with self._store.transaction() as db:
            found = db.execute("SELECT signer FROM shared_packs WHERE id = ?", (id,)).fetchone()
            if found is None:
                return False
            for table in ("shared_rows", "shared_parts", "shared_fits"):
                db.execute(f"DELETE FROM {table} WHERE pack = ?", (id,))
            db.execute("DELETE FROM shared_packs WHERE id = ?", (id,))
            db.execute(_SPEAKS, found)
        self._store.empty_log()
        return True

    def forget_note(self, address: str) -> None:
        """Forget a note that came with a pack, "grym1abcd2345:address", so that it does not come back."""
        signer, _, key = address.partition(":")
        if not key:
            return
        with self._store.transaction() as db:
            query = (
                "DELETE FROM shared_rows WHERE kind = 'note' AND key = ?"
                " AND pack IN (SELECT id FROM shared_packs WHERE substr(signer, 1, 13) = ?)"
            )
            db.execute(query, (to_text(key), signer))
        self._store.empty_log()

    def packs(self) -> list[TakenPack]:
        """Every pack that is here, the latest taken first."""
        names = self.trusted()
        parts: dict[str, list[tuple[str, int, int]]] = {}
        for pack, kind, count, speaks in self._store.read("SELECT pack, kind, count, speaks FROM shared_parts"):
            parts.setdefault(pack, []).append((kind, count, speaks))
        fits: dict[str, dict[str, int]] = {}
        for pack, fit, count in self._store.read("SELECT pack, fit, count(*) FROM shared_fits GROUP BY pack, fit"):
            fits.setdefault(pack, {})[fit] = count
        rows = self._store.read(
            "SELECT id, signer, made_at, taken_at FROM shared_packs ORDER BY taken_at DESC, made_at DESC, id"
        )
        return [
            TakenPack(
                id, signer, names.get(signer, ""), made_at, taken_at,
                {kind: count for kind, count, _ in parts.get(id, ())},
                tuple(kind for kind, _, speaks in parts.get(id, ()) if speaks), fits.get(id, {}),
            )
            for id, signer, made_at, taken_at in rows
        ]  # fmt: skip

    def rows(self, kind: str, *, pack: str = "") -> list[tuple[str, str, Json]]:
        """(signer, key, value) of all that is said of a kind and holds, by signer and key; or of one pack alone."""
        query = (
            "SELECT signer, key, value FROM shared_rows AS r JOIN shared_parts USING (pack, kind)"
            f" JOIN shared_packs AS p ON p.id = r.pack WHERE kind = ? AND {'pack = ?' if pack else 'speaks = 1'}"
            " ORDER BY signer, key"
        )
        values = (kind, pack) if pack else (kind,)
        return [(signer, from_text(key), json.loads(value)) for signer, key, value in self._store.read(query, values)]

    def lacks_notes(self) -> bool:
        """Whether the knowledge base holds more or fewer notes of others than there are."""
        query = (
            "SELECT (SELECT count(DISTINCT signer || key) FROM shared_rows JOIN shared_parts USING (pack, kind)"
            " JOIN shared_packs ON id = pack WHERE kind = 'note' AND speaks = 1),"
            " (SELECT count(*) FROM knowledge_sources WHERE is_latest = 1 AND author_key <> '')"
        )
        wanted, held = self._store.read(query)[0]
        return bool(wanted != held)

    # --- what is said of recordings ---------------------------------------------------------------------------------

    def said_of(self, own: str, kind: str) -> list[Said]:
        """What trusted signers say of a recording of one's own: those of the same bytes or the same sound."""
        return [said for _, said in self._said(kind, own)]

    def said(self, kind: str) -> list[tuple[str, Said]]:
        """The same of all: (content of one's own, what is said of it)."""
        return self._said(kind)

    def _said(self, kind: str, own: str = "") -> list[tuple[str, Said]]:
        query = (
            "SELECT own, signer, name, value FROM shared_fits AS f JOIN shared_rows AS r ON r.pack = f.pack"
            " AND r.kind = ? AND r.key >= f.sha256 AND r.key < f.sha256 || '!'"
            " JOIN shared_parts AS s ON s.pack = r.pack AND s.kind = r.kind AND s.speaks = 1"
            " JOIN shared_packs AS p ON p.id = f.pack JOIN trusted_keys ON trusted_keys.key = signer"
            f" WHERE {'own = ?' if own else 'own <> ?'} AND fit IN ('copy', 'same') ORDER BY signer, r.key"
        )
        rows = self._store.read(query, (kind, own))
        return [
            (mine, Said(signer, from_text(name), json.loads(value)))
            for mine, signer, name, value in dict.fromkeys(rows)
        ]

    def stamp(self) -> tuple[float, ...]:
        """Another one as soon as a pack or a key came or went."""
        query = (
            "SELECT (SELECT count(*) FROM shared_packs), (SELECT coalesce(sum(taken_at), 0.0) FROM shared_packs),"
            " (SELECT count(*) FROM shared_fits WHERE own <> ''),"
            " (SELECT coalesce(sum(at + length(name)), 0.0) FROM trusted_keys)"
        )
        return tuple(map(float, self._store.read(query)[0]))


#: Of the packs of one signer that hold a kind, the newest speaks; of two of one second, that of the greater id.
_SPEAKS = """
    UPDATE shared_parts SET speaks = CASE WHEN pack = (
        SELECT other.id FROM shared_packs AS other JOIN shared_parts AS part ON part.pack = other.id
        WHERE other.signer = ?1 AND part.kind = shared_parts.kind ORDER BY made_at DESC, other.id DESC LIMIT 1
    ) THEN 1 ELSE 0 END WHERE pack IN (SELECT id FROM shared_packs WHERE signer = ?1)
"""
