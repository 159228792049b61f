"""What became of a payment until ASPIRE has it, and while it waits for its batch: rule F, clause by clause."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from portal_admin.domain.payment_steps import StepKind
from portal_admin.domain.payments import EventKind, PaymentStatus, Sending
from tests.domain.payment_cases import (
    ASKED,
    DONE,
    FAILED,
    MONDAY,
    NOT_REACHED,
    NOTHING_YET,
    NOW,
    OVERDUE,
    TUESDAY,
    UNKNOWN,
    WAITING,
    advice_names,
    batch,
    eft,
    event,
    judged,
    known,
    payment,
    pending,
    sentence,
    spent,
    states,
    unposted,
)


def test_that_a_new_payment_waits_to_be_sent() -> None:
    found = judged(pending(), now=ASKED + timedelta(minutes=15), **NOTHING_YET)
    assert states(found)["sent"] == WAITING
    assert states(found)["alternate_eft"] == NOT_REACHED
    assert states(found)["picked"] == NOT_REACHED
    assert found.status is found.proven is PaymentStatus.PENDING
    assert found.status_words == "Waiting to be sent to ASPIRE"
    assert advice_names(found) == set()


def test_that_a_payment_pending_for_more_than_fifteen_minutes_is_overdue() -> None:
    found = judged(pending(), now=ASKED + timedelta(minutes=15, seconds=1), **NOTHING_YET)
    assert states(found)["sent"] == OVERDUE
    assert "waited 15 minutes" in sentence(found, StepKind.SENT)
    assert "sync may be down" in sentence(found, StepKind.SENT)
    assert "sync_down" in advice_names(found)
    assert "do not make it again" in found.phone


def test_that_after_hours_the_wait_is_told_in_hours() -> None:
    found = judged(pending(), now=ASKED + timedelta(hours=5, minutes=59), **NOTHING_YET)
    assert "waited 5 hours" in sentence(found, StepKind.SENT)


def test_that_an_unknown_outcome_is_told_and_never_sent_again() -> None:
    lost = pending(sending=Sending.UNKNOWN)
    found = judged(lost, now=NOW, **NOTHING_YET)
    assert states(found)["sent"] == states(found)["alternate_eft"] == UNKNOWN
    assert states(found)["picked"] == states(found)["sent_to_bank"] == UNKNOWN
    assert found.proven is PaymentStatus.PENDING
    assert found.status_words == "It is not known whether ASPIRE has it"
    assert "outcome_unknown" in advice_names(found)
    assert "proves nothing yet" in sentence(found, StepKind.SENT)
    assert "do not make it again" in found.phone


def test_that_the_entry_in_aspire_settles_an_unknown_outcome() -> None:
    found = judged(pending(sending=Sending.UNKNOWN))
    assert states(found)["sent"] == states(found)["alternate_eft"] == DONE
    assert found.proven is PaymentStatus.SCHEDULED
    assert "outcome_unknown" not in advice_names(found)


def test_that_a_sending_that_nobody_ended_becomes_unknown() -> None:
    events = (event(EventKind.SENDING, ASKED),)
    sending = pending(sending=Sending.SENDING)
    early = judged(sending, events=events, now=ASKED + timedelta(minutes=1), **NOTHING_YET)
    late = judged(sending, events=events, now=ASKED + timedelta(minutes=16), **NOTHING_YET)
    assert states(early)["sent"] == WAITING
    assert states(late)["sent"] == UNKNOWN


def test_that_what_aspire_refused_debits_nobody() -> None:
    events = (event(EventKind.REFUSED, evidence={"message": "The contract is not booked."}),)
    found = judged(pending(sending=Sending.REFUSED), events=events, **NOTHING_YET)
    assert states(found)["sent"] == FAILED
    assert states(found)["alternate_eft"] == states(found)["picked"] == NOT_REACHED
    assert sentence(found, StepKind.SENT).startswith("The contract is not booked.")
    assert found.proven is PaymentStatus.CANCELED
    assert "nothing was debited" in found.phone


def test_that_an_entry_is_found_by_its_reference_in_any_case() -> None:
    found = judged(pending(), alternate_efts=known(eft(reference="p-0007"), eft(oid=9, reference="P-0008")))
    assert found.step(StepKind.ALTERNATE_EFT).evidence["alternate_eft_oid"] == 7


def test_that_an_entry_which_aspire_lost_is_a_failure() -> None:
    found = judged(alternate_efts=known())
    assert states(found)["alternate_eft"] == FAILED
    assert found.proven is PaymentStatus.SCHEDULED, "nothing proves another status"
    assert states(found)["picked"] == UNKNOWN


def test_that_an_older_copy_cannot_show_that_an_entry_was_lost() -> None:
    found = judged(alternate_efts=known(as_of=ASKED - timedelta(minutes=1)))
    assert states(found)["alternate_eft"] == DONE
    assert "The portal recorded Alternate EFT 7" in sentence(found, StepKind.ALTERNATE_EFT)


def test_that_a_sent_request_without_an_entry_becomes_overdue() -> None:
    events = (event(EventKind.SENDING, ASKED),)
    unlisted = payment(alternate_eft_oid=None)
    early = judged(unlisted, events=events, now=ASKED + timedelta(minutes=5), **NOTHING_YET)
    late = judged(unlisted, events=events, now=NOW, **NOTHING_YET)
    assert states(early)["alternate_eft"] == WAITING
    assert states(late)["alternate_eft"] == OVERDUE


def test_that_two_entries_for_one_payment_are_pointed_out() -> None:
    found = judged(alternate_efts=known(eft(), eft(oid=8)))
    assert "two_debits" in advice_names(found)
    assert found.step(StepKind.ALTERNATE_EFT).evidence["alternate_eft_oid"] == 7


def test_that_an_entry_of_another_amount_or_day_is_pointed_out() -> None:
    found = judged(alternate_efts=known(eft(amount=Decimal("25.00"), start_date=MONDAY)))
    assert {"amount_differs", "date_differs"} <= advice_names(found)


def test_that_a_scheduled_payment_waits_for_its_day() -> None:
    found = judged(now=ASKED + timedelta(hours=1), alternate_efts=known(eft(), as_of=NOW))
    assert states(found)["picked"] == WAITING
    assert "covers 10 Nov 2026" in sentence(found, StepKind.PICKED)
    assert found.status_words == "Scheduled in ASPIRE"
    assert "scheduled for 10 November 2026" in found.phone


def test_that_a_start_date_past_without_any_batch_is_overdue() -> None:
    found = judged(now=NOW + timedelta(days=1))
    assert states(found)["picked"] == OVERDUE
    assert "not_picked_yet" in advice_names(found)
    assert "should have gone to the bank already" in found.phone


def test_that_a_start_date_on_a_weekend_is_overdue_only_after_monday() -> None:
    saturday = eft(start_date=date(2026, 11, 14))
    monday = NOW + timedelta(days=6)
    assert states(judged(alternate_efts=known(saturday), now=monday))["picked"] == WAITING
    assert states(judged(alternate_efts=known(saturday), now=monday + timedelta(days=1)))["picked"] == OVERDUE


def test_that_a_window_posted_without_the_payment_means_never_picked_up() -> None:
    late = eft(created_at=NOW)
    passed_by = batch(alternate_eft_oids=(), posted_at=NOW - timedelta(hours=1))
    found = judged(alternate_efts=known(late), batches=known(passed_by))
    assert states(found)["picked"] == FAILED
    assert "posted on 10 Nov 2026 13:00 without it" in sentence(found, StepKind.PICKED)
    assert "came into ASPIRE only afterwards, on 10 Nov 2026 14:00" in sentence(found, StepKind.PICKED)
    assert found.step(StepKind.PICKED).source == "customer-portal-payment-missing-from-eft-file"
    assert found.proven is PaymentStatus.SCHEDULED, "the portal goes on showing Scheduled"
    assert found.status_words == "Scheduled, but no batch will pick it up by itself"
    assert "never_picked" in advice_names(found)
    assert "left out of the bank's file" in found.phone


@pytest.mark.parametrize(
    ("previous_day", "start", "why"),
    [
        (False, MONDAY, "no batch covers it."),
        (True, MONDAY, "Previous Day option is on, and it skips weekends."),
        (
            True,
            date(2026, 11, 8),
            "8 Nov 2026 is a Sunday, and EFT Generation's Previous Day option skips weekends.",
        ),
        (True, date(2026, 11, 7), "7 Nov 2026 is a Saturday"),
        (None, MONDAY, "Whether EFT Generation's Previous Day option is on could not be read."),
    ],
)
def test_that_a_start_date_before_the_next_batch_means_never_picked_up(
    previous_day: bool | None, start: date, why: str
) -> None:
    found = judged(
        alternate_efts=known(eft(start_date=start)),
        batches=known(unposted(alternate_eft_oids=())),
        previous_day=previous_day,
    )
    assert states(found)["picked"] == FAILED
    assert "lies before 10 Nov 2026, when the next batch (2) begins" in sentence(found, StepKind.PICKED)
    assert why in sentence(found, StepKind.PICKED)


def test_that_a_weekend_start_to_come_is_a_caution_under_previous_day() -> None:
    saturday = known(eft(start_date=date(2026, 11, 14)))
    assert "may_be_missed" in advice_names(judged(alternate_efts=saturday, previous_day=True))
    assert "may_be_missed" not in advice_names(judged(alternate_efts=saturday, previous_day=False))


def test_that_an_open_batch_of_the_day_without_it_is_not_the_end() -> None:
    found = judged(batches=known(unposted(alternate_eft_oids=())))
    assert states(found)["picked"] == WAITING
    assert "does not hold it so far" in sentence(found, StepKind.PICKED)
    assert "may_be_missed" in advice_names(found)


def test_that_batches_not_read_far_enough_back_prove_no_absence() -> None:
    later = batch(3, TUESDAY + timedelta(days=1), alternate_eft_oids=())
    since = ASKED + timedelta(minutes=1)
    assert states(judged(batches=known(later)))["picked"] == FAILED
    assert states(judged(batches=known(later), batches_since=since))["picked"] == UNKNOWN
    gone = judged(alternate_efts=known(spent()), batches=known(later), batches_since=since)
    assert gone.proven is PaymentStatus.SCHEDULED


def test_that_batches_read_before_the_entry_prove_no_cancellation() -> None:
    older = known(as_of=NOW - timedelta(seconds=1))
    found = judged(alternate_efts=known(spent()), batches=older)
    assert found.proven is PaymentStatus.SCHEDULED
    assert states(found)["picked"] == UNKNOWN
