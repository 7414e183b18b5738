"""Which recordings a question means: tables of questions in seven languages, and stories of several questions."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from grym_synth.messages import Json, Request, Route
from grym_synth.planning.referring.references import Resolved, is_doubtful, is_meant, resolve
from grym_synth.planning.telling import ago, listed, plain, short_names
from grym_synth.storage.contexts import Played, Turn

NOW = 1_800_000_000.0


def turn(question: str, names: str, seconds_ago: float = 120.0, answer: Json = None) -> Turn:
    recordings = tuple(Played(f"{name}.wav", f"/music/{name}.wav") for name in names.split())
    return Turn(question, recordings, NOW - seconds_ago, json.dumps(answer or {"answer": "It is.", "evidence": []}))


def measured(finding: str, **values: float) -> dict[str, Json]:
    evidence: list[Json] = [
        {"name": finding, "subject": f"{name.replace('_', '-')}.wav", "value": value, "rank": 0}
        for name, value in values.items()
    ]
    return {"answer": "It is.", "evidence": evidence, "plan": []}


LOUDER = measured("loudness.integrated_lufs", mix_3=-14.0, mix_4=-9.0)
#: What was asked before, newest first.
BEFORE: dict[str, list[Turn]] = {
    "one": [turn("how fast is it?", "song")],
    "pair": [turn("which is louder?", "mix-3 mix-4", answer=LOUDER)],
    "two": [turn("how fast is it?", "song"), turn("how loud?", "kick", 600.0)],
    "three": [turn("how fast?", "vocals"), turn("how loud?", "bass", 600.0), turn("how loud?", "drums", 700.0)],
    "list": [turn("how loud are they?", "a b c")],
    "part": [turn("what key?", "a", 60.0), turn("which is louder?", "a b c")],
    "theory": [turn("a fifth above D?", "", 60.0), turn("how fast is it?", "song")],
    "none": [],
    "old": [turn("how fast is it?", "song", 3700.0)],
}


def ask(
    question: str,
    before: Sequence[Turn] | str,
    *paths: str,
    context: str = "default",
    folder: str = "/music",
    gone: Sequence[str] = (),
) -> Resolved:
    turns = BEFORE[before] if isinstance(before, str) else before
    request = Request(question, paths, folder, context)
    return resolve(request, turns, now=NOW, is_there=lambda path: path not in gone)


def names(resolved: Resolved) -> str:
    return " ".join(path.removesuffix(".wav") for path in resolved.request.paths)


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


# What was asked before | the question | the recordings that it means
MEANS = """
one | how loud is it? | song
one | is it clipping | song
one | is this beat in 3/4? | song
one | quanto dura a faixa? | song
one | o arquivo está distorcido? | song
one | what key is this one in? | song
one | and the key? | song
one | and in bars? | song
one | what about the loudness? | song
one | how about its tempo | song
one | is this track in tune? | song
one | same file again | song
one | that one again please | song
one | the same track, but only the chords | song
one | is this loud enough for spotify? | song
one | what key is that in? | song
one | how fast is this? | song
one | tell me more about the mix | song
one | any clipping? | song
one | is there any hum? | song
one | what's the tempo? | song
one | which key? | song
one | how loud? | song
one | does it swing? | song
one | trim it to the first 30 seconds | song
one | find sounds like it | song
one | the previous one: what chords? | song
one | ¿qué tempo tiene? | song
one | ¿está afinada? | song
one | y la tonalidad? | song
one | ¿y cuánto dura? | song
one | ¿es demasiado fuerte? | song
one | ¿en qué tonalidad está esta canción? | song
one | ¿cuál es su tempo? | song
one | normalízala a -14 LUFS | song
one | hay ruido? | song
one | und die Tonart? | song
one | wie schnell ist es? | song
one | ist das zu laut? | song
one | und wie laut ist dieses Stück? | song
one | welche Tonart hat es? | song
one | gibt es Brummen? | song
one | wie laut ist die Aufnahme? | song
one | was ist ihre Tonart? | song
one | et la tonalité ? | song
one | est-il trop fort ? | song
one | quel est son tempo ? | song
one | est-ce que c'est accordé ? | song
one | ce morceau est-il bien masterisé ? | song
one | quelle est la tonalité ? | song
one | y a-t-il de la saturation ? | song
one | e o tom? | song
one | qual é o andamento? | song
one | está afinado? | song
one | esta faixa está muito alta? | song
one | quanto dura isso? | song
one | em que tom está? | song
one | e la tonalità? | song
one | quanto dura questo brano? | song
one | è intonato? | song
one | che tempo ha? | song
one | qual è il suo tempo? | song
one | c'è rumore? | song
one | och tonarten? | song
one | är den för stark? | song
one | hur snabb är den här låten? | song
one | vilken tonart? | song
one | hur är det med tempot? | song
one | finns det brum? | song
one | vad är tonarten? | song
pair | which is louder? | mix-3 mix-4
pair | are they in the same key? | mix-3 mix-4
pair | both: how loud? | mix-3 mix-4
pair | are both clipped? | mix-3 mix-4
pair | the first one: what key? | mix-3
pair | is the last one too loud? | mix-4
pair | the former is what key? | mix-3
pair | and the key? | mix-3 mix-4
pair | mix 3, is it mono? | mix-3
pair | is mix 4 too dark? | mix-4
pair | mix-4.wav: how long? | mix-4
pair | the louder one, what key is it in? | mix-4
pair | the quieter one: what key? | mix-3
pair | all of them: how long? | mix-3 mix-4
pair | how long are these? | mix-3 mix-4
pair | la primera, ¿está afinada? | mix-3
pair | ¿están ambas afinadas? | mix-3 mix-4
pair | la más fuerte, ¿en qué tono está? | mix-4
pair | ¿cuál es la más fuerte? | mix-3 mix-4
pair | ist die erste Datei zu laut? | mix-3
pair | sind beide verstimmt? | mix-3 mix-4
pair | welche Tonart hat die lautere? | mix-4
pair | welche ist die lautere? | mix-3 mix-4
pair | la première est-elle accordée ? | mix-3
pair | les deux sont-elles en mono ? | mix-3 mix-4
pair | la plus forte est dans quelle tonalité ? | mix-4
pair | as duas estão em mono? | mix-3 mix-4
pair | a mais alta está afinada? | mix-4
pair | entrambe sono in mono? | mix-3 mix-4
pair | la più forte è intonata? | mix-4
pair | är båda i mono? | mix-3 mix-4
pair | vilken tonart har den starkare? | mix-4
pair | der letzte Mix: welche Tonart? | mix-4
two | compare it with the other one | song kick
two | is the other one louder? | kick
two | and the other track? | kick
two | and kick.wav? | kick
two | how loud is the kick? | kick
two | the previous one: how long is it? | kick
two | the first one, is it in tune? | kick
two | compare them | kick song
two | are both in tune? | kick song
two | does it fit with the previous one? | song kick
two | compare it with the last one | song kick
two | compara con la otra pista | song kick
two | compárala con la otra | song kick
two | vergleiche es mit dem anderen | song kick
two | und der andere Track? | kick
two | compare-le avec l'autre | song kick
two | et l'autre ? | kick
two | compara-a com a outra | song kick
two | e o outro? | kick
two | confrontalo con l'altro | song kick
two | e l'altro? | kick
two | jämför den med den andra | song kick
two | jämför dem | kick song
two | passen sie zusammen? | kick song
two | vont-ils ensemble ? | kick song
two | y la anterior? | kick
two | et la précédente ? | kick
two | och den förra? | kick
two | the second one? | song
three | all of them: how long? | drums bass vocals
three | the drums, are they in time? | drums
three | does it fit with the drums? | vocals drums
three | does the bass fit with the drums? | bass drums
three | the first one: how loud? | drums
three | compare it with the previous one | vocals bass
three | y el bajo? | vocals
part | and the second one? | b
part | the third one: what key? | c
part | is the last one louder? | c
part | and the others? | b c
part | how loud is it? | a
part | all of them: what key? | a b c
theory | how loud is it? | song
pair | quale è più forte? | mix-3 mix-4
pair | vilken är snabbast? | mix-3 mix-4
pair | laquelle est la plus longue ? | mix-3 mix-4
pair | qual é mais alta? | mix-3 mix-4
pair | which one has more bass? | mix-3 mix-4
pair | which of them is darker | mix-3 mix-4
two | which is faster? | kick song
two | is the last one too loud? | song
two | vergleiche sie mit der anderen | song kick
one | is it a house track? | song
one | how does it compare with the reference? | song
two | is it kick or snare? | song
one | can you transpose it to D minor? | song
one | when does it start to swing? | song
one | what about it? | song
one | and now the chords | song
one | ok, and how dark? | song
one | so is it mono? | song
one | it sounds dull, why? | song
one | why does it distort? | song
one | does that sound too bright? | song
two | compare with the other one | song kick
two | vergleiche mit dem anderen | song kick
two | jämför med den andra | song kick
one | ce son est-il trop aigu ? | song
one | quali sono gli accordi? | song
one | wie ist es mit dem Tempo? | song
list | and the second one? | b
list | und der dritte? | c
one | could you check whether it peaks above -1 dBTP | song
one | anything wrong with this recording? | song
one | which chords does it use | song
one | okay, and the time signature? | song
pair | do these two clash in the low end? | mix-3 mix-4
pair | what's the difference between them? | mix-3 mix-4
two | put the other one next to it: which is brighter? | kick song
one | ¿me puedes decir en qué tono está? | song
one | ¿y los acordes? | song
one | ¿cuántos compases tiene? | song
pair | ¿cuál de las dos es más larga? | mix-3 mix-4
two | ¿encaja con la otra canción? | song kick
one | hat der Track Übersteuerungen? | song
one | und wie lang ist er? | song
one | ist die Aufnahme verstimmt? | song
pair | welcher der beiden Mixe ist dunkler? | mix-3 mix-4
two | passt es zum vorigen Track? | song kick
one | il y a un ronflement ? | song
one | combien de temps dure-t-il ? | song
one | et les accords ? | song
pair | lequel des deux est le plus fort ? | mix-3 mix-4
two | est-ce que ça va avec l'autre piste ? | song kick
one | qual é a tonalidade dela? | song
one | tem distorção? | song
one | e os acordes? | song
pair | qual das duas é mais rápida? | mix-3 mix-4
two | isso combina com a outra faixa? | song kick
one | è troppo forte? | song
one | quanto dura? | song
one | e gli accordi? | song
pair | quale dei due è più scuro? | mix-3 mix-4
two | sta bene con l'altra traccia? | song kick
one | har den något brum? | song
one | hur lång är den? | song
one | och ackorden? | song
pair | vilken av dem är ljusast? | mix-3 mix-4
two | passar den med den andra låten? | song kick
one | could it be a touch too quiet for broadcast | song
one | so what scale is that | song
one | and when does the chorus start? | song
pair | do both sit at the same tempo? | mix-3 mix-4
pair | and of the two, which has more low end? | mix-3 mix-4
two | how does this compare to the previous mix? | song kick
three | would the drums and the bass work together? | drums bass
list | how long is the third track? | c
one | ¿le falta graves? | song
one | ahora dime los acordes | song
one | ¿cuánto dura el tema? | song
pair | ¿cuál suena más oscura? | mix-3 mix-4
two | ¿la otra también está en mono? | kick
one | hat es genug Dynamik? | song
one | und der Takt? | song
one | wie viele Takte hat das Stück? | song
pair | welche von beiden ist länger? | mix-3 mix-4
two | ist der andere Mix leiser? | kick
one | il est en quelle tonalité ? | song
one | et le tempo alors ? | song
one | la piste est-elle en stéréo ? | song
pair | laquelle des deux est la plus rapide ? | mix-3 mix-4
two | et la piste précédente, elle dure combien ? | kick
one | a música está em que tom? | song
one | e o volume? | song
one | quantos compassos tem? | song
pair | as duas têm o mesmo tom? | mix-3 mix-4
two | e a anterior, quanto dura? | kick
one | in che tonalità è? | song
one | e il volume? | song
one | la traccia è in stereo? | song
pair | le due hanno la stessa tonalità? | mix-3 mix-4
two | e quello di prima, quanto dura? | kick
one | vilken tonart går den i? | song
one | och hur lång är den? | song
one | är låten i stereo? | song
pair | har båda samma tonart? | mix-3 mix-4
two | och den förra, hur lång är den? | kick
"""

ASKS = """
pair | is it too loud?
pair | what key is that one in?
pair | is the faster one in tune?
pair | what key is the other one in?
three | compare it with the other one
three | and the other one?
three | compare them
three | are both in tune?
three | ¿y la otra pista?
three | und die andere Datei?
three | et l'autre piste ?
three | e o outro arquivo?
three | e l'altra traccia?
three | och den andra filen?
part | and the other one?
pair | is it the second mix or the first?
"""

NOTHING = """
one | is it true that A minor has no sharps?
one | what time is it?
one | how does it work?
one | does it matter?
one | is it possible to hear 20 kHz?
one | what does it mean when a chord is diminished?
one | what key is Bohemian Rhapsody in?
one | what's the key of Yesterday?
one | what is the tempo of a typical house track?
one | what is loudness?
one | what does LUFS mean?
one | order me a pizza
one | what is a fifth above D
one | dotted eighth delay at 96 bpm
one | the first chord is C major, what is the fifth?
one | ¿es verdad que la menor no tiene sostenidos?
one | ¿qué hora es?
one | wie spät ist es?
one | ist es wahr, dass a-Moll keine Vorzeichen hat?
one | quelle heure est-il ?
one | est-il vrai que la mineur n'a pas de dièse ?
one | che ore sono?
one | que horas são?
one | är det sant att a-moll saknar förtecken?
one | both channels sound the same, why?
one | is this chord a seventh?
one | how long is a bar at 120 bpm?
one | which songs in my library are in D minor?
one | are there any tracks in D minor?
one | thanks!
one | what is a stem?
one | haben Sie Zeit?
one | what is a sample?
one | das sind ca. 120 BPM
theory | and a sixth?
theory | and the key?
none | how loud is it?
none | and the other one?
old | how loud is it?
one | which is louder?
one | I think that the key of A minor is nice
one | that's all
one | is this a C major scale: C D E F G A B?
one | what is this command for?
one | is this hub healthy?
one | what is the circle of fifths?
one | is it common for house tracks to be at 124 bpm?
one | who invented the synthesizer?
one | ¿cuál es la capital de Francia?
one | ist es üblich, auf -14 LUFS zu mastern?
one | quelle est la capitale de la France ?
one | vad är huvudstaden i Sverige?
one | how do I install a plugin?
one | what does a limiter do?
one | ¿qué es un compresor?
one | was ist ein Kompressor?
one | qu'est-ce qu'un compresseur ?
one | o que é um compressor?
one | cos'è un compressore?
one | vad är en kompressor?
"""

GIVEN = """
two | compare it with the last one | new.wav | new song
two | compare it with the other mix | new.wav | ?
one | compare it with the other mix | new.wav | new song
one | is it louder than the previous one? | new.wav | new song
one | how loud is it? | new.wav | new
one | is this louder than the last one? | new.wav | new song
one | and the other one? | new.wav | new
one | what about this one? | new.wav | new
one | and now? | new.wav | new
one | both: same key? | new.wav | new song
one | how loud is the last one? | a.wav b.wav | a b
one | compare it with the other one | a.wav b.wav | a b
one | compare this with song.wav | new.wav | new song
one | does it fit with song? | new.wav | new
two | is the kick louder than the snare? | new.wav | new
two | is it louder than the kick? | new.wav | new kick
two | is it in time with kick.wav? | new.wav | new kick
one | does the last one match? | song.wav | song
pair | compare it with the other one | mix-3.wav | mix-3 mix-4
pair | compare it with the first one | mix-4.wav | mix-4 mix-3
pair | is it as loud as both of them? | new.wav | new mix-3 mix-4
pair | compare it with mix 4 | new.wav | new mix-4
pair | compare it with the louder one | new.wav | new mix-4
pair | compare it with the last one | new.wav | new mix-4
pair | vergleiche es mit dem letzten Mix | new.wav | new mix-4
one | compáralo con la anterior | new.wav | new song
one | compare-le avec le précédent | new.wav | new song
one | compara-o com o outro | new.wav | new song
one | confrontalo con l'altro | new.wav | new song
one | jämför den med den förra | new.wav | new song
one | vergleiche es mit dem anderen Track | new.wav | new song
part | compare it with the last one | new.wav | ?
one | fade out the last 8 seconds | new.wav | new
one | what is the last chord? | new.wav | new
one | how long is the last section? | new.wav | new
one | is the second chorus louder than the first? | new.wav | new
one | is the other channel silent? | new.wav | new
one | are both channels the same? | new.wav | new
one | la segunda parte es más fuerte? | new.wav | new
one | ist die zweite Strophe lauter als die erste Strophe? | new.wav | new
one | le deuxième couplet est-il plus fort que le premier couplet ? | new.wav | new
"""


def test_the_tables_are_long_enough() -> None:
    assert len(rows(MEANS)) + len(rows(ASKS)) + len(rows(NOTHING)) + len(rows(GIVEN)) >= 250


@pytest.mark.parametrize(("before", "question", "meant"), rows(MEANS))
def test_a_question_means_what_was_asked_about_before(before: str, question: str, meant: str) -> None:
    resolved = ask(question, before)
    assert names(resolved) == meant
    assert resolved.gaps == ()
    assert resolved.notices
    assert {path for paths in resolved.referred.values() for path in paths} == set(resolved.request.paths)


@pytest.mark.parametrize(("before", "question"), rows(ASKS))
def test_a_question_that_fits_several_is_asked_back(before: str, question: str) -> None:
    resolved = ask(question, before)
    assert resolved.request == Request(question, folder="/music")
    assert resolved.offered
    assert {gap.code for gap in resolved.gaps} == {"unclear"}
    assert all("?" in gap.reason for gap in resolved.gaps)
    known = {item.path for turn in BEFORE[before] for item in turn.recordings}
    assert any(path.rpartition("/")[2] in gap.reason for gap in resolved.gaps for path in known)


@pytest.mark.parametrize(("before", "question"), [row[:2] for row in rows(NOTHING)])
def test_a_question_that_means_no_recording_is_left_as_it_is(before: str, question: str) -> None:
    request = Request(question, folder="/music")
    resolved = resolve(request, BEFORE[before], now=NOW, is_there=lambda path: True)
    assert resolved.request is request
    assert resolved == Resolved(request, ())


@pytest.mark.parametrize(("before", "question", "given", "meant"), rows(GIVEN))
def test_files_that_are_given_are_it_and_only_the_other_one_comes_from_before(
    before: str, question: str, given: str, meant: str
) -> None:
    resolved = ask(question, before, *given.split())
    assert ("?" if resolved.gaps else names(resolved)) == meant


class Conversation:
    """Questions one after the other, each of which is kept as the hub would keep it."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []

    def __call__(self, question: str, *paths: str, evidence: Json = None) -> str:
        """The recordings that the question is about, or what is asked back."""
        resolved = ask(question, self.turns, *paths)
        if resolved.gaps:
            return " ".join(gap.reason for gap in resolved.gaps)
        request = resolved.request
        played = tuple(Played(path, f"/music/{path}") for path in request.paths)
        self.turns.insert(0, Turn(request.question, played, NOW, json.dumps(evidence or {"evidence": []})))
        return names(resolved)


