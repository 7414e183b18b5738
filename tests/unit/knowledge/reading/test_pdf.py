"""PDFs as they come: whole, locked, empty, without text, with too many pages, and packed to burst."""

import zlib

import pytest

from grym_synth.knowledge.reading.document import Document, Unreadable
from grym_synth.knowledge.reading.kinds import read_content
from grym_synth.storage.knowledge_rows import Section


def read(content: bytes) -> Document:
    return read_content(content, "a.pdf", "application/pdf", "", lambda fraction, doing: None)


def pdf(*drawn: bytes, pages: int | None = None, trailer: bytes = b"", how: bytes = b"") -> bytes:
    """A PDF of so many pages: what each draws in turn, or all of them the first."""
    count = len(drawn) if pages is None else pages
    kids = b" ".join(b"%d 0 R" % (4 + len(drawn) + number) for number in range(count))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 200 200]>>" % (kids, count),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *(b"<</Length %d%s>>stream\n%s\nendstream" % (len(each), how, each) for each in drawn),
    ]
    for number in range(count):
        shown = 4 + min(number, len(drawn) - 1)
        parts.append(b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>" % shown)
    out, places = b"%PDF-1.7\n", list[int]()
    chunks, length = [out], len(out)
    for number, part in enumerate(parts, 1):
        places.append(length)
        chunks.append(b"%d 0 obj\n%s\nendobj\n" % (number, part))
        length += len(chunks[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    chunks.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
    chunks.append(b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, length))
    return b"".join(chunks)


def says(text: bytes) -> bytes:
    return b"BT /F 12 Tf 10 100 Td (%s) Tj ET" % text


LOCK = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32)


def test_pages_of_a_pdf_are_its_sections() -> None:
    found = read(pdf(says(b"Low end"), says(b"High end")))
    assert (found.kind, found.title) == ("pdf", "Low end")
    assert [section.title for section in found.sections] == ["page 1", "page 2"]
    assert found.sections[0] == Section(0, "page 1", 1)
    assert found.text[found.sections[1].start :].strip() == "High end"


@pytest.mark.parametrize(
    ("content", "why", "hint"),
    [
        (pdf(says(b"secret"), trailer=LOCK), "locked with a password", "without one"),
        (pdf(b""), "only pictures", "recognised text"),
        (pdf(b"0 0 100 100 re f"), "only pictures", "recognised text"),
        (pdf(says(b"many"), pages=5_001), "5,001 pages, more than 5,000", "split it"),
    ],
    ids=["locked", "empty", "scanned", "too long"],
)
def test_a_pdf_that_cannot_be_read_says_why_and_what_to_do(content: bytes, why: str, hint: str) -> None:
    with pytest.raises(Unreadable, match=why) as told:
        read(content)
    assert hint in told.value.hint


def test_streams_within_streams_are_unpacked_while_they_stay_small() -> None:
    packed = says(b"deep")
    for _ in range(20):
        packed = zlib.compress(packed)
    assert read(pdf(packed, how=b"/Filter[%s]" % (b"/FlateDecode" * 20))).text.strip() == "deep"
