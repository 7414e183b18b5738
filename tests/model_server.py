"""A language model's server on loopback, speaking as OpenAI, Anthropic and Google do, that says what it is told to.

Everything is real but the model: HTTP/1.1, JSON, server-sent events, and every way in which these fail.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal


@dataclass(frozen=True)
class Reply:
    """What a server does with one request.

    body : sent in place of an answer, as it is
    usage : tokens read and written; None to say nothing of them
    after_pieces : how many pieces of a stream are sent before `then`
    then : go on to the end; close as if it were the end; break off; say nothing more
    needs_no_schema : refuse a request that brings a JSON Schema
    """

    text: str = "Fine."
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    usage: tuple[int, int] | None = (12, 5)
    finish: str = "stop"
    after_pieces: int = 0
    then: Literal["end", "close", "break", "hang"] = "end"
    needs_no_schema: bool = False


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def words(self) -> str:
        return json.dumps(self.body)


class ModelServer:
    """Replies in the order given, the last one again and again; remembers what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies, self.seen = list(replies) or [Reply()], list[Seen]()
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def next_reply(self, seen: Seen) -> Reply:
        with self._lock:
            self.seen.append(seen)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def serving(*replies: Reply) -> Iterator[ModelServer]:
    server = ModelServer(*replies)
    try:
        yield server
    finally:
        server.close()


def _handler_of(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version, disable_nagle_algorithm = "HTTP/1.1", True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            reply = server.next_reply(seen)
            streams = bool(body.get("stream")) or ":streamGenerateContent" in self.path
            has_schema = any(
                name in body for name in ("response_format", "output_config", "output_format")
            ) or "responseJsonSchema" in str(body)
            if reply.needs_no_schema and has_schema:
                self._send(400, json.dumps({"error": {"message": "response_format is not supported"}}).encode(), {})
            elif reply.body is not None or reply.status != 200:
                told = {"error": {"message": f"told to say {reply.status}", "type": "test"}}
                self._send(reply.status, json.dumps(told).encode() if reply.body is None else reply.body, reply.headers)
            elif streams:
                self._stream(reply, list(_EVENTS[_dialect(self.path)](reply)))
            elif reply.then == "hang":
                self._start("application/json", {"content-length": "1000"})
                self.wfile.write(b"{")
                server.closing.wait()
            else:
                self._send(200, json.dumps(_WHOLE[_dialect(self.path)](reply)).encode(), reply.headers)

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in (
                {"content-type": "application/json", "content-length": str(len(body))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _start(self, kind: str, headers: dict[str, str]) -> None:
            self.send_response(200)
            for name, value in ({"content-type": kind} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def _stream(self, reply: Reply, events: list[str]) -> None:
            """As chunks, so that a stream that breaks off is told from one that ends."""
            self._start("text/event-stream", {"transfer-encoding": "chunked"})
            sent = events if reply.then == "end" else events[: reply.after_pieces + _BEFORE_TEXT[_dialect(self.path)]]
            try:
                for event in sent:
                    data = event.encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                    self.wfile.flush()
                if reply.then == "hang":
                    server.closing.wait()
                if reply.then in ("end", "close"):
                    self.wfile.write(b"0\r\n\r\n")
                else:
                    self.close_connection = True
            except ConnectionError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, *arguments: object) -> None:
            """Nobody reads it."""

    return Handler


Dialect = Literal["openai", "anthropic", "google"]
_BEFORE_TEXT: dict[Dialect, int] = {"openai": 0, "anthropic": 2, "google": 0}  # events that carry none


def _dialect(path: str) -> Dialect:
    return "anthropic" if path.endswith("/messages") else "google" if "Content" in path else "openai"


def _pieces(text: str) -> list[str]:
    return [word + " " for word in text.split(" ")[:-1]] + text.split(" ")[-1:]


def _event(content: object, name: str = "") -> str:
    return (
        f"event: {name}\n" if name else ""
    ) + f"data: {content if isinstance(content, str) else json.dumps(content)}\n\n"


def _openai_usage(reply: Reply) -> dict[str, Any]:
    if reply.usage is None:
        return {}
    read, written = reply.usage
    return {"usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}}


def _whole_openai(reply: Reply) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    head = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return {**head, "choices": [choice], **_openai_usage(reply)}


def _openai_events(reply: Reply) -> Iterator[str]:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for piece in _pieces(reply.text):
        yield _event({**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]})
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]})
    if reply.usage is not None:
        yield _event({**head, "choices": [], **_openai_usage(reply)})
    yield _event("[DONE]")


def _anthropic_head(reply: Reply) -> dict[str, Any]:
    read, _ = reply.usage or (0, 0)
    usage = {"input_tokens": read, "output_tokens": 0}
    return {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
            "stop_sequence": None, "usage": usage}  # fmt: skip


_ANTHROPIC_ENDS = {"stop": "end_turn", "length": "max_tokens"}


def _whole_anthropic(reply: Reply) -> dict[str, Any]:
    read, written = reply.usage or (0, 0)
    return {
        **_anthropic_head(reply),
        "content": [{"type": "text", "text": reply.text}],
        "stop_reason": _ANTHROPIC_ENDS[reply.finish],
        "usage": {"input_tokens": read, "output_tokens": written},
    }


def _anthropic_events(reply: Reply) -> Iterator[str]:
    _, written = reply.usage or (0, 0)

    def event(name: str, **rest: Any) -> str:
        return _event({"type": name, **rest}, name)

    yield event("message_start", message=_anthropic_head(reply))
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for piece in _pieces(reply.text):
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    yield event("content_block_stop", index=0)
    end = {"stop_reason": _ANTHROPIC_ENDS[reply.finish], "stop_sequence": None}
    yield event("message_delta", delta=end, usage={"output_tokens": written})
    yield event("message_stop")


_GOOGLE_ENDS = {"stop": "STOP", "length": "MAX_TOKENS"}


def _google_part(text: str, reply: Reply, *, ends: bool) -> dict[str, Any]:
    read, written = reply.usage or (0, 0)
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    usage = {"promptTokenCount": read, "candidatesTokenCount": written, "totalTokenCount": read + written}
    if not ends:
        return {"candidates": [candidate], "modelVersion": "m"}
    ending = {**candidate, "finishReason": _GOOGLE_ENDS[reply.finish]}
    return {"candidates": [ending], "usageMetadata": usage, "modelVersion": "m"}


def _whole_google(reply: Reply) -> dict[str, Any]:
    return _google_part(reply.text, reply, ends=True)


def _google_events(reply: Reply) -> Iterator[str]:
    pieces = _pieces(reply.text)
    for place, piece in enumerate(pieces, start=1):
        yield _event(_google_part(piece, reply, ends=place == len(pieces)))


_WHOLE = {"openai": _whole_openai, "anthropic": _whole_anthropic, "google": _whole_google}
_EVENTS = {"openai": _openai_events, "anthropic": _anthropic_events, "google": _google_events}