# A musician's ten minutes: two mixes one after the other, held against each other, then each by itself.
STORIES = {
    "en": ("how loud is it?", "and the key?", "is this one louder than the last one?", "and the first one: is it mono?",
           "is the other one mono?", "compare them"),
    "es": ("¿qué tan fuerte suena?", "¿y la tonalidad?", "¿es más fuerte que la anterior?",
           "la primera, ¿está en mono?", "¿y la otra?", "compáralas"),
    "de": ("wie laut ist es?", "und die Tonart?", "ist es lauter als der vorige?", "der erste Mix: ist er mono?",
           "und der andere?", "vergleiche sie"),
    "fr": ("quel est son volume ?", "et la tonalité ?", "est-il plus fort que le précédent ?",
           "le premier mix est-il en mono ?", "et l'autre ?", "compare-les"),
    "pt": ("quão alta está?", "e o tom?", "está mais alta do que a anterior?", "a primeira está em mono?",
           "e a outra?", "compara-as"),
    "it": ("quanto è forte?", "e la tonalità?", "è più forte del precedente?", "il primo mix è in mono?",
           "e l'altro?", "confrontali"),
    "sv": ("hur stark är den?", "och tonarten?", "är den starkare än den förra?", "den första mixen: är den i mono?",
           "och den andra?", "jämför dem"),
}  # fmt: skip


