"""What the callers of the demonstration paid, how they tried to enroll, and what was noted of their calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from portal_admin.cli.demo_diary import Dated
from portal_admin.domain.site_policy import BankAccounts
from portal_admin.sandbox import cases
from portal_admin.sandbox.case_payments import CASE_PAYMENTS, CasePayment, Fate
from portal_admin.sandbox.cases import Case
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import call_notes, links, site_policy
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.submit import submit
from portal_admin.services.payments.arrive import Arrival, arrive

CASEY, MORGAN = "casey", "morgan"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# What the caller of the look-alike case was linked to at first, and when that was changed.
RIGHT_ACCOUNT = "A-90001"
CHANGED = 22 * HOUR
# Of payments that the payer asked to cancel: how long after the request, at most.
CANCELED_AFTER = 3 * HOUR
CANCELED_LATELY = 6 * MINUTE


@dataclass(frozen=True)
class Visitor:
    """What somebody typed on a site's page to enroll, and how long ago."""

    ago: timedelta
    site: str
    email: str
    postal_code: str
    contract: str
    first_name: str
    last_name: str


VISITORS = (
    # The second of two addresses in ASPIRE's Email, and more of the postal code than is compared.
    Visitor(8 * DAY, "NORTHWIND", "cfo@prairiehauling.example", "68114", "NW-24-0117", "Carl", "Olsen"),
    Visitor(6 * DAY, "EASTCOAST", "AP@tidewaterprint.example", "23510-0144", "EC-24-0150", "Terry", "Nash"),
    # The postal code of the shop, not the one that bills go to; tried again at once.
    Visitor(50 * HOUR, "NORTHWIND", "office@redcedar.example", "68510", "NW-24-0033", "Rosa", "Reyes"),
    Visitor(
        50 * HOUR - 3 * MINUTE, "NORTHWIND", "office@redcedar.example", "6850", "NW-24-0033", "Rosa", "Reyes"
    ),
    # A private address that ASPIRE does not know.
    Visitor(27 * HOUR, "NORTHWIND", "kimdental.office@mail.example", "50309", "NW-25-0009", "Lee", "Kim"),
    # Two digits of the contract id changed places.
    Visitor(26 * HOUR, "NORTHWIND", "ap@harborlight.example", "04101", "NW-25-0056", "Ana", "Fernandez"),
    # A contract of another site.
    Visitor(25 * HOUR, "NORTHWIND", "ap@harborlight.example", "04101", "EC-25-0064", "Ana", "Fernandez"),
    # Signed, but not booked.
    Visitor(5 * HOUR, "NORTHWIND", "books@novaksons.example", "51101", "NW-26-0201", "Vera", "Novak"),
    # A guarantor, who has a login already.
    Visitor(4 * HOUR, "PRAIRIE", cases.GUARANTOR.email, "93722", "PR-24-0188", "Dana", "Whitfield"),
    # Everything right, but there is a login.
    Visitor(40 * MINUTE, "NORTHWIND", cases.PLAIN.email, "68114-1234", "NW-24-0117", "Maria", "Olsen"),
)

# Whose call, how long ago, and what was noted.
CALLS: tuple[tuple[Case, timedelta, str, str | None], ...] = (
    (cases.PLAIN, 7 * DAY, "Asked how to pay by card. We take bank debits only; explained quick pay.", None),
    (
        cases.LOOK_ALIKE,
        21 * HOUR,
        "Sees a contract of the other Prairie Hauling since yesterday. Morgan is to look at the link.",
        "NW-22-0077",
    ),
    (
        cases.UNMAPPED_LABEL,
        5 * DAY,
        "Debit of the 9th came back, insufficient funds. Will pay again once the insurer has paid.",
        "NW-25-0009",
    ),
    (cases.GUARANTOR, 30 * HOUR, "Speaks for the orchard; her daughter is on file as the owner.", None),
)


def care(desk: Desk) -> Iterator[Dated]:
    """What colleagues did for the callers, and the visitors' attempts, which a site's web tier handed to us."""
    now = desk.clock()
    yield Dated(now - 8 * DAY - HOUR, MORGAN, _pay_from_known_accounts)
    yield Dated(now - 3 * DAY, MORGAN, _switch_payments_off)
    yield Dated(now - CHANGED, MORGAN, _link_the_wrong_account)
    yield Dated(now - CHANGED + MINUTE, MORGAN, _unlink_the_right_account)
    yield from (Dated(now - one.ago, MORGAN, partial(_enroll, one)) for one in VISITORS)
    for case, ago, note, contract in CALLS:
        written = partial(_note, case, note, contract)
        yield Dated(now - ago, CASEY, written)


def pay(desk: Desk, aspire: Sandbox) -> None:
    """Write the callers' payments as the portal does; the next sync learns what became of them."""
    by_key = {case.key: case for case in cases.CASES}
    for one in sorted(CASE_PAYMENTS, key=lambda one: one.asked_at(desk.clock())):
        case = by_key[one.case]
        arrive(desk, site=case.site, email=case.email, asked=_arrival(desk, aspire, one))


def _arrival(desk: Desk, aspire: Sandbox, one: CasePayment) -> Arrival:
    now = desk.clock()
    account = aspire.record("BankAccounts", one.bank_account) or {}
    contract = aspire.record("Contracts", one.contract_oid) or {}
    asked_at = one.asked_at(now)
    canceled = one.fate in (Fate.CANCELED, Fate.CANCELING)
    return Arrival(
        reference=one.reference,
        contract_id=one.contract_id,
        amount=Decimal(contract["NextDueAmount"]),
        pay_on=one.start_date(now),
        requested_at=asked_at,
        bank_account_oid=one.bank_account,
        bank_account=f"{account['BankName']} · {account['AccountType']} · …{account['AccountNumber'][-4:]}",
        is_business=account["IsBusiness"],
        cancel_at=min(asked_at + CANCELED_AFTER, now - CANCELED_LATELY) if canceled else None,
    )


def _pay_from_known_accounts(desk: Desk) -> None:
    site_policy.set_policy(desk, site="PRAIRIE", bank_accounts=BankAccounts.EXISTING, mfa_required=True)


def _switch_payments_off(desk: Desk) -> None:
    site_policy.set_policy(desk, site="EASTCOAST", payments_enabled=False)


def _link_the_wrong_account(desk: Desk) -> None:
    """Somebody means well and puts a right link wrong."""
    case = cases.LOOK_ALIKE
    links.add(desk, site=case.site, email=case.email, account_ids=case.accounts)


def _unlink_the_right_account(desk: Desk) -> None:
    case = cases.LOOK_ALIKE
    links.remove(desk, site=case.site, email=case.email, account_id=RIGHT_ACCOUNT)


def _enroll(visitor: Visitor, desk: Desk) -> None:
    submit(
        desk,
        site=visitor.site,
        email=visitor.email,
        postal_code=visitor.postal_code,
        contract_id=visitor.contract,
        first_name=visitor.first_name,
        last_name=visitor.last_name,
    )


def _note(case: Case, note: str, contract: str | None, desk: Desk) -> None:
    call_notes.write_note(desk, site=case.site, email=case.email, note=note, contract_id=contract)
