"""Checks of an installation, each through the real thing: a row in the store, a tone through the listening agent."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ..config import Config, agent_environment
from ..errors import AgentFailed, BadSetup, GrymError, MissingDependency
from ..execution.agent_process import AgentProcess
from ..execution.catalog import AgentCard, read_catalog
from ..health.readings import read_host
from ..llm.connect import check as check_model
from ..packs import PACKS, find_pack, verify_pack
from ..storage.opening import is_shared, name_of, open_store
from ..upkeep import rules_of

_PROBE_HZ = 440.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `detail` says what was found, or how to get what is missing."""

    name: str
    ok: bool
    detail: str
    is_optional: bool = False


def check_installation(config: Config) -> list[Check]:
    """Run every check; none of them changes anything but a probe row that is taken back."""
    return list(_checks(config))


def check_shared_store(config: Config) -> list[Check]:
    """Try everything that a shared store needs on the server of this home, and its project's keys; nothing stays.

    Raises
    ------
    BadSetup
        The store is a file.
    """
    if not is_shared(config):
        hint = "name it first: docs/supabase.md"
        raise BadSetup(f"the store {name_of(config)} is a file; there is no server to look at", hint=hint)
    from ..storage.examining import trials

    found = [_try(name, check, is_optional=is_optional) for name, check, is_optional in trials(config)]
    return [*found, _try("sign-in", partial(_check_project, config), is_optional=not config.supabase_url)]


def _check_project(config: Config) -> str:
    if not config.supabase_url:
        raise MissingDependency("no project is named", hint="supabase_url and supabase_key: docs/sign-in.md")
    import json

    try:
        from ..identity.tokens import fetch
    except ImportError as error:
        raise MissingDependency("signing in needs PyJWT", hint="pip install 'grym-synth[supabase]'") from error

    try:
        keys = json.loads(fetch(f"{config.supabase_url}/auth/v1/.well-known/jwks.json"))["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSetup(
            f"{config.supabase_url} publishes no keys", hint="is that the address of the project?"
        ) from error
    kinds = sorted({str(key.get("alg")) for key in keys if key.get("kty") in ("EC", "RSA")})
    if not kinds:
        hint = "move it to signing keys (ES256), or name its secret: docs/sign-in.md"
        raise BadSetup(f"{config.supabase_url} signs with a shared secret only", hint=hint)
    return f"tokens of {config.supabase_url} are verified by {', '.join(kinds)}"


def _checks(config: Config) -> Iterator[Check]:
    yield Check("python", sys.version_info >= (3, 11), f"{sys.version.split()[0]} at {sys.executable}")
    yield _try("home", lambda: _check_home(config))
    yield _try("store", lambda: _check_store(config))
    for name, signal in read_host(config.home, rules_of(config)).items():
        yield Check(name, signal.state != "critical", f"pressure {signal.pressure:.2f}, {signal.state}")
    yield _try("decoding", _check_decoding)
    yield _try("m4a", _check_m4a, is_optional=True)
    for pack_name in PACKS:
        yield _try(f"pack {pack_name}", partial(_check_pack, pack_name), is_optional=True)
    for card in read_catalog().cards.values():
        yield _try(f"agent {card.name}", partial(asyncio.run, _check_agent(card)))
    for model in config.models:
        yield _try(f"model {model.name}", partial(check_model, model), is_optional=True)


def _try(name: str, check: Callable[[], str], *, is_optional: bool = False) -> Check:
    try:
        return Check(name, True, check(), is_optional)
    except GrymError as error:
        return Check(name, False, f"{error}" + (f"; {error.hint}" if error.hint else ""), is_optional)
    except OSError as error:
        return Check(name, False, str(error), is_optional)


def _check_home(config: Config) -> str:
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=config.home):
        return str(config.home)


def _check_store(config: Config) -> str:
    store = open_store(config)
    try:
        store.check()
    finally:
        store.close()
    return name_of(config)


def _check_decoding() -> str:
    import soundfile

    return f"libsndfile {soundfile.__libsndfile_version__}: {', '.join(sorted(soundfile.available_formats()))}"


def _check_m4a() -> str:
    try:
        import av
    except ImportError as error:
        raise MissingDependency("M4A and AAC cannot be read", hint="pip install 'grym-synth[m4a]'") from error
    return f"PyAV {av.__version__}"


def _check_pack(name: str) -> str:
    pack, spec = find_pack(name), PACKS[name]
    if pack is None:
        raise MissingDependency(spec.without, hint=f"grym models add {name}")
    fault = verify_pack(pack)
    if fault:
        raise MissingDependency(fault, hint=f"fetch it again: grym models add {name}")
    return f"{spec.package} {spec.version}, content as published ({spec.licence})"


_REFUSED = {"fetch": ["loopback_address"]}  # agents whose probe is answered by a refusal


async def _check_agent(card: AgentCard) -> str:
    """A tiny real job through the real path: start the process, hear a tone, read its frequency."""
    start = time.perf_counter()
    process = await AgentProcess.launch(card, agent_environment())
    try:
        with tempfile.TemporaryDirectory(prefix="grym-doctor-") as folder:
            content = await process.call(_probe(card, Path(folder)), deadline=30.0, health={"state": "healthy"})
    finally:
        await process.stop()
    if not content["evidence"] and [gap["code"] for gap in content["gaps"]] != _REFUSED.get(card.name):
        raise AgentFailed(f"agent {card.name!r} found nothing in a probe: {content['gaps']}")
    return f"{', '.join(card.capabilities) or card.name}; answered a probe in {time.perf_counter() - start:.1f} s"


def _probe(card: AgentCard, folder: Path) -> dict[str, Any]:
    """Arguments of a small call, whose files lie in the folder."""
    if card.name == "read":
        note = folder / "note.txt"
        note.write_text("A4 is 440 Hz.")
        return {"path": str(note)}
    if card.name == "fetch":  # nothing leaves the machine: it is asked for what it has to refuse
        return {"address": "https://127.0.0.1/", "folder": str(folder)}
    if not card.needs_recording:
        return {"question": "A4 in Hz"}
    tone = _write_tone(folder)
    named = {"paths": [tone, tone]} if card.takes_two else {"path": tone}
    edits = {"ops": ["fade-in=0.1"], "out": str(folder / "faded.wav")} if card.name == "edit" else {}
    return {**named, "capabilities": list(card.capabilities), **edits}


def _write_tone(folder: Path) -> str:
    import numpy as np
    import soundfile

    path = folder / "tone.wav"
    t = np.arange(44100) / 44100
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * _PROBE_HZ * t), 44100, subtype="PCM_16")
    return str(path)