@pytest.mark.parametrize("language", STORIES)
def test_a_conversation_about_two_mixes(language: str) -> None:
    first, key, louder, mono, other, both = STORIES[language]
    say = Conversation()
    assert say(first, "mix-3.wav") == "mix-3"
    assert say(key) == "mix-3"
    assert say(louder, "mix-4.wav") == "mix-4 mix-3"
    assert say(mono) == "mix-4"  # of the list that was compared
    assert say(other) == "mix-3"
    assert set(say(both).split()) == {"mix-3", "mix-4"}


def test_a_question_that_is_nothing_else_asks_the_last_one_again() -> None:
    resolved = ask("and kick.wav?", "two")
    assert resolved.request.question == "how fast is it?"
    assert resolved.referred == {"kick.wav": ("kick.wav",)}
    assert resolved.notices == (
        "“kick.wav” is the one from your question 10 minutes ago.",
        "“and kick.wav?” asks the same of it as before: “how fast is it?”.",
    )
    assert ask("what about this one?", "two", "new.wav").request == Request("how fast is it?", ("new.wav",), "/music")


@pytest.mark.parametrize(
    "question",
    ["and the second one?", "and the latter?", "¿y la segunda?", "und die zweite?", "et la deuxième ?", "e a segunda?",
     "e la seconda?", "och den andra?"],
)  # fmt: skip
def test_a_comparison_is_not_asked_again_of_one_recording(question: str) -> None:
    resolved = ask(question, "pair")
    assert [(gap.code, gap.reason) for gap in resolved.gaps] == [
        ("unclear", "What do you want to know about mix-4.wav?")
    ]
    assert names(resolved) == "mix-4"
    assert resolved.offered == (Played("mix-4.wav", "/music/mix-4.wav"),)  # which is in play from now on


