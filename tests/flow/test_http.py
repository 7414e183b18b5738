"""The hub over HTTP, as programs use it and as strangers try it."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile
from tests.conftest import SR, drum_loop
from tests.web_hub import WebHub, web_hub

from grym_synth.frontends.calls.table import CALLS


@pytest.fixture(scope="module")
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """The address of somebody who collects traces, and what came."""
    came: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append(gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", came
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, collector: tuple[str, list[bytes]]) -> Iterator[WebHub]:
    folder = tmp_path_factory.mktemp("web")
    (folder / "music").mkdir()
    soundfile.write(folder / "music" / "loop.wav", drum_loop(120.0, 8.0), SR, subtype="PCM_16")
    (folder / "secret.txt").write_text("nobody reads this")
    traces = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector[0], "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with web_hub(folder / "home", folder / "music", traces) as running:
        yield running


def test_a_question_is_answered_and_a_file_is_measured(hub: WebHub) -> None:
    answer = hub.post("ask", question="dotted eighth at 120 bpm")
    assert answer.status_code == 200
    assert "375" in answer.json()["answer"]
    assert answer.json()["evidence"][0]["value"] == 375.0
    measured = hub.post("analyze", paths=["loop.wav"], capabilities=["rhythm"]).json()["recordings"][0]
    assert measured["rhythm"]["tempo_bpm"] == pytest.approx(120.0, rel=0.01)


def test_progress_comes_before_the_result_for_who_wants_it(hub: WebHub) -> None:
    told = hub.post("analyze", {"Accept": "text/event-stream"}, paths=["loop.wav"], use_cache=False)
    kinds = [line.removeprefix("event: ") for line in told.text.splitlines() if line.startswith("event: ")]
    assert set(kinds) == {"progress", "result"}
    assert kinds[-1] == "result"
    fractions = [json.loads(line[6:])["fraction"] for line in told.text.splitlines() if line.startswith('data: {"frac')]
    assert fractions == sorted(fractions)


def test_what_cannot_be_done_is_a_problem_that_says_why(hub: WebHub) -> None:
    cases: list[tuple[str, dict[str, Any], int, str]] = [
        ("analyze", {"paths": ["../secret.txt"]}, 403, "out_of_bounds"),
        ("analyze", {"paths": ["/etc/passwd"]}, 403, "out_of_bounds"),
        ("analyze", {"paths": ["missing.wav"]}, 409, "unreadable"),
        ("ask", {"question": "learn ../secret.txt", "consent": True}, 403, "out_of_bounds"),
        ("analyze", {"paths": []}, 422, "bad_request"),
        ("ask", {"question": "x", "unknown": 1}, 422, "bad_request"),
        ("jobs", {"id": "ffffff"}, 404, "unknown_job"),
        ("index_folders", {"folders": ["nowhere"]}, 409, "bad_request"),
        ("edit_audio", {"path": "loop.wav", "operations": ["fly=1"], "out": "new.wav"}, 409, "bad_request"),
        (
            "edit_audio",
            {"path": "loop.wav", "operations": ["concatenate=../secret.txt"], "out": "new.wav"},
            403,
            "out_of",
        ),
    ]
    for call, arguments, status, code in cases:
        answer = hub.post(call, **arguments)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["status"]) == (status, status), answer.text
        assert answer.json()["code"].startswith(code), answer.text
        assert "nobody reads" not in answer.text


def test_an_edit_is_shown_first_and_made_after_a_yes_and_the_recording_stays(hub: WebHub) -> None:
    song = hub.home.parent / "music" / "loop.wav"
    before = song.read_bytes()
    wanted = {"path": "loop.wav", "operations": ["trim=0-2"], "out": "part.wav"}
    shown = hub.post("edit_audio", **wanted)
    assert shown.json()["gaps"][0]["code"] == "consent"
    assert not (song.parent / "part.wav").exists()
    made = hub.post("edit_audio", **wanted, consent=True)
    assert made.status_code == 200
    assert soundfile.info(song.parent / "part.wav").duration == pytest.approx(2.0, abs=0.01)
    assert hub.post("edit_audio", **{**wanted, "out": "loop.wav"}, consent=True).status_code == 409
    assert song.read_bytes() == before


def test_keys_packs_and_ears_are_handed_on_and_taken_back(hub: WebHub) -> None:
    """What `grym share` and `grym ear` do, with files only where the caller may name some."""
    music = hub.home.parent / "music"
    own = hub.post("own_key").json()["key"]
    assert hub.post("trust", key=own, name="me").json()["trusted"][0]["name"] == "me"
    assert [each["key"] for each in hub.post("trusted").json()["trusted"]] == [own]
    assert hub.post("trust", key="no key").status_code == 409
    assert hub.post("teach", label="loop", paths=["loop.wav"]).status_code == 200
    assert hub.post("export_pack", out="mine.grym", what=["labels"]).status_code == 200
    looked = hub.post("import_pack", path="mine.grym", dry_run=True).json()
    assert (looked["taken"], looked["dry_run"]) == (False, True)
    taken = hub.post("import_pack", path="mine.grym").json()
    assert [each["pack"] for each in hub.post("packs").json()["packs"]] == [taken["pack"]]
    no_ear = hub.post("write_pack_ear", id=taken["pack"][:12], out="theirs.json")
    assert (no_ear.status_code, no_ear.json()["code"]) == (409, "bad_request")
    assert hub.post("undo_pack").status_code == 200
    assert hub.post("packs").json()["packs"] == []
    assert hub.post("undo_pack").status_code == 409
    assert hub.post("distrust", key=own).json()["trusted"] == []
    assert hub.post("export_ear", out="ear.json").status_code == 200
    assert (music / "ear.json").stat().st_size > 0
    assert hub.post("export_ear", out="../ear.json").status_code == 403
    assert hub.post("merge_ear", path="ear.json").status_code == 200
    assert hub.post("merge_ear", path="loop.wav").status_code == 409


def test_a_kept_text_is_read_whole_and_fragments_are_looked_for(hub: WebHub) -> None:
    (hub.home.parent / "music" / "levels.md").write_text("# Levels\n\nLeave six decibels for the master.\n")
    job = hub.post("learn", targets=["levels.md"]).json()["id"]
    deadline = time.monotonic() + 60.0
    while hub.post("jobs", id=job).json()["state"] not in ("done", "failed") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert "six decibels" in hub.post("note_text", source="levels.md").json()["text"]
    assert hub.post("note_text", source="../secret.txt").status_code == 403
    assert hub.post("search_patterns").json()["left_to_look_through"] == 0


def test_strangers_and_other_sites_are_refused(hub: WebHub) -> None:
    def status(path: str = "/v1/health", method: str = "GET", **headers: str) -> int:
        return httpx.request(method, f"{hub.url}{path}", headers=headers).status_code

    good = f"Bearer {hub.token}"
    assert status(Authorization=good) == 200
    assert status() == 401
    assert status(Authorization="Bearer x") == 401
    assert status(Authorization=hub.token) == 401
    assert status(Authorization=f"Basic {hub.token}") == 401
    assert status(f"/v1/health?token={hub.token}") == 401
    assert status(Authorization=good, Host="evil.example") == 421
    assert status(Authorization=good, Host="evil.example:80") == 421
    assert status(Authorization=good, Host="127.0.0.1.evil.example") == 421
    assert status(Authorization=good, Origin="https://evil.example") == 403
    assert status(Authorization=good, Origin="null") == 403
    assert status(Authorization=good, Origin=hub.url) == 200
    assert status("/mcp", "POST") == 401
    assert status("/mcp", "POST", Authorization=good, Origin="https://evil.example") == 403
    assert status("/metrics") == 401
    for path in ("/", "/docs", "/openapi.json"):
        assert status(path) == 200
        assert status(path, Host="evil.example") == 421
    assert status("/nothing", Authorization=good) == 404
    assert status("/v1/ask", Authorization=good) == 405


def test_plain_pages_hold_no_token_run_nothing_and_name_every_call(hub: WebHub) -> None:
    first, docs = httpx.get(f"{hub.url}/"), httpx.get(f"{hub.url}/docs")
    for page in (first, docs):
        assert hub.token not in page.text
        assert "<script" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for link in ("/docs", "/openapi.json", "/metrics", "/v1/health"):
        assert f'href="{link}"' in first.text
    described = httpx.get(f"{hub.url}/openapi.json").json()
    for call in CALLS:
        assert f'id="{call.name}"' in docs.text
        body = described["paths"][f"/v1/{call.name}"]["post"]["requestBody"]["content"]["application/json"]
        assert body["examples"][call.name]["value"] == dict(call.example or {})


def test_a_file_is_sent_and_measured_and_bad_names_and_empty_ones_are_refused(hub: WebHub) -> None:
    sound = (hub.home.parent / "music" / "loop.wav").read_bytes()

    def put(name: str, content: bytes) -> httpx.Response:
        return httpx.put(f"{hub.url}/v1/uploads/{name}", content=content, headers=hub.headers)

    sent = put("my loop.wav", sound)
    assert sent.status_code == 201
    place = Path(sent.json()["path"])
    assert place.read_bytes() == sound
    assert place.stat().st_mode & 0o777 == 0o600
    measured = hub.post("analyze", paths=[str(place)], capabilities=["facts"]).json()["recordings"][0]
    assert measured["facts"]["codec"]
    for name in ("..", "%2e%2e", ".hidden", "a%2Fb.wav", "%2e%2e%2fowner-token", "a%5Cb.wav", "x" * 250):
        assert put(name, sound).status_code in (404, 405, 409, 413), name
    assert put("empty.wav", b"").status_code in (409, 422)
    assert len(list((hub.home / "uploads").iterdir())) == 1


def test_what_is_too_large_or_no_json_is_refused_before_it_is_read(hub: WebHub) -> None:
    def post(content: Any, **headers: str) -> httpx.Response:
        told = hub.headers | {"Content-Type": "application/json"} | headers
        return httpx.post(f"{hub.url}/v1/ask", content=content, headers=told)

    assert post(b"x" * (2 << 20)).status_code == 413
    assert post(iter([b"x" * (1 << 19)] * 8)).status_code == 413  # which does not say how long it is
    assert post(b"{").status_code in (400, 422)
    assert post(b"[" * 100_000).status_code in (400, 422)
    assert post(b'"\xff"').status_code in (400, 422)


def test_a_task_is_known_to_who_began_it_and_to_nobody_else(hub: WebHub) -> None:
    begun = hub.post("tasks", call="analyze", arguments={"paths": ["loop.wav"], "capabilities": ["loudness"]})
    assert begun.status_code == 202
    where = begun.headers["location"]
    done = _wait(hub, where)
    assert done["status"] == "completed"
    assert done["document"]["recordings"][0]["loudness"]["integrated_lufs"] < 0.0
    job, _, secret = where.rpartition("/")[2].partition("-")
    assert len(secret) == 32
    listed = hub.post("jobs", id=job).json()
    assert secret not in json.dumps(listed)
    assert "loop.wav" not in json.dumps(listed["params"])
    for guess in (f"{job}-{'0' * 32}", job, f"{job}-", f"{job[:4]}-{secret}", "ff-00"):
        assert hub.get(f"/v1/tasks/{guess}").status_code == 404
    assert hub.post("tasks", call="analyze", arguments={"paths": ["../secret.txt"]}).status_code == 403
    assert hub.post("tasks", call="fly", arguments={}).status_code == 409


def test_a_task_that_fails_tells_its_problem_and_one_that_is_cancelled_says_so(hub: WebHub) -> None:
    failed = hub.post("tasks", call="analyze", arguments={"paths": ["missing.wav"]}).headers["location"]
    assert _wait(hub, failed)["problem"]["code"] == "unreadable"
    cancelled = hub.post("tasks", call="analyze", arguments={"paths": ["loop.wav"], "use_cache": False})
    place = cancelled.headers["location"]
    httpx.delete(f"{hub.url}{place}", headers=hub.headers)
    assert _wait(hub, place)["status"] in ("cancelled", "completed")


def _wait(hub: WebHub, place: str) -> dict[str, Any]:
    for _ in range(300):
        told: dict[str, Any] = hub.get(place).json()
        if told["status"] != "working":
            return told
        threading.Event().wait(0.1)
    raise AssertionError("the task did not end")


def test_events_are_told_with_numbers_and_go_on_where_a_listener_left(hub: WebHub) -> None:
    hub.post("teach", label="snare", paths=["loop.wav"])
    first = _events(hub, after=0, until="label")
    numbers = [number for number, _ in first]
    assert numbers == sorted(set(numbers))
    kinds = [kind for _, kind in first]
    assert "health" in kinds
    again = _events(hub, after=numbers[0], until="label")
    assert again == first[1:]
    assert hub.get("/v1/events", **{"Last-Event-ID": "x"}).status_code == 409


def _events(hub: WebHub, *, after: int, until: str) -> list[tuple[int, str]]:
    """Numbers and kinds of events up to the first of a kind."""
    told = hub.headers | {"Last-Event-ID": str(after)}
    found: list[tuple[int, str]] = []
    with httpx.stream("GET", f"{hub.url}/v1/events", headers=told, timeout=20) as stream:
        number = 0
        for line in stream.iter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("event: "):
                found.append((number, line[7:]))
                if line[7:] == until:
                    return found
    raise AssertionError("the stream ended")


def test_metrics_are_in_the_form_that_prometheus_reads(hub: WebHub) -> None:
    hub.post("library")
    told = hub.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    lines = told.text.splitlines()
    states = [line for line in lines if line.startswith("grym_health{")]
    assert sorted(line[-3:] for line in states) == ["0.0", "0.0", "1.0"]
    assert any(line.startswith('grym_calls_total{call="library",end="answered"}') for line in lines)
    assert any(line.startswith('grym_pressure{signal="memory"}') for line in lines)


def test_every_call_is_written_down_without_what_was_asked(hub: WebHub) -> None:
    hub.post("ask", question="a question about a secret melody")
    lines = (hub.home / "calls.jsonl").read_text().splitlines()
    last = json.loads(lines[-1])
    assert (last["caller"], last["via"], last["call"]) == ("owner", "http", "ask")
    assert "secret melody" not in "".join(lines)
    assert hub.token not in "".join(lines)


def test_each_call_is_a_span_for_who_collects_them_without_what_was_asked(
    hub: WebHub, collector: tuple[str, list[bytes]]
) -> None:
    hub.post("ask", question="a question about a hidden chord")
    for _ in range(100):
        if any(b"grym ask" in body for body in collector[1]):
            break
        threading.Event().wait(0.1)
    told = b"".join(collector[1])
    assert b"grym ask" in told
    assert b"grym-synth" in told
    assert b"hidden chord" not in told
    assert hub.token.encode() not in told


def test_a_port_that_is_taken_is_said_and_without_one_the_next_is_used(hub: WebHub, tmp_path: Path) -> None:
    from grym_synth.errors import BadSetup
    from grym_synth.frontends.http import serve

    port = int(hub.url.rpartition(":")[2])
    with pytest.raises(BadSetup, match=str(port)):
        serve.bind("127.0.0.1", port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        before, serve.PORT = serve.PORT, number
        try:
            with serve.bind("127.0.0.1", None) as listening:
                assert listening.getsockname()[1] != number
        finally:
            serve.PORT = before
