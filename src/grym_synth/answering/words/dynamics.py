"""How much the level varies: range, density, crest; whether the end is louder than the start, where it is loudest."""

from __future__ import annotations

from . import phrasing as say
from .page import Page, Phrase

STEADY_LU = 1.0  # a smaller change of the level is not heard as one
#: Measures of it → the words that ask for one by name.
_NAMED = {
    "range_lu": r"lra|loudness range|range",
    "plr_db": r"plr|peak[- ]to[- ]loudness",
    "crest_db": r"crest(?: factor)?",
}
_WHEN = (
    r"when|where|(?:at )?(?:what|which) (?:time|moment|point|part|passage|second)"
    r"|wann|wo|quand|où|cuándo|dónde|quando|dove|onde|när|var"
    r"|an welche[mr] (?:stelle|punkt)|zu welchem zeitpunkt|à quel (?:moment|endroit)|en qué (?:momento|parte|punto)"
    r"|em que (?:momento|parte|ponto)|in che (?:momento|punto)|på vilket ställe"
)
_LOUDEST = r"loudest|lauteste\w*|am lautesten|plus forte?|más fuerte|mais alta?|più forte|högst|starkast"


def asks_where_loudest(page: Page) -> bool:
    return page.asks(_WHEN) and page.asks(_LOUDEST)


def _asked(page: Page) -> list[str]:
    return [name for name, words in _NAMED.items() if page.asks(words)]


def dynamics(page: Page, subject: str, *, all_of_it: bool) -> None:
    """The measures that a question names; where it names none, the range, and how dense it is."""
    named = _asked(page)
    answers = named or ["range_lu", *(["plr_db"] if all_of_it else [])]
    for name in (*_NAMED,):
        found = page.number(subject, f"loudness.{name}")
        is_answer = name in answers and page.wants("range", "dynamics")
        if found is not None and (is_answer or all_of_it or name == "range_lu"):
            (page.say if is_answer else page.add)(_words(name, found[1]), found[0])


def phrases(page: Page, subject: str) -> list[Phrase]:
    """The same as parts of a line."""
    shown = {"range_lu": "range {} LU", "plr_db": "PLR {} dB", "crest_db": "crest factor {} dB"}
    return [
        Phrase(shown[name].format(say.decibels(found[1])), (found[0],))
        for name in _asked(page) or ("range_lu", "plr_db")
        if (found := page.number(subject, f"loudness.{name}")) is not None
    ]


def _words(name: str, value: float) -> str:
    shown = say.decibels(value)
    if name == "range_lu":
        meaning = "hardly any change of level" if value < 3 else "a moderate range" if value < 9 else "a wide range"
        return f"The loudness range is {shown} LU: {meaning}."
    if name == "plr_db":
        meaning = (
            "densely limited" if value < 8
            else "about as dense as most releases" if value < 14
            else "open, with its peaks intact"
        )  # fmt: skip
        return f"Its peak-to-loudness ratio (PLR) is {shown} dB: {meaning}."
    return f"The crest factor is {shown} dB."


def over_time(page: Page, subject: str) -> None:
    """Whether the end is louder than the start."""
    thirds = page.find(subject, "loudness.thirds_lufs")
    values = say.numbers_in(thirds)
    if thirds is None or len(values) != 3:
        page.note("It is too short, or too quiet in places, to compare its beginning with its end.")
        return
    gain = values[2] - values[0]
    change = page.compute(
        "loudness.change_lu", "loudness_difference", "LU", gain, "last third of {0} - first third", thirds
    )
    start, middle, end = (say.decibels(value) for value in values)
    course = f": {start} LUFS in the first third, {middle} LUFS in the middle, {end} LUFS in the last"
    if page.is_brief:
        course = ""
    if abs(gain) < STEADY_LU:
        page.say(
            page.verdict(None, f"It stays about level, the ends {say.magnitude(gain)} LU apart{course}."),
            thirds,
            change,
            support="computed",
        )
        return
    word = "louder" if gain > 0 else "quieter"
    text = f"It gets {word} towards the end, by {say.magnitude(gain)} LU{course}."
    if page.asks("louder|build|builds|grow|grows|rise|rises|crescendo|up"):
        text = page.verdict(gain > 0, text)
    elif page.asks("quieter|softer|fade|fades|fade out|drop|drops|fall|falls|down"):
        text = page.verdict(gain < 0, text)
    elif page.asks("same|level|steady|constant|change|changes|vary|varies"):
        text = page.verdict(page.asks("change|changes|vary|varies"), text)
    page.say(text, thirds, change, support="computed")