def test_a_question_back_is_answered_by_a_name_or_by_its_place() -> None:
    unclear = ask("how loud is the other one?", "three")
    assert [gap.reason for gap in unclear.gaps] == ["Which other one: bass.wav or drums.wav?"]
    before = [Turn("how loud is the other one?", unclear.offered, NOW, "{}"), *BEFORE["three"]]
    for answer, meant in (
        ("the drums", "drums"),
        ("the first one", "bass"),
        ("drums.wav", "drums"),
        ("die zweite", "drums"),
    ):
        resolved = ask(answer, before)
        assert names(resolved) == meant
        assert resolved.request.question == "how loud is the other one?"


def test_a_question_back_to_a_question_that_asked_again_leads_to_that_one() -> None:
    unclear = ask("and the other one?", "three")
    before = [Turn("and the other one?", unclear.offered, NOW, "{}"), *BEFORE["three"]]
    resolved = ask("the drums", before)
    assert (names(resolved), resolved.request.question) == ("drums", "how fast?")
    assert ask("the drums", before[:1]).gaps[0].reason == "What do you want to know about drums.wav?"


def test_what_was_understood_is_told() -> None:
    resolved = ask("compare it with the other mix", "two")
    assert resolved.referred == {"it": ("song.wav",), "the other mix": ("kick.wav",)}
    assert resolved.notices == (
        "“it” is song.wav, from your question 2 minutes ago.",
        "“the other mix” is kick.wav, from your question 10 minutes ago.",
    )
    (notice,) = ask("and the key?", "one").notices
    assert notice == "“and the key?” is about song.wav, from your question 2 minutes ago."
    assert ask("compare them", "two").notices == ("“them” are kick.wav and song.wav, from your last questions.",)
    assert ask("¿es éste?", "one").referred == {"éste": ("song.wav",)}


