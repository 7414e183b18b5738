"""`grym share`: signed packs of what was taught, heard and read; whom one trusts, what came, and taking it back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, fail, for_terminal, perform

if TYPE_CHECKING:
    from ..hub import Hub
    from ..sharing.pack import Pack
    from ..sharing.taking import Own

WHAT = ("labels", "features", "notes", "ear")

app = typer.Typer(
    help="Signed packs of what you taught, heard and read, for others; and theirs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
PackArgument = Annotated[Path, typer.Argument(help="The pack.", metavar="PACK", show_default=False)]


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The new file.", metavar="OUT.grym", show_default=False)],
    what: Annotated[
        str, typer.Option(help="Which of labels, features, notes, ear; separated by commas.")
    ] = "labels,notes",
    audio: Annotated[
        list[Path] | None, typer.Option(help="A recording that goes along; else none does.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a pack, signed with your key. It names no file or folder of yours, and holds no sound that you do not name.

    grym share export ben.grym --what labels,features
    """
    from ..errors import BadRequest

    kinds = [name.strip() for name in what.split(",") if name.strip()]
    unknown = [name for name in kinds if name not in WHAT]
    if unknown or not kinds:
        raise typer.BadParameter(f"--what takes {', '.join(WHAT)}, not {what!r}")
    if out.exists():
        fail(BadRequest(f"{str(out)!r} is there already", hint="name a new file"), as_json)
    sounds = [str(Path.cwd() / path) for path in audio or ()]
    operation = operation_of("share", do="export", out=str(Path.cwd() / out), what=kinds, audio=sounds)
    perform(operation, as_json, _show_exported)


@app.command()
def verify(pack: PackArgument, as_json: JsonOption = False) -> None:
    """Say who signed a pack, what is in it, and how it fits your own recordings and words. Nothing is taken in."""
    perform(operation_of("share", do="verify", pack=str(Path.cwd() / pack)), as_json, _show_looked)


