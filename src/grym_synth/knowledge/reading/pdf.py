"""PDF: the text of each page, with pages and the outline as sections."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from .document import MOST_SECTIONS, Document, Unreadable, Writer, first_line, one_line

_MOST_PAGES = 5_000
_DEEPEST = 8  # of an outline


def read_pdf(content: bytes, progress: Callable[[float, str], None]) -> Document:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("the PDF is locked with a password", hint="save a copy without one") from error
        raise Unreadable(f"the PDF is damaged: {error}") from error
    with contextlib.closing(pdf):
        pages = len(pdf)
        if pages > _MOST_PAGES:
            raise Unreadable(f"the PDF has {pages:,} pages, more than {_MOST_PAGES:,}", hint="split it into parts")
        outline, writer = _outline(pdf), Writer()
        level, unread = 0, 0
        for number in range(pages):
            progress(number / pages, f"page {number + 1} of {pages}")
            for depth, title in outline.get(number, ()):
                writer.head(title, depth, is_written=False)
                level = depth
            writer.head(f"page {number + 1}", level + 1, is_written=False)
            try:
                page = pdf[number]
                text = page.get_textpage()
                said = text.get_text_bounded()
                text.close()
                page.close()
            except pypdfium2.PdfiumError:
                unread += 1
                continue
            writer.block(_joined(said))
        title = one_line(str(pdf.get_metadata_dict().get("Title", ""))) or first_line(writer.text)
    if not writer.text.strip():
        raise Unreadable("the PDF holds no text, only pictures of it", hint="save a copy with recognised text")
    note = f"{unread} of {pages} pages could not be read" if unread else ""
    return Document("pdf", title, writer.text, tuple(writer.sections), note=note)


def _outline(pdf: Any) -> Mapping[int, list[tuple[int, str]]]:
    """Titles of the outline with their depth from 1, by the index of the page where they begin."""
    found: dict[int, list[tuple[int, str]]] = {}
    with contextlib.suppress(Exception):  # a broken outline is no reason to leave the pages unread
        for count, item in enumerate(pdf.get_toc(max_depth=_DEEPEST)):
            if count > MOST_SECTIONS // 2:
                break
            target = item.get_dest()
            index = None if target is None else target.get_index()
            if index is not None and (title := one_line(item.get_title())):
                found.setdefault(index, []).append((item.level + 1, title))
    return found


def _joined(said: str) -> str:
    """Lines of a page; a word that was divided at the end of a line is whole again."""
    return said.replace("\r\n", "\n").replace("\ufffe\n", "").replace("\ufffe", "").replace("\x02", "")
