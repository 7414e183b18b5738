"""XML from strangers, parsed without following its declarations; and what lies compressed, unpacked in bounds."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from .document import MOST_BYTES, Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_FILES = 1_000


def refuse_entities(content: bytes) -> None:
    """Refuse XML that declares entities: no feed, page or score needs them, and bombs are made of them."""
    if b"<!ENTITY" in content or b"<\x00!\x00E\x00N\x00T\x00I" in content:
        raise Unreadable("the XML declares entities, which may be a bomb: it is not read")


def parse_xml(content: bytes) -> Element:
    """The root of an XML document.

    Raises
    ------
    Unreadable
        It is broken, or declares entities.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    refuse_entities(content)
    try:
        root: Element = fromstring(content)
    except DefusedXmlException as error:
        raise Unreadable("the XML declares entities, which may be a bomb: it is not read") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"the XML is broken: {error}") from error
    return root


def local(tag: object) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def gunzip(content: bytes) -> bytes:
    """What gzip holds, up to the bound of a file."""
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"the gzip file is broken: {error}") from error
    return _bounded(unpacked)


def from_zip(content: bytes, name: str = "") -> bytes:
    """The file of that name in a zip file; without a name: the score that a compressed MusicXML file declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > _MOST_FILES:
                raise Unreadable(f"the zip file holds {len(names):,} files, more than {_MOST_FILES:,}")
            with archive.open(name or _root_file(archive, names)) as file:
                return _bounded(file.read(MOST_BYTES + 1))
    except KeyError as error:
        raise Unreadable("the zip file does not hold the score that it declares") from error
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unreadable(f"the zip file is broken: {error}") from error


def _root_file(archive: zipfile.ZipFile, names: list[str]) -> str:
    container = "META-INF/container.xml"
    if container in names:
        with archive.open(container) as file:
            root = parse_xml(_bounded(file.read(1 << 20)))
        for element in root.iter():
            if local(element.tag) == "rootfile" and (path := element.get("full-path")):
                return path
    for name in names:
        if name.lower().endswith((".musicxml", ".xml")) and not name.startswith(("META-INF/", "__MACOSX/")):
            return name
    raise Unreadable("the zip file holds no score", hint="unpack it, and give the files that are to be read")


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise Unreadable(f"unpacked it has more than {MOST_BYTES >> 20} MB, which may be a bomb: it is not read")
    return content
