"""Text to the ids of BERT's uncased vocabulary.

References
----------
Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2019; Wu et al., "Google's Neural Machine
Translation System", 2016 (greedy longest match first).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

_UNKNOWN = "[UNK]"
_LONGEST_WORD = 100  # longer words are unknown as a whole, as in BERT

#: Blocks of CJK ideographs: each one is a word of its own.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


@cache
def load_vocabulary() -> Mapping[str, int]:
    """Word piece to id, from `data/vocab.txt`."""
    text = resources.files(__package__).joinpath("data/vocab.txt").read_text(encoding="utf-8")
    return {piece: index for index, piece in enumerate(text.splitlines())}


def token_ids(text: str, vocabulary: Mapping[str, int], *, limit: int = 128) -> list[int]:
    """Ids of `text` between [CLS] and [SEP], at most `limit` in all."""
    ids = [vocabulary["[CLS]"]]
    for word in split_words(text):
        ids += [vocabulary[piece] for piece in split_pieces(word, vocabulary)]
        if len(ids) >= limit:
            break
    return [*ids[: limit - 1], vocabulary["[SEP]"]]


def split_words(text: str) -> Iterator[str]:
    """Lower-case words without accents; each punctuation mark and each ideograph is a word."""
    word = ""
    for character in _clean(text):
        if character.isspace() or _stands_alone(character):
            if word:
                yield word
            word = ""
            if not character.isspace():
                yield character
        else:
            word += character
    if word:
        yield word


def split_pieces(word: str, vocabulary: Mapping[str, int]) -> Sequence[str]:
    """The longest piece that begins the word, then the longest of the rest, ...; [UNK] when the rest has none."""
    if len(word) > _LONGEST_WORD:
        return [_UNKNOWN]
    pieces: list[str] = []
    start = 0
    while start < len(word):
        prefix = "##" if start else ""
        end = next((e for e in range(len(word), start, -1) if prefix + word[start:e] in vocabulary), start)
        if end == start:
            return [_UNKNOWN]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _clean(text: str) -> Iterator[str]:
    """Drop control characters, make every white space a blank, take the accents off, lower the case."""
    kept = "".join(" " if _is_space(c) else c for c in text if _is_space(c) or not _is_control(c))
    for character in unicodedata.normalize("NFD", kept):
        if unicodedata.category(character) != "Mn":
            yield from character.lower()


def _is_space(character: str) -> bool:
    return character in " \t\n\r" or unicodedata.category(character) == "Zs"


def _is_control(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs")


def _stands_alone(character: str) -> bool:
    code = ord(character)
    if 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126:
        return True  # ASCII symbols such as "$" and "~" count as punctuation although Unicode says otherwise
    if code < 128:
        return False
    return unicodedata.category(character).startswith("P") or any(low <= code <= high for low, high in _IDEOGRAPHS)
