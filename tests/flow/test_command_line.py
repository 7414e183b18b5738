"""The command line as a person and a script meet it: output, exit codes, errors."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests import command
from tests.ready_process import READY

pytestmark = pytest.mark.slow


class Grym:
    """The real command in a process of its own, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"

    def __call__(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, "GRYM_HOME": str(self.home), **environment}
        done = READY.run(words, cwd=self.folder, env=settings)
        assert "Traceback" not in done.stderr + done.stdout
        return done

    def json(self, *words: str, code: int = 0, **environment: str) -> list[dict[str, Any]]:
        """Documents on stdout, each a line of compact JSON and nothing else."""
        done = self(*words, "--json", **environment)
        assert done.returncode == code, done.stderr
        documents = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.stdout == "".join(json.dumps(item, separators=(",", ":")) + "\n" for item in documents)
        return documents

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """With a hub of this home that serves: what follows does not open one for each command."""
        with command.Grym(self.folder).serving():
            yield


@pytest.fixture
def grym(tmp_path: Path) -> Grym:
    return Grym(tmp_path)


def test_an_answer_cites_evidence_for_every_claim(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(tempo_bpm=96.0, seconds=16.0)
    (answer,) = grym.json("ask", "how fast is it and how loud?", "loop.wav")
    assert set(answer) >= {"answer", "claims", "evidence", "gaps", "route", "plan", "health", "timings_ms"}
    known = {item["id"]: item for item in answer["evidence"]}
    for claim in answer["claims"]:
        assert claim["text"] in answer["answer"]
        assert claim["evidence"]
        assert set(claim["evidence"]) <= set(known)
        assert claim["support"] in ("measured", "inferred", "computed", "quoted")
    tempo = next(item for item in known.values() if item["name"] == "rhythm.tempo_bpm" and not item["rank"])
    assert tempo["value"] == pytest.approx(96.0, abs=0.3)
    assert tempo["unit"] == "BPM"
    assert tempo["subject"] == "loop.wav"
    assert set(tempo["source"]) == {"agent", "version", "method"}
    assert answer["health"] in ("healthy", "warning")


def test_the_same_question_again_gives_the_same_answer_from_memory(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=8.0)
    (first,) = grym.json("ask", "how loud is it?", "loop.wav")
    shutil.move(grym.folder / "loop.wav", grym.folder / "renamed.wav")
    (second,) = grym.json("ask", "how loud is it?", "renamed.wav")
    assert [item["value"] for item in first["evidence"]] == [item["value"] for item in second["evidence"]]
    assert second["evidence"][0]["subject"] == "renamed.wav"


def test_exit_codes_say_what_kind_of_nothing(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    (grym.folder / "notes.wav").write_text("milk, eggs")
    cases: dict[int, list[tuple[str, ...]]] = {
        0: [
            ("ask", "order me a pizza"),
            ("ask", "what is a fifth above D"),
            ("ask", "how loud?", "notes.wav", "loop.wav"),
        ],
        2: [("ask",), ("analyze",), ("analyze", "loop.wav", "--only", "mood"), ("route",), ("fly",)],
        3: [
            ("ask", "how loud is it?", "notes.wav"),
            ("ask", "how loud is it?", "gone.wav"),
            ("ask", "how loud is it?"),
        ],
        5: [("ask", "find samples that sound like this", "loop.wav")],
    }
    with grym.serving():
        for code, commands in cases.items():
            for words in commands:
                done = grym(*words)
                assert done.returncode == code, (words, done.stdout, done.stderr)


def test_analyze_gives_the_sections_of_the_contract(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=10.0)
    (document,) = grym.json("analyze", "loop.wav")
    assert document["path"] == "loop.wav"
    assert len(document["sha256"]) == 64
    assert (document["duration_s"], document["sample_rate_hz"], document["channels"]) == (10.0, 44100, 2)
    assert document["facts"]["bit_depth"] == 16
    assert {"integrated_lufs", "range_lu", "true_peak_dbtp", "short_term_max_lufs", "plr_db"} <= set(
        document["loudness"]
    )
    assert {"tempo_bpm", "confidence", "alternatives", "beats_s", "onsets_s"} <= set(document["rhythm"])
    assert {"key", "confidence", "alternatives", "camelot", "tuning_cents"} <= set(document["tonality"])
    assert {"peaks", "bands_db", "centroid_hz", "rolloff_hz", "flatness", "hum_hz", "resonances"} <= set(
        document["spectrum"]
    )
    assert document["rhythm"]["metre"] == 4
    assert document["rhythm"]["downbeats_s"][0] == pytest.approx(0.0, abs=0.05)
    assert [chord["label"] for chord in document["chords"][:2]] == ["A:min", "C:maj"]
    assert {"start_s", "end_s", "label", "bars"} <= set(document["structure"][0])
    assert {"start_s", "end_s", "midi", "confidence"} <= set(document["notes"][0])
    assert len(document["melody_hz"]) >= 990
    assert document["timbre"]["label"] is None
    assert document["timbre"]["tags"]
    assert "vectors" not in document
    assert document["gaps"] == []


def test_vectors_come_when_asked_for_and_have_one_layout(grym: Grym, make_loop: Callable[..., Path]) -> None:
    for seconds in (1.0, 6.0):
        make_loop(seconds=seconds)
        (document,) = grym.json("analyze", "loop.wav", "--only", "facts", "--vectors")
        lengths = {name: len(vector) for name, vector in document["vectors"].items()}
        assert lengths == {"timbre": 220, "rhythm": 120, "harmony": 24, "pitch": 84, "loudness": 12, "all": 408}


def test_outputs_are_written_and_say_where(grym: Grym, make_loop: Callable[..., Path]) -> None:
    original = make_loop(seconds=12.0).read_bytes()
    words = ("--only", "rhythm", "--midi", "o.mid", "--reaper", "o.csv", "--cues", "c.wav", "--tagged", "t.wav")
    done = grym("analyze", "loop.wav", *words, "--report", "o.html")
    assert done.returncode == 0, done.stderr
    assert (grym.folder / "o.mid").read_bytes().startswith(b"MThd")
    assert (grym.folder / "o.csv").read_text().startswith("#,Name,Start")
    assert b"cue " in (grym.folder / "c.wav").read_bytes()
    assert b"TBPM" in (grym.folder / "t.wav").read_bytes()
    assert (grym.folder / "o.html").read_text().startswith("<!doctype html>")
    assert done.stderr.count("written: ") == 5
    assert (grym.folder / "loop.wav").read_bytes() == original
    again = grym("analyze", "loop.wav", "--only", "rhythm", "--tagged", "loop.wav")
    assert again.returncode == 2
    assert (grym.folder / "loop.wav").read_bytes() == original


def test_texts_for_other_programs_are_printed_alone(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=12.0)
    jams = json.loads(grym("analyze", "loop.wav", "--jams").stdout)
    assert {"tempo", "beat", "chord_harte", "key_mode", "segment_open"} <= {
        item["namespace"] for item in jams["annotations"]
    }
    table = grym("analyze", "loop.wav", "--only", "rhythm,chords", "--csv").stdout.splitlines()
    assert table[0] == "path,section,name,start_s,end_s,value,unit,confidence"
    assert any(",chords,chord,0.0,1.0,A:min," in line for line in table), table[:40]
    labels = grym("analyze", "loop.wav", "--labels", "--layers", "chords").stdout.splitlines()
    assert labels[0].split("\t")[2] == "Am"
    assert grym("analyze", "loop.wav", "--labels", "--csv").returncode == 2
    assert grym("analyze", "loop.wav", "--labels", "--layers", "colours").returncode == 2


def test_two_recordings_are_compared(grym: Grym, make_loop: Callable[..., Path]) -> None:
    y, sr = soundfile.read(make_loop("a.wav", seconds=8.0), dtype="float32")
    soundfile.write(grym.folder / "b.wav", 0.5 * y, sr, subtype="FLOAT")
    (document,) = grym.json("compare", "a.wav", "b.wav")
    assert (document["a"], document["b"]) == ("a.wav", "b.wav")
    assert document["loudness_difference_lu"] == pytest.approx(-6.02, abs=0.02)
    assert document["verdict"].startswith("same audio")
    done = grym("compare", "a.wav", "b.wav")
    assert done.returncode == 0
    assert "6.0 LU" in done.stdout
    assert grym("compare", "a.wav").returncode == 3
    assert "two" in grym("compare", "a.wav").stdout.lower()


def test_only_shows_only_and_settings_reach_the_fft(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    words = ("analyze", "loop.wav", "--only", "spectrum", "--n-fft", "8192", "--window", "blackman", "--start", "1.5")
    (document,) = grym.json(*words)
    assert "rhythm" not in document
    assert "facts" not in document
    assert (document["spectrum"]["n_fft"], document["spectrum"]["window"]) == (8192, "blackman")
    assert document["duration_s"] == 4.0


def test_bad_files_among_good_ones_stop_nothing(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop("a.wav", seconds=4.0)
    (grym.folder / "b.wav").touch()
    make_loop("-c.wav", seconds=4.0)
    documents = grym.json("analyze", "--only", "loudness", "--json", "--", "a.wav", "b.wav", "-c.wav")[:3]
    assert [document["path"] for document in documents] == ["a.wav", "b.wav", "-c.wav"]
    assert "loudness" in documents[0]
    assert documents[1]["error"]["code"] == "unreadable"
    assert "loudness" in documents[2]


def test_a_plot_is_drawn(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    done = grym("analyze", "loop.wav", "--plot", "out.png")
    assert done.returncode == 0
    assert (grym.folder / "out.png").read_bytes().startswith(b"\x89PNG")
    assert grym("analyze", "loop.wav", "--plot", "out.jpg").returncode == 2
    assert grym("analyze", "loop.wav", "--plot", "nowhere/out.png").returncode == 2


def test_a_plot_never_takes_the_place_of_a_recording(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0).rename(grym.folder / "loop.png")
    before = (grym.folder / "loop.png").read_bytes()
    assert grym("analyze", "loop.png", "--only", "facts", "--plot", "loop.png").returncode == 2
    assert (grym.folder / "loop.png").read_bytes() == before


def test_a_plot_of_a_folder_is_a_picture_for_each(grym: Grym, make_loop: Callable[..., Path]) -> None:
    (grym.folder / "set").mkdir()
    for name in ("set/a.wav", "set/b.wav"):
        make_loop(name, seconds=4.0)
    assert grym("analyze", "set", "--only", "facts", "--plot", "out.png").returncode == 0
    assert (grym.folder / "out.png").exists()
    assert (grym.folder / "out-2.png").exists()


def test_output_that_cannot_be_written_is_told_or_swallowed(grym: Grym) -> None:
    for tail, code in ((">/dev/full", 1), (">&-", 0), ("2>&-", 0)):
        command = f"{sys.executable} -m grym_synth route 'how fast' x.wav {tail}"
        environment = {**os.environ, "GRYM_HOME": str(grym.home)}
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == code, (tail, done.stderr)
        assert "Traceback" not in done.stderr
        assert "fault" not in done.stderr


def test_nothing_but_the_home_is_written_to(grym: Grym, tmp_path: Path, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    person = {"HOME": str(tmp_path / "person"), "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}
    grym("route", "how fast is this?", "x.wav", **person)
    grym("analyze", "loop.wav", "--plot", "out.png", **person)
    assert not (tmp_path / "person").exists()


def test_what_no_recording_is_measured_for_is_null_with_a_gap(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    (document,) = grym.json("analyze", "loop.wav", "--only", "similar,facts")
    assert document["similar"] is None
    assert [(gap["capability"], gap["code"]) for gap in document["gaps"]] == [("similar", "unsupported")]
    (document,) = grym.json("analyze", "loop.wav", "--only", "similar", code=3)
    assert document["similar"] is None


def test_an_empty_folder_is_told_and_is_no_answer(grym: Grym) -> None:
    (grym.folder / "empty").mkdir()
    (answer,) = grym.json("ask", "how fast", "empty", code=3)
    assert "holds no audio files" in answer["answer"]
    assert "not a question I can answer" not in answer["answer"]


def test_batch_routes_keep_order_and_ids(grym: Grym) -> None:
    questions = [{"id": f"q{i}", "query": "how fast is it?", "files": ["x.wav"]} for i in range(20)]
    (grym.folder / "q.jsonl").write_text("\n".join(json.dumps(question) for question in questions))
    routes = grym.json("route", "--batch", "q.jsonl")
    assert [route["id"] for route in routes] == [f"q{i}" for i in range(20)]
    assert all(route["capabilities"] == ["rhythm"] for route in routes)
    assert set(routes[0]) >= {"capabilities", "confidence", "reasons", "params"}
    for bad in ('{"id": 1}', '{"query": "x", "files": 5}', '{"query": "x", "id": NaN}', "[" * 100_000):
        (grym.folder / "bad.jsonl").write_text(bad)
        assert grym("route", "--batch", "bad.jsonl").returncode == 2


def test_nothing_can_be_remembered_and_the_answer_says_so(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    grym.home.mkdir()
    (grym.home / "grym.db").write_text("not a database " * 50)
    (answer,) = grym.json("ask", "how loud is it?", "loop.wav")
    assert answer["claims"]
    assert "nothing will be remembered" in answer["gaps"][0]["reason"]


def test_settings_that_cannot_be_used_are_told_by_key(grym: Grym) -> None:
    (error,) = grym.json("ask", "a fifth above D", code=5, GRYM_CPU="lots")
    assert "`cpu`" in error["error"]["message"]


def test_doctor_finds_a_whole_installation(grym: Grym) -> None:
    (report,) = grym.json("doctor")
    assert report["verdict"] == "pass"
    assert {"python", "home", "store", "decoding", "pack minilm", "agent listen", "agent theory"} <= {
        check["name"] for check in report["checks"]
    }


def test_what_the_contract_names_and_is_not_here_yet_says_so(grym: Grym) -> None:
    done = grym("config")
    assert done.returncode == 5
    assert "is not in this version" in done.stderr
    (error,) = grym.json("config", "--email", "x", code=5)
    assert "`grym config`" in error["error"]["message"]


def test_help_teaches(grym: Grym) -> None:
    for words in ((), ("ask",), ("route",), ("analyze",), ("index",), ("doctor",), ("serve",)):
        done = grym(*words, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout


def test_a_file_in_place_of_the_question_is_put_right(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    done = grym("ask", "loop.wav", "how fast is it?")
    assert done.returncode == 2
    assert 'the question comes first: grym ask "how fast is it?" loop.wav' in " ".join(done.stderr.split())


def test_hostile_words_do_no_harm(grym: Grym, make_loop: Callable[..., Path]) -> None:
    make_loop(seconds=4.0)
    hostile = (
        "", " ", "\x1b[31mred", "'; DROP TABLE heard; --", "loud " * 20_000, "🎵" * 50, "../../etc/passwd",
    )  # fmt: skip
    assert grym("ask", hostile[0], "loop.wav").returncode in (0, 3, 5)  # by a hub of its own
    with grym.serving():
        for question in hostile:
            assert grym("ask", question, "loop.wav").returncode in (0, 3, 5)


def test_analyze_reads_a_whole_folder_however_many_files_one_answer_may_hold(
    grym: Grym, make_loop: Callable[..., Path]
) -> None:
    loop = make_loop(seconds=0.5)
    folder = grym.folder / "hits"
    folder.mkdir()
    for number in range(4):
        shutil.copy(loop, folder / f"{number}.wav")
    documents = grym.json("analyze", "hits", "--only", "facts", GRYM_MAX_FILES="2")
    assert [document["path"] for document in documents] == [f"hits/{number}.wav" for number in range(4)]


def test_a_recording_compared_with_itself_is_told_apart_from_a_missing_second(
    grym: Grym, make_loop: Callable[..., Path]
) -> None:
    make_loop(seconds=1.0)
    (answer,) = grym.json("ask", "are these two the same?", "loop.wav", "loop.wav", code=3)
    assert "named twice" in answer["answer"]