def test_a_question_back_lists_the_recordings_by_name() -> None:
    (gap,) = ask("compare it with the other mix", "two", "new.wav").gaps
    assert gap.reason == "Which other one: song.wav or kick.wav?"
    assert gap.hint == "name it, or put the file after the question"
    many = [turn("which is loudest?", " ".join(f"take-{n}" for n in range(20)))]
    (gap,) = ask("is it clipped?", many).gaps
    assert gap.reason == "Which one: take-0.wav, take-1.wav, take-2.wav, take-3.wav or 16 more?"


def test_recordings_of_the_same_name_are_told_apart_by_their_folders() -> None:
    takes = tuple(Played("song.wav", f"/music/{day}/takes/song.wav") for day in ("monday", "tuesday"))
    (gap,) = ask("is song.wav clipped?", [Turn("which is louder?", takes, NOW, "{}")]).gaps
    assert gap.reason == "Which one: monday/takes/song.wav or tuesday/takes/song.wav?"


def test_recordings_are_found_from_another_folder() -> None:
    assert ask("how loud is it?", "one", folder="/music").request.paths == ("song.wav",)
    assert ask("how loud is it?", "one", folder="/").request.paths == ("music/song.wav",)
    assert ask("how loud is it?", "one", folder="/home/me").request.paths == ("/music/song.wav",)
    resolved = ask("does the last one match?", "one", "../music/../music/song.wav", folder="/music")
    assert resolved.request.paths[0] == "../music/../music/song.wav"


