"""Names and addresses as people and attackers write them."""

from __future__ import annotations

import pytest

from portal_admin.errors import InvalidInput
from portal_admin.services import people, users
from portal_admin.services.desk import Desk
from tests.services.acting import CALLED, create, show
from tests.services.conftest import RUTH
from tests.services.filled import everything

HOSTILE_NAMES = [
    ("\x00", "first_name"),
    ("Ru\x07th", "first_name"),
    ("Ru\x1b[2Jth", "first_name"),
    ("Ru\nth", "first_name"),
    ("\u202egnp.exe", "first_name"),
    ("Ru\u2066th", "first_name"),
    ("Ru\u2028th", "first_name"),
    ("Ru\ud800th", "first_name"),
    ("   ", "first_name"),
    ("\u200b\u2060", "first_name"),
    ("x" * 201, "first_name"),
    ("ﬃ" * 100, "first_name"),
    ("x" * 10_000, "first_name"),
]


@pytest.mark.parametrize(
    ("name", "field"), [pytest.param(*row, id=ascii(row[0][:12])) for row in HOSTILE_NAMES]
)
def test_that_a_name_that_cannot_be_shown_is_refused(office: Desk, name: str, field: str) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as problem:
        create(office, first_name=name)
    assert problem.value.field == field
    with pytest.raises(InvalidInput):
        users.edit_user(office, site="MAIN", email=RUTH, last_name=name)
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    "name",
    [
        "<b>Ruth</b>",
        "'; DROP TABLE end_user; --",
        "100%_*\\",
        "{0.__class__}",
        "محمد",
        "עֲדִי",
        "می‌خواهم",
        "Ngọc Ánh",
        "O’Brien-Núñez",
        "村上",
        "👩‍🌾",
        ".",
        "x" * 200,
        "=1+1",
    ],
)
def test_that_any_name_that_can_be_shown_is_kept_as_it_is(office: Desk, name: str) -> None:
    create(office, first_name=f" {name} ", last_name=name)
    user = show(office, "new@prairie.example")
    assert (user.first_name, user.last_name) == (name, name)
    assert [u.email for u in people.list_users(office, text=name)] == [
        "new@prairie.example"
    ] or not name.isalnum()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "ruth",
        "ruth@",
        "@x.example",
        "ruth@localhost",
        "a b@x.example",
        "a@x..example",
        "a@b@x.example",
        "ruth@x.example\nbcc: all@x.example",
        "ru\x00th@x.example",
        "ruth@x.example, paul@x.example",
        "<script>@x.example",
        "Ruth <ruth@x.example>",
        "\u202eruth@x.example",
        "ru\ud800th@x.example",
        "a@" + "x" * 10_000 + ".example",
        "a@-x.example",
        "a@[127.0.0.1]",
    ],
)
def test_that_what_is_no_email_address_is_refused(office: Desk, email: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        create(office, email)
    assert problem.value.field == "email"
    assert problem.value.message.isprintable()
    with pytest.raises(InvalidInput):
        users.change_email(office, site="MAIN", email=RUTH, to=email, proof=CALLED)


@pytest.mark.parametrize(
    "email",
    [
        "o'brien@x.example",
        "a.b+portal@x.example",
        "_%@x.example",
        "用户@例え.example",
        "ap@company.internal",
        "x" * 64 + "@x.example",
    ],
)
def test_that_unusual_addresses_are_addresses(office: Desk, email: str) -> None:
    assert create(office, email).email == show(office, email).email