@app.command("import")
def import_(
    pack: PackArgument,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    trust_: Annotated[bool, typer.Option("--trust", help="Trust whoever signed it, from now on.")] = False,
    audio_to: Annotated[
        Path | None, typer.Option(help="Write the sounds of the pack into this folder.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take a pack in, if you trust who signed it. Your own word always stands before theirs.

    grym share import ben.grym --dry-run
    """
    folder = "" if audio_to is None else str(Path.cwd() / audio_to)
    operation = operation_of(
        "share", do="import", pack=str(Path.cwd() / pack), dry_run=dry_run, trust=trust_, audio_to=folder
    )
    perform(operation, as_json, _show_taken)


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """The packs that were taken in, the latest first."""
    perform(operation_of("share", do="list"), as_json, _show_list)


@app.command()
def undo(
    pack: Annotated[
        str, typer.Argument(help="Its id, or the beginning of it; else the latest.", metavar="ID", show_default=False)
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Take back one pack whole: labels, features, notes and ear that came with it."""
    perform(operation_of("share", do="undo", pack=pack), as_json, _show_undone)


@app.command()
def ear(
    pack: Annotated[str, typer.Argument(help="The id of the pack, or the beginning of it.", metavar="ID")],
    out: Annotated[Path, typer.Argument(help="The new file.", metavar="OUT.json")],
    as_json: JsonOption = False,
) -> None:
    """Write the ear that came with a pack to a file, for `grym ear merge`. No ear of others is used by itself."""
    from ..errors import BadRequest

    if out.exists():
        fail(BadRequest(f"{str(out)!r} is there already", hint="name a new file"), as_json)
    perform(operation_of("share", do="ear", pack=pack, out=str(Path.cwd() / out)), as_json, _show_ear)


@app.command()
def key(as_json: JsonOption = False) -> None:
    """Your own key, by which others know what you signed. The first time it is made."""
    perform(operation_of("share", do="key"), as_json, _show_key)


@app.command()
def trust(
    key_: Annotated[str, typer.Argument(help="Their key.", metavar="KEY", show_default=False)] = "",
    name: Annotated[str, typer.Option(help="What you call them.", show_default=False)] = "",
    is_list: Annotated[bool, typer.Option("--list", help="Whom you trust.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Trust this key no longer.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Trust what is signed by a key. Compare it by voice first: `grym share key` shows theirs to them."""
    if is_list == bool(key_):
        raise typer.BadParameter("give KEY, or --list")
    do = "trusted" if is_list else "distrust" if remove else "trust"
    perform(operation_of("share", do=do, key=key_, name=name), as_json, _show_trusted)


async def perform_share(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Carry out one of the commands.

    Raises
    ------
    BadRequest
        A pack is damaged, not trusted, or not what it says it is; nothing was taken in then.
    Unavailable
        The store or a file cannot be read or written.
    """
    import asyncio

    from ..errors import Unavailable
    from ..identity.asking import as_itself

    if not hub.store.is_lasting:
        raise Unavailable("nothing is kept: the store cannot be opened", hint="see `grym doctor`")
    with as_itself():  # whom the owner trusts, and what came with packs, no role may look at
        document, exit_code = await asyncio.to_thread(_perform, hub, operation)
    emit({"document": document})
    return exit_code


def _perform(hub: Hub, operation: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    from ..sharing.keys import fingerprint, own_key, read_key
    from ..sharing.pack import read_pack
    from ..sharing.taking import look, take_back

    shared = hub.sharing.shared
    match operation["do"]:
        case "key":
            text = own_key(hub.config.home / "keys").text
            return {"key": text, "fingerprint": fingerprint(text)}, 0
        case "trust":
            read_key(operation["key"])
            shared.trust(operation["key"], " ".join(str(operation["name"]).split())[:60])
        case "distrust":
            read_key(operation["key"])
            if not shared.distrust(operation["key"]):
                return {"trusted": _trusted(hub), "removed": False}, 3
        case "trusted":
            pass
        case "export":
            return _export(hub, operation), 0
        case "verify":
            return look(hub.sharing, read_pack(Path(operation["pack"]))).to_json(), 0
        case "import":
            return _import(hub.sharing, read_pack(Path(operation["pack"])), operation)
        case "undo":
            packs = shared.packs()
            wanted = operation["pack"] or (packs[0].id if packs else "")
            return {"undone": take_back(hub.sharing, wanted)}, 0
        case "ear":
            return _write_ear(hub, operation), 0
        case _:
            return {"packs": [_pack_to_json(each) for each in shared.packs()]}, 0
    return {"trusted": _trusted(hub)}, 0


def _trusted(hub: Hub) -> list[dict[str, Any]]:
    from ..sharing.keys import fingerprint

    return [
        {"key": each, "name": name, "fingerprint": fingerprint(each)}
        for each, name in hub.sharing.shared.trusted().items()
    ]


def _export(hub: Hub, operation: Mapping[str, Any]) -> dict[str, Any]:
    from ..errors import BadRequest, Unavailable
    from ..sharing.collecting import collect
    from ..sharing.keys import own_key
    from ..sharing.pack import write_pack

    out = Path(operation["out"])
    if not out.parent.is_dir():
        raise BadRequest(f"{str(out)!r} lies in a folder that does not exist", hint="name a folder that does")
    collected = collect(hub.errands.stock(hub.word.recipe), operation["what"])
    sounds = []
    for name in operation["audio"]:
        try:
            sounds.append((Path(name).name, Path(name).read_bytes()))
        except OSError as error:
            raise Unavailable(f"{name!r} cannot be read: {error.strerror}") from error
    if not collected.documents and not sounds:
        raise BadRequest(
            f"there is nothing to share of {', '.join(operation['what'])}",
            hint="`grym teach`, `grym index` and `grym learn` make some",
        )
    own = own_key(hub.config.home / "keys")
    id = write_pack(out, own, int(time.time()), collected.documents, sounds)
    return {
        "pack": id, "out": str(out), "signer": own.text, "bytes": out.stat().st_size, "holds": dict(collected.counts),
        "sounds": [name for name, _ in sounds], "left_out": list(collected.left_out),
    }  # fmt: skip


def _import(own: Own, pack: Pack, operation: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    from ..sharing.taking import look, take

    looked = look(own, pack)
    told: dict[str, Any] = {**looked.to_json(), "taken": False, "dry_run": operation["dry_run"]}
    if operation["dry_run"]:
        return told, 0
    if not looked.is_trusted and not operation["trust"]:
        error = {
            "code": "not_trusted",
            "message": f"nothing was taken in: you do not trust {pack.signer}",
            "hint": "compare the key with them, then: grym share trust KEY --name THEIRS",
        }
        return {**told, "error": error}, 3
    if not looked.is_trusted:
        own.shared.trust(pack.signer)
    written = _write_sounds(pack, operation["audio_to"])
    is_new = take(own, looked)
    return {**told, "trusted": True, "taken": True, "new": is_new, "written": written}, 0


def _write_sounds(pack: Pack, folder: str) -> list[str]:
    """The sounds of a pack as new files, under names that were checked; nothing is replaced."""
    from .whole_files import RECORDING, new_file

    written = []
    for entry in pack.sounds if folder else ():
        path = Path(folder) / entry.name
        with new_file(path, RECORDING) as file:
            file.write(pack.sound(entry))
        written.append(str(path))
    return written


def _write_ear(hub: Hub, operation: Mapping[str, Any]) -> dict[str, Any]:
    import json

    from ..errors import BadRequest
    from .whole_files import EAR, write_text

    packs = [each for each in hub.sharing.shared.packs() if each.id.startswith(operation["pack"])]
    rows = hub.sharing.shared.rows("ear", pack=packs[0].id) if len(packs) == 1 else []
    if not rows:
        raise BadRequest(f"no ear came with the pack {operation['pack']!r}", hint="`grym share list` shows the packs")
    out = Path(operation["out"])
    write_text(json.dumps(rows[0][2], sort_keys=True, separators=(",", ":")), out, EAR)
    return {"pack": packs[0].id, "signer": rows[0][0], "out": str(out)}


def _pack_to_json(item: Any) -> dict[str, Any]:
    return {
        "pack": item.id, "signer": item.signer, "name": item.name, "made_at": item.made_at, "taken_at": item.taken_at,
        "holds": dict(item.counts), "speaks": list(item.speaks), "recordings": dict(item.fits),
    }  # fmt: skip


# --- in words ---------------------------------------------------------------------------------------------------------


def _say(line: str) -> None:
    typer.echo(for_terminal(line))


def _counted(counts: Mapping[str, int]) -> str:
    one = {name: name.removesuffix("s") for name in counts}
    words = (f"{count:,} {one[name]}{'' if count == 1 else 's'}" for name, count in counts.items())
    return ", ".join(words) or "nothing"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _whose(document: Mapping[str, Any]) -> str:
    return f"{document['name']} ({document['signer']})" if document["name"] else str(document["signer"])


def _show_exported(document: dict[str, Any]) -> None:
    _say(f"wrote {document['out']}: {_counted(document['holds'])}, {document['bytes']:,} bytes")
    for name in document["sounds"]:
        _say(f"  with the sound {name}")
    if document["left_out"]:
        _say(f"  left out: {', '.join(document['left_out'])}")
    _say(f"  signed by you: {document['signer']}")


def _show_looked(document: dict[str, Any]) -> None:
    known = "whom you trust" if document["trusted"] else "whom you do NOT trust yet"
    _say(f"signed by {_whose(document)}, {known}; {_day(document['made_at'])}")
    _say(f"  fingerprint {document['fingerprint']}")
    _say(f"  holds {_counted(document['holds'])}")
    counts = document["recordings"]
    if any(counts.values()):
        _say(
            f"  of its recordings you have {counts['copy']:,} as they are and {counts['same']:,} in another coding;"
            f" {counts['none']:,} you do not have"
        )
    if document["used"] or document["waiting"]:
        _say(f"  to use at once: {_counted(document['used'])}; for recordings that are not here: "
             f"{_counted(document['waiting'])}")  # fmt: skip
    for item in document["refused"]:
        _say(f"  not used of {item['recording'][:12]}: {item['why']}")
    for item in document["differs"]:
        _say(f"  of {item['own'][:12]} you said otherwise ({item['name']}): your word stands")
    for item in document["sounds"]:
        _say(f"  sound: {item['name']}, {item['size']:,} bytes")
    if not document["newest"]:
        _say("  a newer pack of theirs is here, which speaks instead of this one")


def _show_taken(document: dict[str, Any]) -> None:
    from .telling import say_error

    _show_looked(document)
    if "error" in document:
        say_error(document["error"])
    elif document["taken"]:
        for path in document["written"]:
            _say(f"wrote {path}")
        taken = "taken in" if document["new"] else "it was here already; recordings were compared anew"
        _say(f"{taken}. To take it back: grym share undo {document['pack'][:12]}")
        if "ear" in document["holds"]:
            _say(f"an ear came along and is not used. To weigh it: grym share ear {document['pack'][:12]} FILE.json")
    else:
        _say("nothing was taken in: this was a dry run")


def _show_list(document: dict[str, Any]) -> None:
    if not document["packs"]:
        typer.echo("no pack was taken in; `grym share import PACK` does it")
    for item in document["packs"]:
        _say(f"{item['pack'][:12]}  {_whose(item)}, made {_day(item['made_at'])}, taken in {_day(item['taken_at'])}")
        silent = [kind for kind in item["holds"] if kind not in item["speaks"]]
        _say(f"  {_counted(item['holds'])}" + (f"; a newer one speaks of {', '.join(silent)}" if silent else ""))


def _show_undone(document: dict[str, Any]) -> None:
    _say(f"taken back: {document['undone'][:12]}")


def _show_ear(document: dict[str, Any]) -> None:
    _say(
        f"wrote {document['out']}. To weigh it against your own: grym ear merge {document['out']}, then grym ear train"
    )


def _show_key(document: dict[str, Any]) -> None:
    _say(document["key"])
    _say(f"fingerprint {document['fingerprint']}")


def _show_trusted(document: dict[str, Any]) -> None:
    if not document["trusted"]:
        typer.echo("you trust no key yet; `grym share trust KEY --name THEIRS` does it")
    for item in document["trusted"]:
        _say(f"{item['key']}  {item['name']}")
        _say(f"  fingerprint {item['fingerprint']}")
