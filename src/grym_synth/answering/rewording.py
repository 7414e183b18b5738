"""A language model may say our checked sentences in better words; every sentence of its own is checked like ours.

It sees the question, our sentences and their findings, with letters for the recordings. What it writes stands sentence
by sentence: one that its cited evidence does not hold gives way to ours about the same, and ours that it left out
follow. What strangers wrote (tags, pages, agents of the user) is never sent; such sentences stand as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..llm.model import Models, OnText
from ..messages import Claim, Request
from .write import Draft, compose


@dataclass(frozen=True, slots=True)
class Reworded:
    """The claims of an answer after a model had its say.

    used : sentences of the model that stand
    replaced : sentences of the model that did not, and were left out or gave way to ours
    note : why the answer is ours alone, or partly, when a model was asked; "" otherwise
    """

    claims: tuple[Claim, ...]
    used: int = 0
    replaced: int = 0
    note: str = ""


async def reword(
    models: Models, draft: Draft, request: Request, *, context: str, on_text: OnText | None = None
) -> Reworded:
    """The claims of a draft, in the words of a model where those hold; ours where they do not, or where it fails.

    on_text : called with each sentence that stands, once it is checked; nothing unchecked is ever shown
    """
    if request.use_model and models.has("write"):
        from .rewording_by_model import ask_to_reword  # a fifth of a second, which who has no model need not wait

        reworded = await ask_to_reword(models, draft, request, context)
    else:
        reworded = Reworded(compose(draft)[1])
    if on_text is not None:
        for claim in reworded.claims:
            on_text(f"{claim.text} ")
    return reworded
