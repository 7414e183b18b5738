"""Errors as documents of RFC 9457 (problem details), with the codes that the command line has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from ...errors import GrymError, Unavailable
from ..calls.desk import Outcome
from ..protocol import error_exit

TYPE = "application/problem+json"
_OF_CODE = {
    "not_signed_in": 401, "bad_token": 401, "not_allowed": 403, "out_of_bounds": 403, "unknown_job": 404,
    "unknown_task": 404, "unknown_resource": 404, "unknown_agent": 404, "nothing_to_retry": 409, "throttled": 429,
    "too_large": 413, "agent_timeout": 504, "empty_library": 409, "missing": 501,
}  # fmt: skip
#: What a request that fits its schema cannot be met for: it names something that is not as it would have to be.
_OF_EXIT = {2: 409, 3: 409, 4: 503, 5: 502}
_TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Cannot be used as it is", 413: "Too large", 415: "Unsupported media type", 421: "Wrong host",
    422: "Not as the schema says", 429: "Too often", 500: "A fault of ours", 501: "Not installed",
    502: "A part is missing", 503: "Refused for now", 504: "Too slow",
}  # fmt: skip


def problem(
    status: int,
    code: str,
    detail: str,
    hint: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """One error; `more` are members of its document."""
    told = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail}
    return JSONResponse({**told, "code": code, "hint": hint, **more}, status, dict(headers or {}), TYPE)


def problem_of(error: GrymError) -> JSONResponse:
    retry = error.retry_after if isinstance(error, Unavailable) else None
    return _told(error.code, str(error), error.hint, error_exit(error), retry)


def problem_of_outcome(outcome: Outcome) -> JSONResponse:
    """Of a call that answered nothing."""
    assert outcome.error is not None
    error = outcome.error
    return _told(error["code"], error["message"], error.get("hint", ""), outcome.exit, outcome.retry_after_s)


def _told(code: str, detail: str, hint: str, exit_code: int, retry_after_s: float | None) -> JSONResponse:
    status = _OF_CODE.get(code) or _OF_EXIT.get(exit_code, 500)
    headers = {"Retry-After": str(max(1, math.ceil(retry_after_s or 1.0)))} if status in (429, 503) else {}
    return problem(status, code, detail, hint, headers=headers, retry_after_s=retry_after_s)
