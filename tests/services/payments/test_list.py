"""Payments are found by whatever a caller can name, and those of a site without payments are not told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.domain.payments import PaymentStatus
from portal_admin.errors import NotFound, SwitchedOff
from portal_admin.services.desk import Desk
from portal_admin.services.payments.follow import follow
from portal_admin.services.payments.list import list_payments
from portal_admin.services.people import show_user
from portal_admin.services.site_policy import set_policy
from tests.fixtures.desk import NOW
from tests.services.conftest import RUTH
from tests.services.payments.paying import portal_payment


@pytest.fixture
def paid(office: Desk) -> Desk:
    """Three payments of Ruth's, one of them in yen."""
    portal_payment(office.engine, "P-0007", status="Paid", sending="sent", alternate_eft_oid=7)
    portal_payment(office.engine, "P-0008", status="Scheduled", amount_minor=107500, pay_on=date(2026, 12, 1))
    portal_payment(
        office.engine, "Q_9", amount_minor=250, currency="JPY", contract_oid=11, contract_id="0012-0046"
    )
    return office


def references(desk: Desk, **asked: Any) -> list[str]:
    return [one.reference for one in list_payments(desk, **asked).payments]


def test_that_they_stand_newest_first_and_say_when_there_are_more(paid: Desk) -> None:
    assert references(paid) == ["Q_9", "P-0008", "P-0007"]
    found = list_payments(paid, limit=2)
    assert ([one.reference for one in found.payments], found.more) == (["Q_9", "P-0008"], True)
    assert found.today == date(2026, 11, 21)


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"amount": Decimal(250)}, ["Q_9", "P-0007"]),
    ({"amount": Decimal("250.001")}, []),
    ({"amount": Decimal("1075.00")}, ["P-0008"]),
    ({"reference": "p-"}, ["P-0008", "P-0007"]),
    ({"reference": "_"}, []),
    ({"reference": "q_9"}, ["Q_9"]),
    ({"contract_id": " 0012-0045 "}, ["P-0008", "P-0007"]),
    ({"contract_id": "nowhere"}, []),
    ({"status": PaymentStatus.SCHEDULED}, ["P-0008"]),
    ({"on": date(2026, 12, 1)}, ["P-0008"]),
    ({"since": NOW}, []),
    ({"site": "main", "email": RUTH}, ["Q_9", "P-0008", "P-0007"]),
    ({"site": "PRAIRIE"}, []),
]
TYPED = [
    ("", 3),
    ("250", 2),
    ("250 0012-0045", 1),
    ("12/1", 1),
    ("11/8 0012-0045", 2),  # the day on which they were asked for
    ("ruth", 3),
    ("olsen", 3),
    ("RUTH@prairie.example", 3),
    ("p-0008", 1),
    ("100%", 0),
    ("nobody 250", 0),
]


def test_that_each_filter_narrows(paid: Desk) -> None:
    assert [(asked, references(paid, **asked)) for asked, _ in FILTERS] == FILTERS


def test_that_every_word_that_is_typed_must_be_met(paid: Desk) -> None:
    assert [(typed, len(references(paid, typed=typed))) for typed, _ in TYPED] == TYPED


@pytest.mark.databases("sqlite")
def test_that_a_return_that_was_learned_of_is_told(paid: Desk) -> None:
    assert list_payments(paid).returned == frozenset()
    follow(paid)
    found = list_payments(paid)
    assert [one.reference for one in found.payments if one.id in found.returned] == ["P-0007"]


def test_that_a_site_without_payments_is_told_as_such(paid: Desk) -> None:
    user = show_user(paid, site="MAIN", email=RUTH)
    assert len(references(paid, user_id=user.id)) == 3
    set_policy(paid, site="MAIN", payments_enabled=False)
    everywhere = list_payments(paid)
    assert (everywhere.payments, everywhere.switched_off) == ((), ("MAIN",))
    both: list[dict[str, Any]] = [{"site": "MAIN"}, {"user_id": user.id}]
    for asked in both:
        with pytest.raises(SwitchedOff):
            list_payments(paid, **asked)


@pytest.mark.databases("sqlite")
def test_that_an_unknown_site_or_person_is_no_empty_list(paid: Desk) -> None:
    both: list[dict[str, Any]] = [{"site": "NOWHERE"}, {"site": "MAIN", "email": "nobody@x.example"}]
    for asked in both:
        with pytest.raises(NotFound):
            list_payments(paid, **asked)


@pytest.mark.databases("sqlite")
def test_that_since_is_an_instant(paid: Desk) -> None:
    asked_at = NOW - timedelta(days=13)
    assert len(references(paid, since=asked_at)) == 3
    assert len(references(paid, since=datetime(2026, 11, 9, tzinfo=UTC))) == 0
