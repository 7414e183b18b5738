"""A text of which one kind of thing is read after the other; what was read is masked."""

from __future__ import annotations

import re
import unicodedata

from ...regex import lazily

MAX_CHARS = 20_000  # nobody's sentence is longer
MASK = "\x01"  # stands for letters that have been read; no sentence holds it after `normalise`
_ENGLISH = lazily(r"(?i)\b(?:the|is|of|at|it|and|has|with|lies|runs|hertz|recording|file|track)\b")


def normalise(text: str) -> str:
    """Compatibility forms folded (full-width digits), invisible characters gone, dashes and accidentals in ASCII."""
    if text.isascii() and text.isprintable():
        return text[: MAX_CHARS + 1].replace("`", '"')
    folded = unicodedata.normalize("NFKC", text[: MAX_CHARS + 1])
    letters = []
    for letter in folded:
        category = unicodedata.category(letter)
        if category in ("Cf", "Co", "Cn", "Cs"):
            continue
        if category in ("Cc", "Zs", "Zl", "Zp"):
            letters.append(" ")
        elif category == "Nd":  # digits of every script count as digits
            letters.append(str(unicodedata.digit(letter)))
        else:
            letters.append(_ASCII.get(letter, letter))
    return "".join(letters)


_ASCII = dict.fromkeys("‐‑‒–—―−﹣－", "-") | {
    "♯": "#", "♭": "b", "⁄": "/", "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "`": '"', "→": "-",
}  # fmt: skip


class Masked:
    """`text` as it was written, and `plain`, where what has been read is masked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text
        self.is_english = _ENGLISH.search(text) is not None

    def mask(self, start: int, end: int) -> None:
        self.plain = f"{self.plain[:start]}{MASK * (end - start)}{self.plain[end:]}"

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Every match in what is left, masked from now on."""
        found = list(pattern.finditer(self.plain))
        for match in found:
            self.mask(match.start(), match.end())
        return found