def test_the_default_context_forgets_after_an_hour_and_others_do_not() -> None:
    assert ask("how loud is it?", "old").request.paths == ()
    assert names(ask("how loud is it?", "old", context="album")) == "song"
    years = [turn("how fast?", "song", 5e8)]
    assert names(ask("how loud is it?", years, context="album")) == "song"
    of_tomorrow = [turn("how fast?", "song", -3600.0)]  # the clock was put back
    assert names(ask("how loud is it?", of_tomorrow)) == "song"


def test_a_recording_that_is_gone_is_told_with_when_it_was_asked_about() -> None:
    resolved = ask("how loud is it?", "one", gone=["/music/song.wav"])
    (gap,) = resolved.gaps
    assert gap.code == "unreadable"
    assert gap.reason == "The file song.wav, which you asked about 2 minutes ago, is no longer at '/music/song.wav'"
    assert resolved.request.paths == ()
    assert resolved.files == ("song.wav",)
    gaps = ask("compare it with the other one", "two", gone=["/music/kick.wav"]).gaps
    assert [gap.code for gap in gaps] == ["unreadable"]


def test_the_louder_one_is_the_one_that_was_measured_so() -> None:
    values = {"loudness.integrated_lufs": "louder", "rhythm.tempo_bpm": "faster", "facts.duration_s": "longer"}
    for finding, word in values.items():
        before = [turn("tell me all", "a b c", answer=measured(finding, a=1.0, b=3.0, c=2.0))]
        assert names(ask(f"the {word} one: what key?", before)) == "b"
    before = [turn("tell me all", "a b c", answer=measured("spectrum.centroid_hz", a=900.0, b=3000.0, c=2000.0))]
    assert names(ask("the darkest one: what key?", before)) == "a"
    assert names(ask("der hellste Mix: welche Tonart?", before)) == "b"
    (gap,) = ask("the louder one: what key?", before).gaps
    assert gap.reason == (
        "Which one is “the louder one”: a.wav, b.wav or c.wav? I have not measured that they differ so."
    )


