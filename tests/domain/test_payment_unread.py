"""What is told of a payment where ASPIRE could not be read, and what is asked rather than judged (rule F)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_steps import StepKind
from portal_admin.domain.payment_timeline import timeline
from portal_admin.domain.payments import EventKind, PaymentStatus
from tests.domain.payment_cases import (
    ASKED,
    DONE,
    FAILED,
    INVOICE,
    MONDAY,
    NOW,
    PAID,
    UNKNOWN,
    UNREAD,
    WHY,
    came_back,
    eft,
    event,
    facts,
    judged,
    known,
    payment,
    pending,
    sentence,
    states,
)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("alternate_efts", {"alternate_eft", "picked", "batch_posted", "sent_to_bank"}),
        ("batches", {"picked", "batch_posted", "sent_to_bank"}),
        ("received", {"posted_to_contract", "applied", "returned"}),
        ("invoices", set()),
    ],
)
def test_that_a_fact_that_could_not_be_read_leaves_its_steps_unknown(missing: str, unknown: set[str]) -> None:
    whole: dict[str, Any] = {**PAID, "received": known(came_back())}
    of = pending() if missing == "alternate_efts" else payment()
    found = judged(of, **{**whole, missing: UNREAD})
    found_unknown = {name for name, state in states(found).items() if state == UNKNOWN}
    assert found_unknown == unknown
    told = [one.sentence for one in found.advice if one.name == "could_not_look"]
    assert len(told) == 1
    assert WHY in told[0]


def test_that_what_was_learned_before_still_counts_when_aspire_is_down() -> None:
    kinds = (EventKind.ALTERNATE_EFT, EventKind.POSTED, EventKind.CONTRACT_POSTED, EventKind.APPLIED)
    down: dict[str, Any] = dict.fromkeys(("alternate_efts", "batches", "received", "invoices"), UNREAD)
    events = tuple(event(kind, ASKED + timedelta(hours=1)) for kind in kinds)
    found = judged(payment(status=PaymentStatus.PAID), events=events, **down)
    assert [
        states(found)[step] for step in ("alternate_eft", "batch_posted", "posted_to_contract", "applied")
    ] == [DONE] * 4
    assert states(found)["returned"] == UNKNOWN
    assert "Learned from ASPIRE on 9 Nov 2026 13:00." in sentence(found, StepKind.BATCH_POSTED)
    back = judged(payment(status=PaymentStatus.PAID), events=(event(EventKind.RETURNED),), **down)
    assert states(back)["returned"] == FAILED


def test_that_a_copy_says_that_aspire_could_not_be_asked() -> None:
    copy = replace(known(eft()), reason=WHY, stored=True)
    assert "This is the portal's copy" in sentence(judged(alternate_efts=copy), StepKind.ALTERNATE_EFT)


@pytest.mark.parametrize(
    ("business", "code", "asked"),
    [
        (True, "WEB", True),
        (True, "web", True),
        (True, "CCD", False),
        (False, "WEB", False),
        (None, "WEB", False),
    ],
)
def test_that_web_on_a_business_account_is_a_question(business: bool | None, code: str, asked: bool) -> None:
    found = judged(payment(is_business=business), alternate_efts=known(eft(sec_code=code)))
    told = [one.sentence for one in found.advice if one.name == "web_on_business"]
    assert bool(told) is asked
    assert all("?" in one for one in told)
    assert FAILED not in states(found).values()


def test_that_times_are_on_the_company_clock() -> None:
    midnight = facts(now=NOW.replace(hour=4))
    assert midnight.today == MONDAY
    assert midnight.when(NOW.replace(hour=4)) == "9 Nov 2026 22:00"


def test_that_the_request_names_contract_and_no_invoice() -> None:
    found = judged()
    assert sentence(found, StepKind.REQUESTED) == (
        "250.00 USD for contract 0012-0045 on 10 Nov 2026 from First National, Checking ending in 6789, "
        "requested at the desk for the caller by jdoe."
    )


def test_that_every_step_has_an_article_and_a_title() -> None:
    for of in (facts(), facts(pending()), facts(**PAID)):
        found = timeline(of)
        assert all(step.source and step.title and step.sentence for step in found.steps)
        assert isinstance(of, PaymentFacts)
        assert INVOICE in (of.invoices.fact or ())
