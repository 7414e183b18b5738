"""Weights that were damaged: the rest still answers, and says which pack to look at."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grym_synth import packs
from grym_synth.packs import PackFile, PackSpec
from grym_synth.planning.routing.router import Router
from grym_synth.sentences.vectors import SentenceEncoder

SPEC = PackSpec(
    name="toy", package="toy", version="1", wheel_sha256="", licence="MIT", gives="", without="nothing is sung",
    files=(PackFile("toy/model", "model", hashlib.sha256(b"weights").hexdigest(), 7),),
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(packs, "PACKS", {"toy": SPEC})
    monkeypatch.setattr(packs, "home_folder", lambda: tmp_path)
    monkeypatch.setattr(packs, "shared_folder", lambda: tmp_path / "shared")
    (tmp_path / "toy").mkdir()
    return tmp_path


def test_a_pack_is_used_only_when_it_is_the_declared_one(home: Path) -> None:
    (home / "toy" / "model").write_bytes(b"weights")
    found, damage = packs.find_whole_pack("toy")
    assert found is not None
    assert damage == ""
    (home / "toy" / "model").write_bytes(b"w3ights")  # as long as before
    found, damage = packs.find_whole_pack("toy")
    assert found is None
    assert damage == "the model pack 'toy' is damaged, so nothing is sung"


def test_a_pack_that_is_not_there_is_no_damage(home: Path) -> None:
    assert packs.find_whole_pack("toy") == (None, "")


def test_with_a_damaged_sentence_model_questions_are_routed_by_words(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (tmp_path / "model.onnx").write_bytes(bytes(1000))
    router = Router(SentenceEncoder(tmp_path / "model.onnx"))
    assert router.route("what tempo does this have", ["a.wav"]).capabilities == ("rhythm",)
    assert router.trouble is not None
    assert "grym models verify" in router.trouble.hint
    assert router.route("which key is it in", ["a.wav"]).capabilities == ("tonality",)