def test_a_tie_is_not_decided() -> None:
    before = [turn("which is louder?", "a b", answer=measured("loudness.integrated_lufs", a=-9.01, b=-9.03))]
    assert ask("the louder one: what key?", before).gaps
    before = [turn("which is louder?", "a b", answer=measured("loudness.integrated_lufs", a=-9.0, b=-9.1))]
    assert names(ask("the louder one: what key?", before)) == "a"


def test_a_comparison_tells_which_is_louder_too() -> None:
    evidence: Json = [{"name": "compare.loudness_difference_lu", "subject": "b.wav", "value": -2.0, "rank": 0}]
    plan: Json = [{"subject": "b.wav", "beside": "a.wav"}]
    before = [turn("compare them", "a b", answer={"evidence": evidence, "plan": plan})]
    assert names(ask("the louder one: what key?", before)) == "a"
    assert names(ask("the quieter one: what key?", before)) == "b"


def test_what_an_answer_measured_badly_is_no_measurement() -> None:
    values: list[Json] = [None, "loud", True, [1.0]]
    for value in values:
        answer: Json = {"evidence": [{"name": "rhythm.tempo_bpm", "subject": "a.wav", "value": value}], "plan": []}
        assert ask("the faster one: what key?", [turn("how fast?", "a b", answer=answer)]).gaps


@dataclass(frozen=True)
class Needing:
    needs_recording: bool


def route(*capabilities: str, confidence: float = 0.9) -> Route:
    return Route(capabilities, confidence, {}, {})


def test_a_pronoun_counts_only_where_the_route_needs_a_recording() -> None:
    faint, plain_words = ask("how loud is it?", "one"), ask("how loud is this track?", "one")
    assert (faint.is_plain, plain_words.is_plain) == (False, True)
    agents = {"mood": Needing(True), "weather": Needing(False)}
    heard, system, nothing = route("loudness"), route("system", confidence=0.95), route(confidence=0.95)
    for resolved in (faint, plain_words):
        assert is_meant(resolved, heard, heard, agents)
        assert is_meant(resolved, route("library", confidence=0.6), route("mood"), agents)
        assert not is_meant(resolved, heard, system, agents)
        assert not is_meant(resolved, heard, nothing, agents)
        assert not is_meant(resolved, heard, route("weather"), agents)
    assert is_meant(plain_words, system, heard, agents)
    assert not is_meant(faint, system, heard, agents)
    assert not is_meant(faint, nothing, route("facts", confidence=0.5), agents)


