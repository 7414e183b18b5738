"""Packed bodies are unpacked piece by piece, and never to more than is read."""

from __future__ import annotations

import zlib

from .refusals import NotNow, Refused

_PIECE = 1 << 16


class Unpacker:
    """Takes a body as it comes and holds it as it is meant.

    encoding : "gzip", "deflate" or ""
    most : bytes that are held at most
    """

    def __init__(self, encoding: str, most: int) -> None:
        self._encoding, self._most = encoding, most
        self._unpack = zlib.decompressobj(31) if encoding == "gzip" else None
        self._taken = 0
        self.content = bytearray()

    def take(self, piece: bytes) -> None:
        """Take the next piece.

        Raises
        ------
        Refused
            It is too large, packed or unpacked, or not packed as it says.
        """
        self._taken += len(piece)
        if self._taken > self._most:
            raise Refused("too_large", f"it goes on after {self._most >> 20} MB, and no more are read")
        if not self._encoding:
            self.content += piece
            return
        try:
            self._inflate(piece)
        except zlib.error as error:
            raise Refused("bad_packing", f"it is not packed as it says ({self._encoding})") from error

    def _inflate(self, piece: bytes) -> None:
        if self._unpack is None:  # deflate is meant with a header of zlib, and often sent without
            has_header = len(piece) > 1 and piece[0] & 0x0F == 8 and (piece[0] << 8 | piece[1]) % 31 == 0
            self._unpack = zlib.decompressobj(15 if has_header else -15)
        while piece:
            if self._unpack.eof:
                raise Refused("bad_packing", "after what is packed there is something else")
            self.content += self._unpack.decompress(piece, _PIECE)
            if len(self.content) > self._most:
                raise Refused(
                    "unpacks_too_large",
                    f"{self._taken:,} bytes unpack to more than {self._most >> 20} MB, as bombs do",
                )  # fmt: skip
            piece = self._unpack.unconsumed_tail or self._unpack.unused_data

    def finish(self) -> bytes:
        """The whole body; raises NotNow where its end is missing."""
        if self._unpack is not None and not self._unpack.eof:
            raise NotNow("cut_short", "it ends in the middle of what is packed")
        return bytes(self.content)


def judge_file(content: bytes, most: int) -> None:
    """Let a packed file pass that unpacks to no more than is read, and to nothing packed again.

    Raises
    ------
    Refused
        It does not, or is damaged.
    """
    inner = Unpacker("gzip", most)
    inner.take(content)
    if inner.finish().startswith(b"\x1f\x8b"):
        raise Refused("packed_twice", "it is packed more than once, as bombs are")
