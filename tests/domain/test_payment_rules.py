"""What may be asked for, when a payment may be sent again, and what a list says of it (rule F)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.cash_amount import MOST
from portal_admin.domain.money import to_minor
from portal_admin.domain.payment_attention import listed_words, overdue
from portal_admin.domain.payment_request import refusal_of, require_no_other, typed_amount
from portal_admin.domain.payment_sending_rules import (
    doubtful,
    require_ours,
    require_patience,
    require_same_aspire,
    seen,
)
from portal_admin.domain.payments import (
    EventKind,
    Origin,
    PaymentEvent,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.domain.records import Instance
from portal_admin.domain.site_policy import BankAccounts
from portal_admin.errors import AspireOutcomeUnknown, InvalidInput, Refused

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ASPIRE = Instance("T1", "5", 1, NOW, frozenset())
PAYMENT = PortalPayment(
    id=1,
    reference="D-ABCD2345",
    site="MAIN",
    email="ruth@prairie.example",
    user_id=1,
    contract_oid=10,
    contract_id="0012-0045",
    currency="USD",
    amount=Decimal("250.00"),
    pay_on=TODAY,
    bank_account_oid=3,
    bank_account="First · Checking · …6789",
    is_business=True,
    status=PaymentStatus.PENDING,
    origin=Origin.DESK,
    sending=Sending.UNKNOWN,
    alternate_eft_oid=None,
    requested_at=NOW,
    requested_by="tester",
    followed_at=None,
    version=1,
)


def made(**changed: Any) -> PortalPayment:
    return replace(PAYMENT, **changed)


def event(kind: EventKind, minutes: float = 0, **evidence: Any) -> PaymentEvent:
    at = NOW + timedelta(minutes=minutes)
    return PaymentEvent(kind, at, at, "tester", evidence)


def sending(minutes: float = 0, aspire: Instance = ASPIRE) -> PaymentEvent:
    return event(EventKind.SENDING, minutes, **seen(aspire))


AMOUNTS = st.one_of(
    st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12")),
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999"), places=2),
    st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("1e400")]),
)


@given(AMOUNTS, st.sampled_from(["USD", "JPY", "KWD"]))
def test_that_an_amount_is_taken_whole_or_not_at_all(amount: Decimal, currency: str) -> None:
    try:
        taken = typed_amount(amount, currency)
    except InvalidInput:
        return
    assert taken == amount
    assert Decimal(0) < taken <= MOST
    assert to_minor(taken, currency) > 0
    assert Decimal(f"{taken:.2f}") == amount, "what is sent to ASPIRE is what was typed"


@pytest.mark.parametrize("typed", ["1,50", "1.000,50", "1e3"])
def test_that_an_amount_that_can_be_read_in_two_ways_is_never_debited(typed: str) -> None:
    with pytest.raises(InvalidInput):
        typed_amount(typed, "USD")
    assert typed_amount("1,500.50", "USD") == Decimal("1500.50")


@pytest.mark.parametrize(
    ("roles", "is_linked", "policy", "may"),
    [
        (["Customer"], True, BankAccounts.EXISTING, True),
        (["Customer"], False, BankAccounts.EXISTING, False),
        (["Guarantor"], True, BankAccounts.EXISTING, False),
        (["Guarantor"], False, BankAccounts.ANY, True),
        (["Broker"], True, BankAccounts.ANY, False),
        (["Broker", "Customer"], True, BankAccounts.EXISTING, True),
    ],
)
def test_that_the_policy_names_who_may_pay(
    roles: list[str], is_linked: bool, policy: BankAccounts, may: bool
) -> None:
    assert (refusal_of(is_active=True, roles=roles, is_linked=is_linked, policy=policy) is None) is may
    assert refusal_of(is_active=False, roles=roles, is_linked=is_linked, policy=policy)


@pytest.mark.parametrize(
    ("other", "again", "rule"),
    [
        (made(sending=Sending.UNKNOWN), True, "unsettled_payment"),
        (made(sending=Sending.QUEUED, pay_on=TODAY + timedelta(days=9)), True, "unsettled_payment"),
        (made(sending=Sending.SENT, status=PaymentStatus.SCHEDULED), False, "likely_duplicate"),
        (made(sending=Sending.SENT, status=PaymentStatus.PAID), False, "likely_duplicate"),
        (made(sending=Sending.SENT, status=PaymentStatus.SCHEDULED), True, None),
        (made(sending=Sending.QUEUED, origin=Origin.PORTAL), False, "likely_duplicate"),
        (made(sending=Sending.SENT, pay_on=TODAY - timedelta(days=1)), False, None),
        (made(sending=Sending.REFUSED, status=PaymentStatus.CANCELED), False, None),
        (made(sending=Sending.UNKNOWN, status=PaymentStatus.CANCELED), False, None),
    ],
)
def test_that_nothing_is_paid_twice_by_accident(other: PortalPayment, again: bool, rule: str | None) -> None:
    if rule is None:
        require_no_other([other], on=TODAY, again=again)
        return
    with pytest.raises(Refused) as refused:
        require_no_other([other], on=TODAY, again=again)
    assert refused.value.rule == rule


def test_that_only_attempts_that_may_have_arrived_are_doubtful() -> None:
    lost, surely_not, refused = sending(0), sending(1), sending(2)
    events = (
        event(EventKind.REQUESTED),
        lost,
        event(EventKind.UNKNOWN),
        surely_not,
        event(EventKind.NOT_SENT, 1),
        refused,
        event(EventKind.REFUSED, 2),
    )
    assert doubtful(events) == (lost,)
    assert doubtful(events[:2]) == (lost,), "a killed desk never said"


def test_that_a_request_has_a_minute_before_it_counts_as_lost() -> None:
    with pytest.raises(AspireOutcomeUnknown):
        require_patience(PAYMENT, (sending(),), NOW + timedelta(seconds=59))
    require_patience(PAYMENT, (sending(),), NOW + timedelta(seconds=60))
    require_patience(made(sending=Sending.QUEUED), (), NOW)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASPIRE, generation=2),
        replace(ASPIRE, instance_id="T2"),
        replace(ASPIRE, now=NOW - timedelta(seconds=1)),
    ],
)
def test_that_another_aspire_is_never_sent_to_again(other: Instance) -> None:
    later = replace(ASPIRE, now=NOW + timedelta(hours=1))
    require_same_aspire(PAYMENT, (sending(), event(EventKind.UNKNOWN)), later)
    with pytest.raises(Refused) as refused:
        require_same_aspire(PAYMENT, (sending(), event(EventKind.UNKNOWN)), other)
    assert refused.value.rule == "aspire_restored"
    require_same_aspire(PAYMENT, (sending(), event(EventKind.NOT_SENT)), other)


@pytest.mark.parametrize(
    ("payment", "rule"),
    [
        (made(origin=Origin.PORTAL), "portal_sends"),
        (made(sending=Sending.REFUSED), "payment_over"),
        (made(status=PaymentStatus.CANCELED), "payment_over"),
    ],
)
def test_that_only_our_own_payments_under_way_are_sent(payment: PortalPayment, rule: str) -> None:
    require_ours(PAYMENT)
    with pytest.raises(Refused) as refused:
        require_ours(payment)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("payment", "returned", "words"),
    [
        (made(status=PaymentStatus.PAID, sending=Sending.SENT), False, "Sent to the bank, not yet collected"),
        (made(status=PaymentStatus.PAID, sending=Sending.SENT), True, "Returned by the bank"),
        (made(), False, "Outcome not known: look again"),
        (made(sending=Sending.QUEUED), False, "Not sent yet: look again"),
        (made(sending=Sending.QUEUED, origin=Origin.PORTAL), False, "Waiting to be sent to ASPIRE"),
        (
            made(status=PaymentStatus.CANCELED, sending=Sending.REFUSED),
            False,
            "Refused by ASPIRE, nothing was done",
        ),
    ],
)
def test_that_a_list_never_says_collected(payment: PortalPayment, returned: bool, words: str) -> None:
    assert listed_words(payment, returned=returned) == words


def test_that_overdue_is_after_fifteen_minutes_or_after_its_day() -> None:
    waiting = made(sending=Sending.QUEUED, origin=Origin.PORTAL)
    assert overdue(waiting, now=NOW + timedelta(minutes=15), today=TODAY) is None
    assert overdue(waiting, now=NOW + timedelta(minutes=16), today=TODAY)
    scheduled = made(status=PaymentStatus.SCHEDULED, sending=Sending.SENT, pay_on=date(2026, 11, 17))
    assert overdue(scheduled, now=NOW, today=date(2026, 11, 18)) is None
    assert overdue(scheduled, now=NOW, today=date(2026, 11, 19))
    assert overdue(made(status=PaymentStatus.PAID, sending=Sending.SENT), now=NOW, today=TODAY) is None
