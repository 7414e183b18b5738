"""Files of every kind are read by what they are, and what is hostile or broken is refused with a sentence."""

import gzip
import io
import zipfile

import mido
import pytest

from grym_synth.knowledge.reading.document import Document, Unreadable
from grym_synth.knowledge.reading.kinds import read_content
from grym_synth.storage.knowledge_rows import Section

SCORE = (
    b'<?xml version="1.0"?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd"><score-partwise><work><work-title>Song</work-title></work>'
    b'<part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list><part id="P1">'
    b'<measure number="1"><attributes><key><fifths>2</fifths></key><time><beats>3</beats><beat-type>4</beat-type>'
    b'</time></attributes><direction><sound tempo="96"/></direction></measure></part></score-partwise>'
)


def read(content: bytes, name: str, content_type: str = "") -> Document:
    return read_content(content, name, content_type, "https://host/dir/x", lambda fraction, doing: None)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def test_headings_of_a_page_are_its_sections() -> None:
    page = b"<html><head><title>T</title></head><body><article><h1>One</h1><p>first words of it</p><h2>Two</h2>"
    page += b"<p>second words of it</p><ul><li>a</li><li>b</li></ul></article></body></html>"
    found = read(page, "x", "text/html")
    assert (found.kind, found.title) == ("page", "T")
    assert [(found.text[each.start :].split("\n")[0], each.level) for each in found.sections] == [
        ("One", 1),
        ("Two", 2),
    ]
    assert "- a\n- b" in found.text


def test_markdown_keeps_every_character_of_the_file() -> None:
    front = '\ufeff---\r\ntitle: "My Note"\r\n---\r\n'
    raw = front + "# Head *one*\r\n\r\n```\n# no head\n```\r\n"
    raw += "Part\r\n----\r\nsee [[Other|that]]"
    found = read(raw.encode("utf-8"), "a.md")
    assert found.text == raw[1:]
    assert found.title == "My Note"
    assert [(each.title, each.level) for each in found.sections] == [("Head one", 1), ("Part", 2)]
    assert found.text[found.sections[0].start :].startswith("# Head *one*")


def test_feeds_and_sitemaps_are_links() -> None:
    rss = b'<rss version="2.0"><channel><title>T</title><item><title>One</title><link>/a</link></item></channel></rss>'
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>'
    atom += b'<entry><title>E</title><link href="b"/></entry></feed>'
    sites = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://host/p</loc></url></urlset>'
    assert [link.address for link in read(rss, "x").links] == ["https://host/a"]
    assert [link.address for link in read(atom, "x").links] == ["https://host/dir/b"]
    assert [link.address for link in read(gzip.compress(sites), "sitemap.xml.gz").links] == ["https://host/p"]


def test_a_score_is_told_in_words_also_when_it_is_compressed() -> None:
    for content in (SCORE, zipped(score__xml=SCORE)):
        found = read(content, "s.mxl" if content != SCORE else "s.musicxml")
        assert (found.kind, found.title) == ("score", "Song")
        for line in ("Part Flute", "Bar 1: key D major", "Bar 1: time 3/4", "Bar 1: tempo 96 BPM"):
            assert line in found.text


def test_a_midi_file_is_told_in_words() -> None:
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="Lead"), mido.MetaMessage("set_tempo", tempo=500_000)])
    track += [mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=1920)]
    file, out = mido.MidiFile(tracks=[track]), io.BytesIO()
    file.save(file=out)
    found = read(out.getvalue(), "x.mid")
    assert "1 tracks, 1 bars" in found.text
    assert "Bar 1: tempo 120 BPM" in found.text


def test_text_that_is_no_utf8_says_how_it_was_read() -> None:
    assert read("naïve".encode("latin-1"), "a.txt").text == "naïve"
    assert "Windows-1252" in read("naïve".encode("latin-1"), "a.txt").note
    assert read("naïve".encode("utf-16"), "a.txt").text == "naïve"


def test_audio_is_told_and_not_read() -> None:
    assert read(b"RIFF....WAVE", "a.wav") == Document("audio", "a", "", ())


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "a.md", "empty"),
        (b" \n", "a.txt", "empty"),
        (b"a\0b" * 9, "a.txt", "zero bytes"),
        (b"\x01\x02" * 99, "a.txt", "control"),
        (b"%PDF-1.7 broken", "a.pdf", "damaged"),
        (b"hello", "a.pdf", "is none"),
        (b"MThd\0", "a.mid", "broken"),
        (b"PK\x03\x04xx", "a.mxl", "broken"),
        (b"\x1f\x8bxx", "a.gz", "broken"),
        (b"\x89PNG\r\n", "a.png", "picture"),
        (b"<a>" * 1000, "a.xml", "unknown kind"),
        (b"<urlset>" * 1000, "a.xml", "broken"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>', "a.xml", "entities"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset>&a;</urlset>', "a.xml", "entities"),
        (b"<html><script>x()</script></html>", "a.html", "page"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "a.txt.gz", "more than once"),
        (zipped(a__txt=b"x"), "a.mxl", "no score"),
        ("x".encode("utf-16") + b"\0", "a.txt", "utf-16"),
        (b"x" * 5_000_001, "a.txt", "5,000,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(content: bytes, name: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(content, name)


def test_bombs_are_not_unpacked_to_their_end() -> None:
    with pytest.raises(Unreadable, match="bomb"):
        read(gzip.compress(b" " * (65 << 20)), "a.xml.gz")
    with pytest.raises(Unreadable, match="bomb"):
        read(zipped(score__xml=b" " * (65 << 20)), "a.mxl")


def test_sections_of_a_document_are_sections_of_a_store() -> None:
    assert read(b"# A\n", "a.md").sections == (Section(0, "A", 1),)
