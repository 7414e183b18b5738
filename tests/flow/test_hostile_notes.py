"""Files made to do harm, through the real command and its read agent: each gets its reason, good ones are read."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.command import Grym

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_SHOWN = b"BT /F1 12 Tf 72 700 Td (boom) Tj ET\n"


def _pdf(pages: bytes, content: bytes = _SHOWN, how: bytes = b"") -> bytes:
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages" + pages + b">>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), how, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.7\n"
    for number, part in enumerate(parts, start=1):
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    return out + b"trailer <</Root 1 0 R/Size 6>>\n%%EOF\n"


def _archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        place = '<?xml version="1.0"?><container><rootfiles><rootfile full-path="s.xml"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", place)
        archive.writestr("s.xml", b"<a>" + b" " * (70 << 20))
    return held.getvalue()


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return f'<!DOCTYPE x [<!ENTITY a "ha">{entities}]><score-partwise>&j;</score-partwise>'.encode()


_ONE_PAGE = b"/Kids[3 0 R]/Count 1"
#: What a file holds, and a word of the reason that must be given; "" where it may be read, if only the hub lives on.
BOMBS = {
    "flate.pdf": (
        _pdf(_ONE_PAGE, zlib.compress(b"q " * 30_000_000, 1), b"/Filter/FlateDecode"),
        "made to do harm",
    ),
    "pages.pdf": (_pdf(b"/Kids[" + b"3 0 R " * 9_000 + b"]/Count 9000"), "9,000 pages"),
    "cycle.pdf": (_pdf(b"/Kids[2 0 R 2 0 R 3 0 R]/Count 2000000000"), ""),
    "laughs.musicxml": (_laughs(), "declares entities"),
    "score.mxl": (_archive(), "64 MB"),
    "deep.xml": (b'<?xml version="1.0"?><rss>' + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</rss>", ""),
    "deep.html": (b"<html><body>" + b"<div><p>" * 100_000 + b"deep" + b"</div>" * 100_000, "no text of its own"),
    "line.html": (b"<html><body><p>" + b"kick " * 1_000_000 + b"</p></body></html>", ""),
    "deep.md": (b"> " * 20_000 + b"deep\n\n" + b"[" * 20_000 + b"\n", ""),
}


def test_bombs_are_refused_each_with_its_reason_and_the_note_among_them_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, (content, _) in BOMBS.items():
        (folder / name).write_bytes(content)
    (folder / "good.md").write_text("# Good\n\nThe kick sits at sixty hertz.\n", encoding="utf-8")
    *told, _ = Grym(tmp_path)("learn", "notes")
    by_name = {Path(item.get("address") or item["path"]).name: item for item in told}
    assert by_name["good.md"]["state"] == "new"
    for name, (_, reason) in BOMBS.items():
        if reason:
            assert reason in by_name[name]["error"]["message"]
