"""Model packs on wheels made here: what is fetched is checked, and only what was declared is put in place."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grym_synth import packs
from grym_synth.errors import BadRequest
from grym_synth.frontends.cli import app

WEIGHTS = b"weights" * 1000


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel of a pack called "toy", and a home of its own with no shared packs beside it."""
    path = tmp_path / "toy-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy/model.bin", WEIGHTS)
        archive.writestr("toy/__init__.py", "raise SystemExit('code of a pack was run')")
        archive.writestr("toy-1.0.dist-info/LICENSE", "free to use")
        archive.writestr("../../evil.txt", "outside")
    spec = packs.PackSpec(
        name="toy",
        package="toy",
        version="1.0",
        wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        files=(packs.PackFile("toy/model.bin", "model.bin", hashlib.sha256(WEIGHTS).hexdigest(), len(WEIGHTS)),),
        licence="CC0",
        gives="nothing",
        without="nothing changes",
    )
    monkeypatch.setattr(packs, "PACKS", {"toy": spec})
    monkeypatch.setattr(packs, "shared_folder", lambda: tmp_path / "shared")
    monkeypatch.setenv("GRYM_HOME", str(tmp_path / "home"))
    return path


def test_pack_is_taken_out_of_its_wheel_and_nothing_else_is(wheel: Path, tmp_path: Path) -> None:
    pack = packs.add_pack("toy", wheel=wheel)
    assert pack.file.read_bytes() == WEIGHTS
    assert sorted(path.name for path in pack.folder.iterdir()) == ["LICENSE", "model.bin"]
    assert sorted(path.name for path in pack.folder.parent.iterdir()) == ["toy"]
    assert not (tmp_path / "evil.txt").exists()
    assert packs.find_pack("toy") == pack
    assert packs.verify_pack(pack) is None


def test_another_wheel_is_refused_and_leaves_what_was_there(wheel: Path, tmp_path: Path) -> None:
    packs.add_pack("toy", wheel=wheel)
    other = tmp_path / "other.whl"
    other.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(BadRequest, match="nothing was added"):
        packs.add_pack("toy", wheel=other)
    found = packs.find_pack("toy")
    assert found is not None
    assert packs.verify_pack(found) is None
    assert sorted(path.name for path in found.folder.parent.iterdir()) == ["toy"]


def test_truncated_weights_are_no_pack_and_changed_ones_are_told(wheel: Path) -> None:
    pack = packs.add_pack("toy", wheel=wheel)
    pack.file.write_bytes(WEIGHTS[:-1] + b"x")
    assert "has sha256" in (packs.verify_pack(pack) or "")
    pack.file.write_bytes(WEIGHTS[:-1])
    assert packs.find_pack("toy") is None


def test_own_pack_goes_before_the_shared_one(wheel: Path, tmp_path: Path) -> None:
    packs.add_pack("toy", wheel=wheel, shared=True)
    shared = packs.find_pack("toy")
    assert shared is not None
    assert shared.folder == tmp_path / "shared" / "toy"
    own = packs.add_pack("toy", wheel=wheel)
    assert packs.find_pack("toy") == own
    packs.remove_pack(own)
    assert packs.find_pack("toy") == shared


def test_package_client_that_finds_nothing_is_told_with_a_way_out(
    wheel: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    done = CliRunner().invoke(app, ["models", "add", "toy", "--json"])
    error = json.loads(done.stdout)["error"]
    assert done.exit_code == 5
    assert "toy 1.0 could not be fetched" in error["message"]
    assert "--wheel" in error["hint"]


def test_commands_list_add_verify_remove(wheel: Path) -> None:
    run = CliRunner().invoke
    assert json.loads(run(app, ["models", "list", "--json"]).stdout)["models"][0]["installed"] is False
    assert run(app, ["models", "add", "toy", "--wheel", str(wheel)]).exit_code == 0
    row = json.loads(run(app, ["models", "verify", "toy", "--json"]).stdout)
    assert row["ok"] is True
    Path(row["folder"], "model.bin").write_bytes(WEIGHTS[:-1] + b"x")
    broken = run(app, ["models", "verify"])
    assert broken.exit_code == 5
    assert "BAD toy" in broken.stdout
    assert run(app, ["models", "remove", "toy"]).exit_code == 0
    assert run(app, ["models", "remove", "toy"]).exit_code == 3
    assert run(app, ["models", "add", "nonsense"]).exit_code == 3
    assert run(app, ["models", "add"]).exit_code == 2


def test_every_declared_pack_has_a_free_licence_and_a_pinned_hash() -> None:
    for spec in packs.PACKS.values():
        assert spec.licence in {"MIT", "ISC", "Apache-2.0", "BSD-3-Clause", "CC0-1.0"}
        assert len(spec.wheel_sha256) == 64
        assert all(len(file.sha256) == 64 and file.size > 0 for file in spec.files)
        assert replace(spec).size < 100e6
