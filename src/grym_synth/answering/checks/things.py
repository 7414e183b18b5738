"""Instruments, voices, effects, genres and parts of a song: what no evidence holds is not in it."""

from __future__ import annotations

import re

from ...messages import Evidence
from ...regex import lazily
from .case import Case, Problem
from .held import strings_of

#: Nouns that have no other meaning in sentences about sound.
_INSTRUMENTS = (
    r"sax(?:ophone)?s?|trumpets?|trombones?|tubas?|french horns?|clarinets?|oboes?|bassoons?|flutes?|piccolos?|harmonicas?"
    r"|accordions?|violins?|violas?|cellos?|double bass|harps?|banjos?|mandolins?|ukuleles?|sitars?|lutes?|guitars?|guitarist"
    r"|pianos?|pianist|harpsichords?|organs?|synth(?:esi[sz]er)?s?|(?<!kick )(?<!bass )(?<!snare )drums?|drum ?kit|drum machine|drummer|percussion"
    r"|bongos?|timpani|xylophones?|marimbas?|vibraphones?|glockenspiels?|choirs?|orchestras?|vocals?|vocalists?"
    r"|vocal lines?|singers?|singing|sings|rappers?|rapping|raps|horn section|string (?:section|quartet|orchestra)|quartet|big band|brass band|backing band|ensemble|woodwinds?|turntables?"
    r"|fiddles?|bagpipes?|didgeridoos?|theremins?|808s|909s|handclaps|tambourines?|triangles?|steel drums?|kazoos?"
)
_PARTS = r"solos?|riffs?|chorus(?:es)?|verses?|refrains?|breakdowns?|codas?|bridge|hook|drop|fade-?outs?|fade-?ins?"
_EFFECTS = (
    r"reverb(?:eration)?|auto-?tuned?|vocoders?|flangers?|phasers?|overdriven|crackles?|crackling|hiss(?:es)?"
    r"|vinyl|tape noise|echo(?:es)?|side-?chain(?:ed|ing)?|samples? from|cover of|covers? version|remake of|remix of|live album"
)
_GENRES = (
    r"jazz|techno|house|ambient|rock|pop|folk|metal|punk|blues|reggae|hip[- ]hop|trap|drum and bass|drum'?n'?bass|dubstep"
    r"|classical|country|soul|funk|disco|trance|edm|lo-?fi|electronica?|bossa nova|salsa|tango|gospel|swing jazz|opera"
)
_THING = lazily(rf"(?i)\b(?:(?P<thing>{_INSTRUMENTS}|{_EFFECTS})|(?P<part>{_PARTS}))\b")
_GENRE = lazily(rf"(?i)\b(?P<genre>{_GENRES})\b")
_OF_GENRE = lazily(
    r"(?i) (?:track|song|piece|tune|number|record|ballad|anthem|groove|feel|production|music|recording)\b"
)
#: What a sound comes from is in no finding, a hum aside.
_ORIGIN = lazily(
    r"(?i)\b(?:(?:comes?|coming|stems?|stemming|originates?|results?) from|caused by|due to|thanks to|belongs to)"
    r" (?:the|a|an|its|some) (?P<what>\w[\w-]{2,20})"
)
_KNOWN_ORIGINS = frozenset(
    "fft window transform spectrum analysis mains hum power key tempo loudness limiter clipping tags tag file recording same".split()
)
#: "A drop of 3 dB", "no drop": a part of a song only where an article makes it one.
_AS_PART = lazily(r"(?i)\b(?:the|a|an|its|each|every|this|guitar|first|second|last|final|into) $")
_NO = lazily(r"(?i)(?:\b(?:no|not|never|without|neither|nor|free of|lacks?)|n't)(?: \w+){0,3} $")
_VOICE = lazily(r"(?i)\b(?P<whose>female|male) (?:lead )?(?:vocals?|voices?|singers?|vocalists?|choir)\b")
_HELD_BY = ("tag", "label", "passage")


def check_things(case: Case) -> list[Problem]:
    """Every such word that the cited evidence, the question and the names of recordings do not have."""
    if case.is_theory:
        return []
    tags = [item for item in case.cited if item.name in ("timbre.tags", "timbre.whole_tags", "timbre.tag_spans")]
    problems = []
    for match in _THING.finditer(case.tokens.plain):
        if match["part"] and not _is_part(case, match):
            continue
        problems += _judge(case, match, tags)
    for match in _ORIGIN.finditer(case.tokens.plain):
        if match["what"].casefold() not in _KNOWN_ORIGINS | case.known_words:
            problems.append(Problem(match[0], "where it comes from is in no evidence"))
    for match in _VOICE.finditer(case.tokens.plain):
        texts = [text.casefold() for item in case.cited if item.kind in _HELD_BY for text in strings_of(item)]
        if not any(re.search(rf"\b{match['whose'].casefold()}\b", text) for text in texts):
            problems.append(Problem(match[0], "no evidence holds this"))
    for match in _GENRE.finditer(case.tokens.plain):
        # Many of these words mean something else: only of a piece, or where tags of what is heard are cited.
        if tags or _OF_GENRE.match(case.tokens.plain, match.end()):
            problems += _judge(case, match, tags)
    return problems


def _is_part(case: Case, match: re.Match[str]) -> bool:
    if re.match(r"-(?:like|ish|style|type)\b", case.tokens.plain[match.end() :]):
        return False
    word, before = match[0].casefold(), case.tokens.plain[max(0, match.start() - 10) : match.start()]
    if word in ("drop", "hook", "bridge"):
        return re.search(r"(?i)\b(?:the|its) $", before) is not None and not re.match(
            r" (?:in|of)\b", case.tokens.plain[match.end() :]
        )
    return word.startswith(("solo", "chorus", "riff", "refrain")) or _AS_PART.search(before) is not None


def _judge(case: Case, match: re.Match[str], tags: list[Evidence]) -> list[Problem]:
    word = match[0].casefold()
    stems = {word, word.rstrip("s"), f"{word}s"}
    held = any(_has_word(text, stems) for item in case.cited if item.kind in _HELD_BY for text in strings_of(item))
    denied = _NO.search(case.tokens.plain[max(0, match.start() - 32) : match.start()]) is not None
    if denied and (tags or held):
        return [Problem(match[0], "denied, and the cited evidence holds it")] if held else []
    if held or not stems.isdisjoint(case.known_words):
        return []
    return [Problem(match[0], "no evidence holds this")]


def _has_word(text: str, stems: set[str]) -> bool:
    lower = text.casefold()
    return lower in stems or any(re.search(rf"\b{re.escape(stem)}\b", lower) for stem in stems)
