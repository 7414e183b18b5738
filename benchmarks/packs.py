"""Packs that were tampered with, before one who trusts their signer: how many come through.

python -m benchmarks.packs [COUNT]
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.unit.sharing.mutations import Original, mutated
from tests.unit.sharing.receiver import House, sender

from benchmarks.rows import Row, write_table
from grym_synth.errors import BadRequest
from grym_synth.sharing.collecting import collect
from grym_synth.sharing.pack import read_pack
from grym_synth.sharing.taking import look, take

COMMAND = "python -m benchmarks.packs"


def original_of(house: House, path: Path) -> Original:
    """A whole pack of this person."""
    what = ("labels", "features", "notes")
    return Original(house.export(path, what).read_bytes(), house.key, dict(collect(house.stock, what).documents))


def refused(folder: Path, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How many tampered packs were refused, by what was done to them; and what is wrong with each other one."""
    ben, eve, receiver = sender(folder / "ben"), sender(folder / "eve"), House(folder / "anna")
    receiver.has("kick")
    receiver.shared.trust(ben.key.text, "Ben")
    eve.note("/home/eve/other.md", "# Other\n\nAnother text.\n")
    original, other = original_of(ben, folder / "ben.grym"), original_of(eve, folder / "eve.grym")
    path, told, faults = folder / "tampered.grym", Counter[str](), list[str]()
    before = {each for each in folder.rglob("*") if each.parent != folder / "anna"} | {path}
    for kind, content in mutated(original, other, count, seed):
        path.write_bytes(content)
        try:
            take(receiver.own, look(receiver.own, read_pack(path)))
            faults.append(f"{kind}: came through")
        except BadRequest as error:
            told[kind] += 1
            if not str(error):
                faults.append(f"{kind}: no word of why")
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a fault
            faults.append(f"{kind}: {error!r}")
    if receiver.shared.packs() or receiver.knowledge.sources():
        faults.append("something was kept")
    if new := {each for each in folder.rglob("*") if each.parent != folder / "anna"} - before:
        faults.append(f"files appeared: {sorted(map(str, new))[:3]}")
    return told, faults


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        told, faults = refused(Path(folder), count, seed=1)
    for kind, number in sorted(told.items()):
        print(f"{number:5} {kind}")
    for fault in faults:
        print(fault)
    what = f"tampered packs, of which came through; faults (crash, file outside, no reason), {len(told)} kinds"
    through = sum("came through" in fault for fault in faults)
    write_table([Row(what, f"{count:,}, {through}; {len(faults)}", "1,000, 0; 0", COMMAND)])


if __name__ == "__main__":
    main()
