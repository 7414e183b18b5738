import pytest

from grym_synth.storage.corrections import RouteCorrections
from grym_synth.storage.store import Store


@pytest.fixture
def corrections(any_store: Store) -> RouteCorrections:
    return RouteCorrections(any_store)


def test_a_correction_is_kept_and_a_later_one_takes_its_place(corrections: RouteCorrections) -> None:
    corrections.put("how hot is it?", ("loudness",))
    corrections.put("order me a pizza", ())
    corrections.put("how hot is it?", ("loudness", "facts"))
    found = {item.question: item.capabilities for item in corrections.every()}
    assert found == {"how hot is it?": ("loudness", "facts"), "order me a pizza": ()}
    assert [item.at for item in corrections.every()] == sorted(item.at for item in corrections.every())


def test_a_correction_is_there_for_the_next_who_asks(corrections: RouteCorrections, any_store: Store) -> None:
    corrections.put("¿qué tal suena? \udcff", ("timbre",))
    again = RouteCorrections(any_store)
    assert [item.question for item in again.every()] == ["¿qué tal suena? \udcff"]


def test_a_correction_can_be_taken_back_once(corrections: RouteCorrections) -> None:
    corrections.put("how hot is it?", ("loudness",))
    assert corrections.remove("how hot is it?")
    assert not corrections.remove("how hot is it?")
    assert corrections.every() == []
