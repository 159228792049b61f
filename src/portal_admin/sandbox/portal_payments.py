"""Generated payments that came through the portal: the debits, the batches that took them, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal_admin.sandbox.deals import BY_PORTAL, Deal, money
from portal_admin.sandbox.portfolio import Record

# Every fortieth contract had such a payment. They take turns: one for each posted batch, then one that was cancelled,
# then one that is still to come.
EVERY, PLACE = 40, 7
BATCHES, TURNS = 28, 30
TO_COME = 29


def turn_of(number: int, deal: Deal) -> int | None:
    """Whose turn the contract of that number is, None when it had no payment through the portal."""
    turn, place = divmod(number, EVERY)
    return turn % TURNS if place == PLACE and deal.active else None


def numbers_of(turn: int, contracts: int) -> range:
    """The contracts whose turn it is."""
    return range(EVERY * turn + PLACE, contracts, EVERY * TURNS)


def batch_day(turn: int, today: date) -> date:
    """The day of a batch; the last one is today's."""
    return today + timedelta(days=turn - BATCHES)


def alternate_eft(turn: int, deal: Deal, today: date, bank_account: int | None) -> Record:
    """The debit; one that was cancelled looks like one that was sent."""
    to_come = turn == TO_COME
    return {
        "AlternateEftOid": deal.oid * 10 + 1,
        "ContractOid": deal.oid,
        "Amount": money(deal.invoice_amount()),
        "StartDate": (batch_day(turn, today) + timedelta(days=2 * to_come)).isoformat(),
        "SecCode": "WEB",
        "Payments": int(to_come),
        "PaymentsProcessed": int(not to_come),
        "BankAccountOid": bank_account,
        "ReferenceNumber": f"P-{deal.oid}",
    }


def payments(number: int, deal: Deal, today: date) -> Iterator[Record]:
    """The payment that a posted batch brought; every fifth was returned."""
    turn = turn_of(number, deal)
    if turn is None or turn >= BATCHES:
        return
    day = batch_day(turn, today)
    returned = number // EVERY % 5 == 0
    yield {
        "PaymentOid": deal.oid * 1000 + BY_PORTAL,
        "ContractOid": deal.oid,
        "ReferenceNumber": f"P-{deal.oid}",
        "Amount": money(deal.invoice_amount()),
        "PostDate": day.isoformat(),
        "PaymentMethod": "ACH",
        "AlternateEftOid": deal.oid * 10 + 1,
        "UnappliedAmount": "0.00" if returned else money(deal.invoice_amount()),
        "IsReturned": returned,
        "ReturnReason": "R01" if returned else None,
        "ReturnDate": (day + timedelta(days=3)).isoformat() if returned else None,
        "Applied": [],
    }


def batch(oid: int, turn: int, today: date, alternate_efts: list[int]) -> Record:
    """The batch of one day; today's is generated but not posted yet."""
    day, posted = batch_day(turn, today), turn < BATCHES
    return {
        "EftBatchOid": oid,
        "BeginDate": day.isoformat(),
        "EndDate": day.isoformat(),
        "IsPosted": posted,
        "PostDateTime": f"{day}T21:00:00Z" if posted else None,
        "AlternateEftOids": alternate_efts if posted else [],
    }
