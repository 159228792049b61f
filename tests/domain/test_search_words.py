"""What was typed into the one box."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.search_words import FILTERS, Sought, amount_of, parse


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("", Sought()),
        ("  ", Sought()),
        ("Kris  Olsen ", Sought("Kris Olsen")),
        ("email:kris@x.example", Sought(email=("kris@x.example",))),
        ("EMAIL: kris@x.example", Sought(email=("kris@x.example",))),
        ("contract:0012-0045 olsen", Sought("olsen", contract=("0012-0045",))),
        ("olsen site:north status:Pending", Sought("olsen", site=("north",), status=("Pending",))),
        ('account:"Prairie Hauling" kris', Sought("kris", account=("Prairie Hauling",))),
        ('status:"Pending Cancel"', Sought(status=("Pending Cancel",))),
        ('account:"Prairie Hau', Sought(account=("Prairie Hau",))),
        ("status:active status:pending", Sought(status=("active", "pending"))),
        ("status:active status:active", Sought(status=("active",))),
        ("email:", Sought()),
        ("site: ", Sought()),
        ('site:""', Sought()),
        ("olsen site:", Sought("olsen")),
        # Anything else is text, with all its marks.
        ("phone:555", Sought("phone:555")),
        ("myemail:x", Sought("myemail:x")),
        ('"prairie" hauling', Sought('"prairie" hauling')),
        ("100% _x * ?", Sought("100% _x * ?")),
        ("http://x.example", Sought("http://x.example")),
        ("a:b email:c:d", Sought("a:b", email=("c:d",))),
    ],
)
def test_that_filters_narrow_and_all_else_is_text(typed: str, sought: Sought) -> None:
    assert parse(typed) == sought


def test_that_filters_tell_those_that_have_a_value() -> None:
    found = parse("kris site:north account:")
    assert found.filters == {"site": ("north",)}
    assert not found.is_empty
    assert parse("account:").is_empty


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,075.00", "1075.00"),
        ("$1075", "1075"),
        ("$ 1,075.00", "1075.00"),
        ("1075.00", "1075.00"),
        ("1075", "1075"),
        ("0.50", "0.50"),
        ("1.234", "1.234"),
        ("12,345,678.90", "12345678.90"),
        ("0", None),
        ("0.00", None),
        ("0012", None),
        ("12-45", None),
        ("1,07", None),
        ("1,0750", None),
        ("1075.", None),
        ("1.2345", None),
        ("-5", None),
        ("$", None),
        ("", None),
        ("P-1075", None),
        ("1" * 40, None),
        ("१०", None),  # digits of another script are no amount of a currency here
    ],
)
def test_that_an_amount_is_read_as_people_write_it(text: str, amount: str | None) -> None:
    assert amount_of(text) == (None if amount is None else Decimal(amount))


HOSTILE = st.text(max_size=80) | st.lists(
    st.sampled_from([*(f"{name}:" for name in FILTERS), '"', " ", "%", "\0", "kris", "::", "\ud800", "'"]),
    max_size=12,
).map("".join)


@given(HOSTILE)
def test_that_no_text_is_too_odd_to_be_read(typed: str) -> None:
    found = parse(typed)
    amount_of(typed)
    assert all(value.strip() == value != "" for values in found.filters.values() for value in values)
    assert found.text == " ".join(found.text.split())


@given(st.lists(st.text(alphabet="abcdefghij0123456789-%_*", min_size=1, max_size=8), max_size=5))
def test_that_words_without_a_filter_stay_as_they_are(words: list[str]) -> None:
    assert parse("  ".join(words)) == Sought(" ".join(words))


@given(st.sampled_from(FILTERS), st.text(alphabet="abc -%_@.:", min_size=1, max_size=20))
def test_that_a_quoted_value_is_taken_as_it_is(name: str, value: str) -> None:
    stripped = value.strip()
    given_values = (stripped,) if stripped else ()
    assert getattr(parse(f'kris {name}:"{value}" olsen'), name) == given_values
    assert parse(f'kris {name}:"{value}" olsen').text == "kris olsen"
