"""The steps of a payment once the bank has it: posted to the contract, applied to charges, returned (rule F)."""

from __future__ import annotations

from datetime import timedelta

from portal_admin.domain.bank_returns import POSTING_DAYS, RETURN_DAYS, banking_days_after, reason_words
from portal_admin.domain.dates import day_words
from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_status import SOURCE
from portal_admin.domain.payment_steps import (
    DONE,
    FAILED,
    NOT_REACHED,
    OVERDUE,
    UNKNOWN,
    WAITING,
    Step,
    StepKind,
    amount_words,
    unread,
)
from portal_admin.domain.payments import RETURN_WINDOW, EventKind
from portal_admin.domain.received import Applied, Received

CASH_SOURCE = "cash-application-methods"
PAYMENTS = "The contract's payments"


def contract_posted(facts: PaymentFacts, to_bank: Step) -> Step:
    """Whether ASPIRE posted the money to the contract: that is bookkeeping, and no proof that it was collected."""
    kind, money = StepKind.CONTRACT_POSTED, facts.posting
    if money is not None:
        again = " It was sent more than once." if len(facts.postings) > 1 else ""
        sentence = (
            f"Payment {money.oid} of {amount_words(facts, money.amount)} was posted on {day_words(money.post_date)}"
            f"{f' with reference {money.reference}' if money.reference else ''}.{again}"
        )
        evidence = {"payment_oid": money.oid, "amount": money.amount}
        return Step(kind, DONE, sentence, SOURCE, None, money.post_date, facts.received.as_of, evidence)
    if not facts.received.is_known:
        return _unread(facts, kind, to_bank, EventKind.CONTRACT_POSTED)
    if to_bank.state is not DONE:
        nothing = "ASPIRE has posted nothing of it so far"
        state, sentence = NOT_REACHED, f"{nothing}."
        if to_bank.state is UNKNOWN:
            state, sentence = UNKNOWN, f"{nothing}; whether it is on its way is not known."
        return Step(kind, state, sentence, SOURCE, as_of=facts.received.as_of)
    since = facts.day(to_bank.at) if to_bank.at else facts.today
    until = banking_days_after(since, POSTING_DAYS)
    late = facts.today > until
    expected = f"expected by about {day_words(until)}"
    sentence = f"ASPIRE has not posted it to the contract, {expected}{': ask whoever posts payments' if late else ''}."
    return Step(kind, OVERDUE if late else WAITING, sentence, SOURCE, as_of=facts.received.as_of)


def applied(facts: PaymentFacts, posted: Step) -> Step:
    """Which charges ASPIRE paid with it; its cash application decides, not the payer."""
    kind, money = StepKind.APPLIED, facts.posting
    if money is None:
        if posted.state is UNKNOWN:
            return Step(kind, UNKNOWN, "Whether anything will be posted is not known.", CASH_SOURCE)
        if posted.state is DONE:
            return _unread(facts, kind, posted, EventKind.APPLIED)
        return Step(kind, NOT_REACHED, "Nothing is posted yet that could be applied.", CASH_SOURCE)
    as_of = facts.received.as_of
    if money.is_returned:
        back = "It came back, so what it paid is open again."
        return Step(kind, FAILED, f"{_lines(facts, money)} {back}".strip(), CASH_SOURCE, as_of=as_of)
    if money.applied is None:
        return Step(kind, UNKNOWN, "ASPIRE does not say what it was applied to.", CASH_SOURCE, as_of=as_of)
    if not money.applied:
        rest = (
            f"All of it stands as unapplied cash: no charge was open for {amount_words(facts, money.amount)}."
        )
        return Step(kind, WAITING, rest, CASH_SOURCE, as_of=as_of)
    return Step(kind, DONE, _lines(facts, money), CASH_SOURCE, None, money.post_date, as_of, _evidence(money))


def returned(facts: PaymentFacts, to_bank: Step) -> Step:
    """Whether the bank sent it back; no portal status says so."""
    kind, money = StepKind.RETURNED, facts.posting
    if not facts.received.is_known:
        return _unread(facts, kind, to_bank, EventKind.RETURNED)
    as_of = facts.received.as_of
    if money is not None and money.is_returned:
        on = f" on {day_words(money.return_date)}" if money.return_date else ""
        sentence = f"The bank sent it back{on}: {reason_words(money.return_reason)}."
        evidence = {"return_reason": money.return_reason}
        return Step(kind, FAILED, sentence, SOURCE, None, money.return_date, as_of, evidence)
    if money is None and to_bank.state is not DONE:
        state = UNKNOWN if to_bank.state is UNKNOWN else NOT_REACHED
        words = {UNKNOWN: "Whether it went to the bank is not known, so neither is a return."}
        return Step(
            kind, state, words.get(state, "Only what went to the bank can come back."), SOURCE, as_of=as_of
        )
    return _none_so_far(facts, money, to_bank)


def _none_so_far(facts: PaymentFacts, money: Received | None, to_bank: Step) -> Step:
    day = facts.day(to_bank.at) if to_bank.at else money.post_date if money else facts.today
    until = banking_days_after(day, RETURN_DAYS)
    earlier = next((one for one in facts.postings if one.is_returned), None)
    before = f" An earlier try came back: {reason_words(earlier.return_reason)}." if earlier else ""
    if facts.today <= until:
        sentence = f"None so far; most returns come until about {day_words(until)}.{before}"
        return Step(StepKind.RETURNED, WAITING, sentence, SOURCE, as_of=facts.received.as_of)
    last = day_words(day + timedelta(days=RETURN_WINDOW.days))
    sentence = f"None so far. The usual days are over; a debit that is disputed can come back until about {last}.{before}"
    return Step(StepKind.RETURNED, NOT_REACHED, sentence, SOURCE, as_of=facts.received.as_of)


def _unread(facts: PaymentFacts, kind: StepKind, before: Step, event: EventKind) -> Step:
    """Where ASPIRE's payments cannot be read: what was learned before, else what the step before allows."""
    known = facts.event(event)
    if known is not None:
        state = FAILED if event is EventKind.RETURNED else DONE
        words = f"Learned from ASPIRE on {facts.when(known.learned_at)}. {unread(f'{PAYMENTS} now')}"
        return Step(kind, state, words, SOURCE, at=known.at, as_of=known.learned_at)
    if before.state in (DONE, UNKNOWN):
        return Step(kind, UNKNOWN, unread(PAYMENTS), SOURCE, as_of=facts.received.as_of)
    return Step(kind, NOT_REACHED, "It did not go to the bank yet.", SOURCE)


def _lines(facts: PaymentFacts, money: Received) -> str:
    lines = "; ".join(_line(facts, line) for line in money.applied or ())
    rest = money.unapplied
    unapplied = f"{amount_words(facts, rest)} stands as unapplied cash." if rest else ""
    return f"{f'{lines}.' if lines else ''} {unapplied}".strip()


def _line(facts: PaymentFacts, line: Applied) -> str:
    amount = amount_words(facts, line.amount)
    for invoice in facts.invoices.fact or ():
        for charge in invoice.charges:
            if charge.oid == line.detail_oid:
                due = day_words(invoice.due_of(charge))
                return f"{amount} to {charge.code} of invoice {invoice.number}, due {due}"
    return f"{amount} to charge {line.detail_oid}"


def _evidence(money: Received) -> dict[str, object]:
    return {
        "applied": [
            {"invoice_detail_oid": line.detail_oid, "amount": line.amount} for line in money.applied or ()
        ],
        "unapplied": money.unapplied,
    }
