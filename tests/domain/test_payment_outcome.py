"""What became of a payment once a batch took it, or it was cancelled, or came back: rule F, clause by clause."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from portal_admin.domain.payment_steps import StepKind
from portal_admin.domain.payments import EventKind, PaymentStatus
from tests.domain.payment_cases import (
    ASKED,
    DONE,
    FAILED,
    NOT_REACHED,
    NOTHING_YET,
    NOW,
    OVERDUE,
    PAID,
    TUESDAY,
    UNKNOWN,
    UNREAD,
    WAITING,
    advice_names,
    batch,
    came_back,
    event,
    judged,
    known,
    payment,
    pending,
    received,
    sentence,
    spent,
    states,
    unposted,
)


def test_that_a_generated_batch_has_picked_it_but_is_not_posted() -> None:
    found = judged(batches=known(unposted()))
    assert states(found)["picked"] == DONE
    assert states(found)["batch_posted"] == WAITING
    assert states(found)["sent_to_bank"] == NOT_REACHED
    assert found.proven is PaymentStatus.SCHEDULED
    assert "in the next file for the bank" in found.phone


def test_that_a_batch_left_unposted_after_its_days_is_overdue() -> None:
    found = judged(batches=known(unposted()), now=NOW + timedelta(days=1))
    assert states(found)["batch_posted"] == OVERDUE


def test_that_a_posted_batch_makes_it_paid_and_says_not_collected() -> None:
    found = judged(**PAID)
    assert found.proven is PaymentStatus.PAID
    assert [states(found)[step] for step in ("picked", "batch_posted", "sent_to_bank")] == [DONE] * 3
    assert states(found)["posted_to_contract"] == WAITING
    assert states(found)["applied"] == NOT_REACHED
    assert states(found)["returned"] == WAITING
    assert found.status_words == "Sent to the bank, not yet collected"
    assert found.phone.endswith(
        "was sent to the bank on 10 November 2026. It is not yet collected. "
        "The bank can still send it back, mostly until about 17 November 2026."
    )
    assert found.step(StepKind.BATCH_POSTED).evidence["eft_batch_oid"] == 2
    assert "not_collected" in advice_names(found)


@pytest.mark.parametrize("status", list(PaymentStatus))
def test_that_paid_is_never_called_collected(status: PaymentStatus) -> None:
    for money in (known(), known(received()), UNREAD):
        found = judged(payment(status=status), received=money, **PAID)
        said = " ".join((found.status_words, found.phone, *(step.sentence for step in found.steps)))
        assert "collected" not in said.replace("not collected", "").replace("not yet collected", "")


def test_that_a_status_behind_the_evidence_is_late_after_fifteen_minutes() -> None:
    soon = judged(now=NOW - timedelta(minutes=46), **PAID)
    assert "status_lags" in advice_names(soon)
    late = judged(**PAID)
    assert "status_late" in advice_names(late)
    told = next(one.sentence for one in late.advice if one.name == "status_late")
    assert "shows Scheduled; by the evidence it should show Paid" in told
    assert {"status_late", "status_lags"}.isdisjoint(
        advice_names(judged(payment(status=PaymentStatus.PAID), **PAID))
    )


@pytest.mark.parametrize("processed", [0, 1])
def test_that_only_a_batch_tells_paid_from_canceled(processed: int) -> None:
    gone = known(spent(payments_processed=processed))
    without = judged(alternate_efts=gone, batches=known(batch(alternate_eft_oids=(8,))))
    assert without.proven is PaymentStatus.CANCELED
    assert states(without)["cancel"] == DONE
    assert states(without)["picked"] == NOT_REACHED
    assert judged(alternate_efts=gone, batches=known(batch())).proven is PaymentStatus.PAID
    unread = judged(alternate_efts=gone, batches=UNREAD)
    assert unread.proven is PaymentStatus.SCHEDULED
    assert states(unread)["picked"] == UNKNOWN
    assert unread.status_words == "It cannot be told what became of it"


def test_that_an_unposted_batch_makes_neither() -> None:
    found = judged(
        payment(status=PaymentStatus.PENDING_CANCEL), alternate_efts=known(spent()), batches=known(unposted())
    )
    assert found.proven is PaymentStatus.PENDING_CANCEL
    assert states(found)["cancel"] == UNKNOWN


def test_that_a_cancellation_waits_a_quarter_of_an_hour() -> None:
    events = (event(EventKind.CANCEL_REQUESTED, ASKED),)
    wanted = payment(status=PaymentStatus.PENDING_CANCEL)
    early = judged(wanted, events=events, now=ASKED + timedelta(minutes=15))
    late = judged(wanted, events=events, now=ASKED + timedelta(minutes=16))
    assert states(early)["cancel"] == WAITING
    assert states(late)["cancel"] == OVERDUE
    assert late.proven is PaymentStatus.PENDING_CANCEL
    assert late.status_words == "Pending Cancel, not confirmed yet"
    assert "sync_down" in advice_names(late)


def test_that_a_confirmed_cancellation_is_told_with_its_proof() -> None:
    events = (event(EventKind.CANCEL_REQUESTED, ASKED),)
    found = judged(
        payment(status=PaymentStatus.PENDING_CANCEL),
        events=events,
        alternate_efts=known(spent(changed_at=ASKED + timedelta(minutes=4))),
        batches=known(batch(alternate_eft_oids=())),
    )
    assert found.step(StepKind.CANCEL).at == ASKED + timedelta(minutes=4)
    assert "none of the 1 batches read holds it" in sentence(found, StepKind.CANCEL)
    assert "Nothing was debited" in found.phone
    assert "status_late" in advice_names(found)


def test_that_a_cancellation_after_the_batch_is_too_late() -> None:
    found = judged(
        payment(status=PaymentStatus.PENDING_CANCEL), events=(event(EventKind.CANCEL_REQUESTED),), **PAID
    )
    assert states(found)["cancel"] == FAILED
    assert "Too late" in sentence(found, StepKind.CANCEL)
    assert found.proven is PaymentStatus.PAID


def test_that_a_refused_cancellation_leaves_it_scheduled() -> None:
    events = (event(EventKind.CANCEL_REQUESTED), event(EventKind.CANCEL_REFUSED, evidence={"message": "No."}))
    found = judged(payment(status=PaymentStatus.PENDING_CANCEL), events=events)
    assert states(found)["cancel"] == FAILED
    assert sentence(found, StepKind.CANCEL) == "No."
    assert found.proven is PaymentStatus.SCHEDULED


def test_that_nobody_asked_means_no_step_of_cancelling() -> None:
    with pytest.raises(KeyError):
        judged().step(StepKind.CANCEL)


def test_that_what_was_cancelled_before_sending_is_canceled() -> None:
    found = judged(pending(status=PaymentStatus.CANCELED), **NOTHING_YET)
    assert states(found)["cancel"] == DONE
    assert states(found)["sent"] == states(found)["alternate_eft"] == NOT_REACHED
    assert found.proven is PaymentStatus.CANCELED


def test_that_paid_is_not_taken_back_for_want_of_a_batch() -> None:
    found = judged(payment(status=PaymentStatus.PAID), alternate_efts=known(spent()))
    assert found.proven is PaymentStatus.PAID
    assert "paid_without_batch" in advice_names(found)


def test_that_money_on_the_contract_without_a_batch_is_not_canceled() -> None:
    found = judged(alternate_efts=known(spent()), received=known(received()))
    assert found.proven is PaymentStatus.SCHEDULED
    assert states(found)["picked"] == UNKNOWN
    assert states(found)["posted_to_contract"] == DONE


def test_that_what_was_posted_to_the_contract_can_still_come_back() -> None:
    found = judged(payment(status=PaymentStatus.PAID), received=known(received()), **PAID)
    assert found.step(StepKind.CONTRACT_POSTED).on == TUESDAY
    assert found.status_words == "Posted to the contract; a return can still follow"
    assert sentence(found, StepKind.APPLIED) == "250.00 USD to RENT of invoice INV-100, due 1 Nov 2026."
    assert states(found)["returned"] == WAITING
    assert "until about 17 Nov 2026" in sentence(found, StepKind.RETURNED)


def test_that_after_the_usual_days_a_return_is_still_not_ruled_out() -> None:
    found = judged(received=known(received()), now=NOW + timedelta(days=8), **PAID)
    assert states(found)["returned"] == NOT_REACHED
    assert "can come back until about 9 Jan 2027" in sentence(found, StepKind.RETURNED)
    assert found.status_words == "Posted to the contract; a return can still follow"
    assert "can come back for weeks" in found.phone


def test_that_posting_to_the_contract_is_overdue_after_two_banking_days() -> None:
    friday = NOW + timedelta(days=2)
    assert states(judged(now=friday, **PAID))["posted_to_contract"] == WAITING
    assert states(judged(now=friday + timedelta(days=1), **PAID))["posted_to_contract"] == OVERDUE


def test_that_a_posting_is_found_by_reference_where_it_names_no_entry() -> None:
    found = judged(received=known(received(alternate_eft_oid=None, reference=" p-0007 ")), **PAID)
    assert states(found)["posted_to_contract"] == DONE
    other = judged(received=known(received(alternate_eft_oid=8)), **PAID)
    assert states(other)["posted_to_contract"] == WAITING


def test_that_charges_of_unread_invoices_are_named_by_number() -> None:
    found = judged(received=known(received()), invoices=UNREAD, **PAID)
    assert sentence(found, StepKind.APPLIED) == "250.00 USD to charge 1000."
    assert states(found)["applied"] == DONE


def test_that_money_without_an_open_charge_stands_as_unapplied_cash() -> None:
    found = judged(received=known(received(applied=(), unapplied=Decimal("250.00"))), **PAID)
    assert states(found)["applied"] == WAITING
    assert "unapplied cash" in sentence(found, StepKind.APPLIED)


def test_that_the_rest_of_a_posting_is_told_as_unapplied_cash() -> None:
    found = judged(received=known(received(unapplied=Decimal("10.00"))), **PAID)
    assert sentence(found, StepKind.APPLIED).endswith("10.00 USD stands as unapplied cash.")


def test_that_an_unsaid_application_is_unknown() -> None:
    assert states(judged(received=known(received(applied=None)), **PAID))["applied"] == UNKNOWN


@pytest.mark.parametrize(
    ("reason", "words", "way_out"),
    [
        ("R01", "insufficient funds (R01)", "once the account is funded"),
        ("r03", "no such account, or it is not the named person's (R03)", "put right"),
        ("R10", "the customer says it was not authorized (R10)", "authorization"),
        ("R99", "reason R99", "finance company's bank"),
        (None, "no reason given", "finance company's bank"),
    ],
)
def test_that_a_return_is_told_with_its_reason(reason: str | None, words: str, way_out: str) -> None:
    found = judged(payment(status=PaymentStatus.PAID), received=known(came_back(reason)), **PAID)
    assert states(found)["returned"] == states(found)["applied"] == FAILED
    assert sentence(found, StepKind.RETURNED) == f"The bank sent it back on 12 Nov 2026: {words}."
    assert found.status_words == "Returned by the bank"
    assert found.status is found.proven is PaymentStatus.PAID, "the portal has no status for a return"
    told = next(one.sentence for one in found.advice if one.name == "returned")
    assert "no status for a return" in told
    assert way_out in told
    assert words in found.phone


def test_that_a_second_try_after_a_return_is_told() -> None:
    again = received(oid=6, post_date=TUESDAY + timedelta(days=4))
    found = judged(received=known(again, came_back()), **PAID)
    assert states(found)["returned"] == WAITING
    assert "An earlier try came back: insufficient funds (R01)." in sentence(found, StepKind.RETURNED)
    assert "sent more than once" in sentence(found, StepKind.CONTRACT_POSTED)
