"""`grym login`, `logout` and `whoami`: who you are to a Supabase project; without one, the owner of your home."""

from __future__ import annotations

import datetime
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..identity.asking import sign_in_of
from .telling import JsonOption, print_json, settings, told

if TYPE_CHECKING:
    from ..config import Config
    from ..identity.person import Person

_LONGEST = 1000  # characters of what is typed


def login(
    email: Annotated[
        str | None, typer.Option(help="Your e-mail address; asked for without.", show_default=False)
    ] = None,
    code: Annotated[bool, typer.Option("--code", help="By a code sent to that address, without a password.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Sign in to the Supabase project that config.toml names.

    The password or code is asked for, or read from a line of the input; it is kept nowhere.
    """
    with told(as_json):
        config = settings(as_json)
        sign_in = sign_in_of(config)
        address = email or _ask("e-mail")
        if code:
            sign_in.send_code(address)
            sys.stderr.write(f"a code was sent to {address}\n")
            person = sign_in.with_code(address, _ask("code"))
        else:
            person = sign_in.with_password(address, _ask("password", is_hidden=True))
        document = _told(config, person)
    _show(document, as_json)


def logout(as_json: JsonOption = False) -> None:
    """Forget the sign-in of this home, and end it at the project."""
    with told(as_json):
        config = settings(as_json)
        was = _forget(config)
    if as_json:
        print_json({"signed_out": was})
    else:
        typer.echo("signed out" if was else "nobody was signed in")


def whoami(
    token: Annotated[
        bool,
        typer.Option("--token", help="Print the access token, by which programs act in your name: a secret."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say who you are to this hub, and what you may do."""
    with told(as_json):
        config = settings(as_json)
        if token:
            secret, document = _token(config), {}
        else:
            from ..identity.person import OWNER

            document = _told(config, sign_in_of(config).person() if config.supabase_url else OWNER)
    if token:
        typer.echo(secret)
        return
    _show(document, as_json)


def _forget(config: Config) -> bool:
    """Whether anybody was signed in; what is kept is forgotten whatever the settings lack by now."""
    from ..errors import BadSetup
    from ..identity.kept import NAME, forget

    was = (config.home / NAME).exists()
    try:
        return sign_in_of(config).out()
    except BadSetup:  # no project is named any more, or what is kept cannot be read
        forget(config.home)
        return was


def _token(config: Config) -> str:
    if config.supabase_url:
        return sign_in_of(config).token()
    from ..identity.owner_token import owner_token

    return owner_token(config.home)


def _ask(what: str, *, is_hidden: bool = False) -> str:
    from ..errors import BadRequest

    if sys.stdin.isatty():
        said: str = typer.prompt(what, hide_input=is_hidden, err=True)
    else:
        said = sys.stdin.readline(_LONGEST).rstrip("\r\n")
    if not said.strip():
        raise BadRequest(f"no {what} was given", hint="type it, or give it as a line of the input")
    return said


def _told(config: Config, person: Person) -> dict[str, Any]:
    from ..storage.opening import name_of

    expires = None if person.expires is None else datetime.datetime.fromtimestamp(person.expires, datetime.UTC)
    return {
        "mode": "supabase" if config.supabase_url else "local",
        "id": person.id,
        "email": person.email,
        "role": person.role,
        "expires": expires and expires.isoformat(timespec="seconds"),
        "store": name_of(config),
    }


def _show(document: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(document)
    elif document["mode"] == "local":
        typer.echo(f"the owner of {document['store']}: a home of its own, which needs no sign-in")
    else:
        typer.echo(f"{document['email'] or document['id']}, {document['role']}, until {document['expires']}")
