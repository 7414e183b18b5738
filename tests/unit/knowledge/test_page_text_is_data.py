"""What pages order the hub to do has no effect: on routes, on other answers, on the terminal, on a language model."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Sequence

from grym_synth.answering.rewording import reword
from grym_synth.answering.write import compose, write
from grym_synth.frontends.notes import lines_of, passage_to_json
from grym_synth.knowledge.search import Search
from grym_synth.knowledge.telling import knowledge_findings
from grym_synth.messages import Evidence, Request, Route
from grym_synth.planning.planner import plan
from grym_synth.planning.routing.router import Router
from grym_synth.storage.knowledge import Knowledge

from .hostile_pages import ORDERS, pages
from .shelf import put, small

QUESTIONS = (
    "which attack suits the bus compressor", "water tomatoes in the morning", "mono below which frequency",
    "true peak for streaming",
)  # fmt: skip
ROUTE = Route(("knowledge",), 0.9, {}, {})


def poisoned() -> Knowledge:
    knowledge = small()
    for name, text in pages():
        put(knowledge, f"https://evil.example/{name.replace(' ', '-')}", text, domain="evil.example")
    return knowledge


def told(knowledge: Knowledge, question: str) -> tuple[list[Evidence], str]:
    evidence, gaps = knowledge_findings(Search(knowledge, None), question, ())
    return evidence, compose(write(Request(question), ROUTE, evidence, gaps))[0]


def test_there_are_a_hundred_pages_of_every_kind() -> None:
    assert len(dict(pages())) >= 100
    assert len(ORDERS) == 7


def test_other_documents_are_found_and_quoted_as_before() -> None:
    clean, knowledge = small(), poisoned()
    for question in QUESTIONS:
        before, after = (Search(each, None).find(question).hits[0].passage for each in (clean, knowledge))
        assert (after.address, after.text) == (before.address, before.text), question


def test_asking_about_them_leads_to_no_step_and_changes_no_route() -> None:
    router = Router(None)
    questions = [*QUESTIONS, "how loud is it", "what do my notes say about reverb of plates"]
    before = [router.route(each, ["song.wav"]) for each in questions]
    knowledge = poisoned()
    for question in questions:
        told(knowledge, question)
    assert [router.route(each, ["song.wav"]) for each in questions] == before
    steps = plan(Request(questions[-1]), ROUTE, (), {}, deadline=60.0, answered=("knowledge",))
    assert steps.steps == ()


def test_what_they_order_is_a_quotation_with_its_source_and_steers_no_terminal() -> None:
    knowledge = poisoned()
    for _, orders in ORDERS.items():
        for order in orders:
            evidence, text = told(knowledge, order)
            assert not any(unicodedata.category(letter) in ("Cc", "Cf") for letter in text if letter != "\n"), text
            for item in (each for each in evidence if each.kind == "passage"):
                assert isinstance(item.value, dict)
                source, start, end = (item.value[name] for name in ("source", "start", "end"))
                whole = knowledge.text(str(source)) or ""
                assert isinstance(start, int)
                assert isinstance(end, int)
                assert whole[start:end] == item.value["text"]


def test_what_the_command_prints_steers_no_terminal() -> None:
    found = Search(poisoned(), None).find("wiped screen reversed red zero", 20)
    document = {"passages": [passage_to_json(hit) for hit in found.hits], "searched": found.searched, "looked_for": [],
                "nearest": []}  # fmt: skip
    for line in lines_of(document, now=0.0):
        assert line.isprintable(), line


class Listening:
    """A language model that only notes what it is sent."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def has(self, task: str) -> bool:
        return True

    async def ask(self, prompt: object, *, context: str = "") -> object:
        self.heard.append(prompt)
        raise AssertionError("a quotation is never sent to a model")


def test_no_language_model_is_sent_a_word_of_them() -> None:
    knowledge, model = poisoned(), Listening()
    orders: Sequence[str] = [order for orders in ORDERS.values() for order in orders]
    for order in orders:
        evidence, gaps = knowledge_findings(Search(knowledge, None), order, ())
        draft = write(Request(order), ROUTE, evidence, gaps)
        asyncio.run(reword(model, draft, Request(order), context="default"))  # type: ignore[arg-type]
    assert model.heard == []