def test_what_the_arithmetic_can_answer_is_about_no_recording() -> None:
    theory, heard = route("theory"), route("rhythm")
    computed = ask("how long is it in ms, a dotted eighth at 120 bpm?", "one")
    assert not is_meant(computed, theory, heard, {})
    assert is_meant(ask("what key is it in?", "one"), theory, heard, {})


@pytest.mark.parametrize(
    "name", ["a\nb.wav", "\x1b[2J.wav", "\udcff.wav", "x" * 250 + ".wav", "¶~~.wav", "|.wav", " .wav"]
)
def test_names_from_strangers_are_safe_to_show(name: str) -> None:
    played = tuple(Played(each, f"/music/{each}") for each in (name, "other.wav"))
    for question in ("is it clipped?", f"is {name} clipped?", "are they clipped?", "the louder one?"):
        resolved = ask(question, [Turn("how loud?", played, NOW, "{}")])
        for said in (*resolved.notices, *(gap.reason for gap in resolved.gaps), *resolved.referred):
            assert said.isprintable()
            assert len(said) < 400


def test_a_very_long_question_is_read_in_a_moment() -> None:
    fragments = [
        "it ", "a", "the other ", "which one is ", "compar", "a-", "l'", " ", "?", "what is a b ", "der andere ",
        "que ", "is it ", "the hub ", "\u0301", "1 ", "😀", "cual es la mas ", "den ar ",
    ]  # fmt: skip
    for fragment in fragments:
        began = time.process_time()
        ask(fragment * (100_000 // len(fragment)), "pair")
        assert time.process_time() - began < 2.0, fragment


def test_ten_thousand_questions_before_are_looked_through_in_a_moment() -> None:
    before = [turn("how fast?", f"take-{n}", float(n)) for n in range(10_000)]
    began = time.process_time()
    assert names(ask("compare it with take 55", before, context="album")) == "take-0 take-55"
    assert ask("and the other one?", before, context="album").gaps
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("question", ["", "   ", "?", "¿?", "\x00", "|", "§ ¶ ¤"])
def test_a_question_of_nothing_means_nothing(question: str) -> None:
    assert ask(question, "one").request.paths == ()
    assert ask(question, "one", "new.wav").request == Request(question, ("new.wav",), "/music")


MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5.0, "a moment ago"),
        (30.0, "a moment ago"),
        (MINUTE, "a minute ago"),
        (59.9 * MINUTE, "59 minutes ago"),
        (HOUR, "an hour ago"),
        (5 * HOUR, "5 hours ago"),
        (DAY, "yesterday"),
        (3 * DAY, "on Tuesday"),
        (6 * DAY, "on Saturday"),
        (7 * DAY, "on 8 January"),
        (30 * DAY, "on 16 December 2026"),
    ],
)
def test_ages_are_told_as_people_do(monkeypatch: pytest.MonkeyPatch, seconds: float, words: str) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        assert ago(NOW - seconds, NOW) == words  # now is a Friday, 08:00
    finally:
        monkeypatch.undo()
        time.tzset()


def test_lists_of_names_stay_short() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert listed([str(n) for n in range(9)]) == "0, 1, 2, 3 and 5 more"
    assert short_names(["/a/x.wav", "/b/x.wav", "/b/y.wav"]) == ["a/x.wav", "b/x.wav", "y.wav"]
    assert short_names(["/1/a/b/x.wav", "/2/a/b/x.wav"]) == ["/1/a/b/x.wav", "/2/a/b/x.wav"]
    assert short_names(["/"]) == ["/"]
    assert plain("a\tb" + "x" * 100) == "a\\tb" + "x" * 26 + "…" + "x" * 29


@pytest.mark.parametrize(
    ("capabilities", "doubtful"),
    [((), True), (("theory",), True), (("system",), True), (("library",), False), (("tonality",), False)],
)
def test_a_question_for_the_library_lacks_no_recording(capabilities: tuple[str, ...], doubtful: bool) -> None:
    assert is_doubtful(Route(capabilities, 0.7, dict.fromkeys(capabilities, ""), {})) is doubtful
