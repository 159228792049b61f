"""Ids that ASPIRE could never hold are told as such: nobody looked for them, so there is no verdict on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal_admin.errors import InvalidInput
from portal_admin.services import access, accounts, links, users
from portal_admin.services.desk import Desk
from tests.services.conftest import INA, RUTH
from tests.services.filled import everything

ON: dict[str, Any] = {"site": "MAIN", "email": RUTH}
NEW: dict[str, Any] = {"site": "MAIN", "email": "n@x.example", "first_name": "N", "last_name": "N"}

Ask = Callable[[Desk, str], Any]

QUESTIONS: list[tuple[str, str, Ask]] = [
    ("access explain", "contract", lambda desk, typed: access.explain(desk, **ON, contract_id=typed)),
    ("access who", "contract", lambda desk, typed: access.who(desk, contract_id=typed)),
    (
        "accounts explain",
        "account",
        lambda desk, typed: accounts.explain(desk, site="MAIN", account_id=typed),
    ),
    ("links add", "account", lambda desk, typed: links.add(desk, **ON, account_ids=["A-003", typed])),
    (
        "links remove",
        "account",
        lambda desk, typed: links.remove(desk, site="MAIN", email=INA, account_id=typed),
    ),
    ("preview adding", "account", lambda desk, typed: links.preview(desk, **ON, add=[typed])),
    ("preview removing", "account", lambda desk, typed: links.preview(desk, **ON, remove=[typed])),
    (
        "preview of a new user",
        "account",
        lambda desk, t: links.preview_new(desk, site="MAIN", account_ids=[t]),
    ),
    ("users create", "account", lambda desk, typed: users.create_user(desk, **NEW, account_ids=[typed])),
]


@pytest.mark.parametrize("typed", ["", "   ", "\t", "9" * 65])
@pytest.mark.parametrize(("record", "ask"), [row[1:] for row in QUESTIONS], ids=[row[0] for row in QUESTIONS])
def test_that_an_id_that_aspire_could_not_hold_is_refused_as_typed(
    office: Desk, record: str, ask: Ask, typed: str
) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as problem:
        ask(office, typed)
    said = (
        f"{record} id has at most 64 characters" if typed.strip() else f"Type a{'n' * (record == 'account')} "
    )
    assert problem.value.field == record
    assert said in problem.value.message
    assert everything(office.engine) == before
