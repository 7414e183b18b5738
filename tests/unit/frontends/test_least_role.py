"""Which role an operation needs in a store that several people share."""

from __future__ import annotations

import pytest

from grym_synth.errors import NotAllowed
from grym_synth.frontends.protocol import OPERATIONS, least_role, operation_of
from grym_synth.identity.asking import as_itself, in_name_of, must_be
from grym_synth.identity.person import ROLES, Person, Role


@pytest.mark.parametrize(
    ("role", "operations"),
    [
        ("viewer", "ask route analyze compare similar edit find notes sources context"),
        ("viewer", "library:list jobs:list jobs:show patterns:list patterns:show teach:list teach_route:list"),
        ("viewer", "ear:status ear:export share:export share:verify share:list share:key share:trusted share:ear"),
        ("editor", "index learn forget library:remove jobs:cancel jobs:retry patterns:name patterns:search"),
        ("editor", "teach:teach teach:forget teach_route:teach teach_route:forget ear:train ear:undo ear:merge"),
        ("owner", "share:trust share:distrust share:import share:undo"),
        (None, "status pause resume"),
    ],
)
def test_the_role_that_it_needs(role: Role | None, operations: str) -> None:
    for each in operations.split():
        op, _, do = each.partition(":")
        assert op in OPERATIONS
        assert least_role(operation_of(op, **({"do": do} if do else {}))) == role, each


@pytest.mark.parametrize("least", ["viewer", "editor", "owner"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_lesser_ones_do_and_the_hub_itself_everything(least: Role, role: Role) -> None:
    reaches = {"viewer": ROLES, "editor": ("editor", "owner"), "owner": ("owner",)}[least]
    must_be(least, "this")  # nobody asks but the hub
    with in_name_of(Person("1", "", role)):
        if role in reaches:
            must_be(least, "this")
        else:
            with pytest.raises(NotAllowed, match=f"{role} of this store, and this is for an? {least}"):
                must_be(least, "this")
        with as_itself():
            must_be(least, "this")
