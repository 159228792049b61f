"""Two people change the same thing: the later one is told, and nothing of the earlier one is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal_admin.domain.brand import Brand
from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import Method, Proof
from portal_admin.errors import Conflict
from portal_admin.models import end_user
from portal_admin.services import brand, links, operators, sites, users
from portal_admin.services.change import advance, changing
from portal_admin.services.desk import Desk
from tests.services.acting import show
from tests.services.conftest import INA, RUTH
from tests.services.filled import everything

SEEN = 1
PROOF = Proof(Method.CODE)
BRAND = Brand(
    sender_name="Main",
    sender_address="mail@main.example",
    support_email="help@main.example",
    link_base="https://main.example",
)


def theirs_on_user(desk: Desk) -> None:
    users.edit_user(desk, site="MAIN", email=RUTH, first_name="Rut")
    users.edit_user(desk, site="MAIN", email=INA, first_name="Ines")


def theirs_on_site(desk: Desk) -> None:
    sites.set_labels(desk, key="MAIN", labels=["OTHER"], unlabelled=False)


def theirs_on_operator(desk: Desk) -> None:
    operators.add(desk, name="casey", role=Role.CSR)
    operators.set_role(desk, name="casey", role=Role.READ_ONLY)


def theirs_on_brand(desk: Desk) -> None:
    for name in ("First", "Second"):
        brand.set_brand(desk, site="MAIN", brand=Brand(**{**_fields(BRAND), "sender_name": name}))


def _fields(given: Brand) -> dict[str, Any]:
    names = ("sender_name", "sender_address", "support_email", "link_base")
    return {name: getattr(given, name) for name in names}


CASES: list[tuple[Callable[[Desk], None], Callable[..., object], dict[str, Any]]] = [
    (theirs_on_user, users.edit_user, {"site": "MAIN", "email": RUTH, "last_name": "Mine"}),
    (theirs_on_user, users.deactivate, {"site": "MAIN", "email": RUTH}),
    (theirs_on_user, users.reactivate, {"site": "MAIN", "email": INA}),
    (
        theirs_on_user,
        users.change_email,
        {"site": "MAIN", "email": RUTH, "to": "n@x.example", "proof": PROOF},
    ),
    (theirs_on_user, links.add, {"site": "MAIN", "email": RUTH, "account_ids": ["A-002"]}),
    (theirs_on_user, links.remove, {"site": "MAIN", "email": INA, "account_id": "A-004"}),
    (theirs_on_site, sites.set_labels, {"key": "MAIN", "labels": ["MINE"], "unlabelled": True}),
    (theirs_on_operator, operators.set_role, {"name": "casey", "role": Role.ADMINISTRATOR}),
    (theirs_on_brand, brand.set_brand, {"site": "MAIN", "brand": BRAND}),
]


@pytest.mark.parametrize(("theirs", "mine", "what"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_that_the_later_one_is_told_and_changes_nothing(
    office: Desk, theirs: Callable[[Desk], None], mine: Callable[..., object], what: dict[str, Any]
) -> None:
    theirs(office)
    before = everything(office.engine)
    with pytest.raises(Conflict):
        mine(office, version=SEEN, **what)
    assert everything(office.engine) == before


def test_that_the_row_itself_refuses_a_version_that_is_gone(office: Desk) -> None:
    ruth = show(office, RUTH)
    theirs_on_user(office)

    def write() -> None:
        with changing(office) as connection:
            advance(
                connection,
                end_user,
                end_user.c.id == ruth.id,
                version=ruth.version,
                values={"first_name": "Overwritten"},
            )

    with pytest.raises(Conflict, match="nothing was saved"):
        write()
    assert (show(office, RUTH).first_name, show(office, RUTH).version) == ("Rut", 2)


def test_that_the_version_seen_lets_the_change_through(office: Desk) -> None:
    theirs_on_user(office)
    seen = show(office, RUTH)
    after = users.edit_user(office, site="MAIN", email=RUTH, last_name="Mine", version=seen.version)
    assert (after.name, after.version) == ("Rut Mine", seen.version + 1)
