"""Submits a payment for a caller: stored, then sent once, then its outcome stored (decision 0013)."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, insert

from portal_admin.domain.money import to_minor
from portal_admin.domain.payment_request import (
    PayingAccount,
    checked_day,
    require_no_other,
    typed_amount,
)
from portal_admin.domain.payment_sending_rules import (
    KEY_REUSED,
    require_ours,
    require_patience,
    require_same_aspire,
    seen,
)
from portal_admin.domain.payments import (
    EventKind,
    Origin,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.domain.permissions import Permission
from portal_admin.domain.records import AlternateEft, Instance
from portal_admin.domain.site_policy import require_payments
from portal_admin.domain.text import id_key
from portal_admin.errors import (
    AspireOutcomeUnknown,
    AspireRecordMissing,
    AspireRefused,
    Conflict,
    CouldNotLook,
    DeskError,
    InvalidInput,
    Refused,
    SettingsProblem,
)
from portal_admin.models import payment as payment_table
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.payments.outcome import Outcome, settle
from portal_admin.services.payments.payer import Payer, payer, today
from portal_admin.services.payments.permitted import find_payment
from portal_admin.services.payments.stored import (
    add_event,
    events_of,
    keys_of,
    move,
    same_amount,
)
from portal_admin.services.settings import read_settings
from portal_admin.services.site_policy import stored_policy

# Nothing that is misread on the telephone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
TRIES_TO_SETTLE = 5


@dataclass(frozen=True, slots=True)
class Submission:
    """The payment as it stands, and what kept it from being sent or leaves that unknown; `problem` None: it was sent."""

    payment: PortalPayment
    problem: DeskError | None = None


@action(Permission.SUBMIT_PAYMENT)
def submit(
    desk: Desk,
    *,
    site: str,
    email: str,
    contract_id: str,
    amount: str | Decimal,
    on: date,
    bank_account_oid: int,
    again: bool = False,
) -> Submission:
    """Ask ASPIRE for one debit of a bank account for a contract; which invoices it pays is ASPIRE's to decide.

    Refused, CouldNotLook and InvalidInput leave nothing behind. Once it is stored, what becomes of it is told by the
    Submission: not sent, refused, unknown, or sent. `again` lets the same amount be paid twice on purpose.
    """
    found = payer(desk, site=site, email=email, contract_id=contract_id)
    money = typed_amount(amount, found.contract.currency)
    checked_day(on, today=found.today)
    source = _chosen(found, bank_account_oid)
    with changing(desk) as connection:
        require_payments(stored_policy(connection, found.site.id), site=found.site.key)
        others = same_amount(connection, found.contract.oid, money, found.contract.currency)
        require_no_other(others, on=on, again=again)
        reference = _store(connection, desk, found, money, on, source)
        stored = find_payment(connection, reference)
    return _send(desk, stored, found.instance)


@action(Permission.SUBMIT_PAYMENT)
def resume(desk: Desk, *, reference: str) -> Submission:
    """Look again at a payment that was not sent or whose outcome is unknown; sent, with its old key, only if it must be.

    ASPIRE is read first: what it lists was sent. What it does not list is sent again after a grace, unless ASPIRE was
    restored since; then a person decides.
    """
    with reading(desk.engine) as connection:
        stored = find_payment(connection, reference)
        events = events_of(connection, [stored.id])[stored.id]
        now, day = audit.now(connection, desk), today(read_settings(connection), desk.clock())
    if stored.sending is Sending.SENT:
        return Submission(stored)
    require_ours(stored)
    if desk.aspire is None:
        raise SettingsProblem(NOT_CONFIGURED)
    with desk.aspire.look_up():
        debit = _read_back(desk, stored)
        if debit is not None:
            return Submission(_settled(desk, stored, Outcome.sent(debit, read_back=True)))
        require_patience(stored, events, now)
        instance = desk.aspire.instance()
    require_same_aspire(stored, events, instance)
    if stored.pay_on < day:
        raise Refused(
            f"The day of payment {stored.reference} is past, so ASPIRE would never pick it up. Cancel it, and "
            "submit another one.",
            rule="day_past",
        )
    return _send(desk, stored, instance)


def _chosen(found: Payer, oid: int) -> PayingAccount:
    account = next((one for one in found.accounts if one.oid == oid), None)
    if account is None:
        raise InvalidInput(
            f"No party of contract {found.contract.contract_id} has that bank account in ASPIRE.",
            field="bank_account",
        )
    if account.refusal is not None:
        raise Refused(
            f"Bank account {account.label} may not pay. {account.refusal}",
            rule="bank_account",
            source="can-users-pay-specific-invoices",
        )
    return account


def _store(
    connection: Connection, desk: Desk, found: Payer, money: Decimal, on: date, source: PayingAccount
) -> str:
    """The payment, its first event and its audit line, before anything is sent."""
    at = audit.now(connection, desk)
    reference = "D-" + "".join(secrets.choice(LETTERS) for _ in range(8))
    values = {
        "reference": reference,
        "reference_key": id_key(reference),
        "site_id": found.site.id,
        "user_id": found.user.id,
        "contract_oid": found.contract.oid,
        "contract_id": found.contract.contract_id,
        "currency": found.contract.currency,
        "amount_minor": to_minor(money, found.contract.currency),
        "pay_on": on,
        "bank_account_oid": source.oid,
        "bank_account": source.label,
        "is_business": source.is_business,
        "status": str(PaymentStatus.PENDING),
        "origin": str(Origin.DESK),
        "sending": str(Sending.QUEUED),
        "idempotency_key": str(uuid.uuid4()),
        "requested_at": at,
        "requested_by": desk.operator,
        "version": 1,
    }
    made = insert(payment_table).values(values).returning(payment_table.c.id)
    payment_id = connection.execute(made).scalar_one()
    add_event(connection, payment_id, EventKind.REQUESTED, at=at, operator=desk.operator)
    after = {
        "user": found.user.email,
        "contract": found.contract.contract_id,
        "amount": f"{money} {found.contract.currency}",
        "on": on.isoformat(),
        "bank_account": source.label,
    }
    audit.record(
        connection, desk, action="payment.submit", subject=reference, site=found.site.key, after=after
    )
    return reference


def _send(desk: Desk, stored: PortalPayment, instance: Instance) -> Submission:
    """Claim it, send it once, and keep what became of it; what is killed on the way is looked up by `resume`."""
    claimed, key = _claim(desk, stored, instance)
    assert desk.aspire is not None  # noqa: S101
    assert claimed.bank_account_oid is not None  # noqa: S101
    try:
        debit = desk.aspire.create_alternate_eft(
            contract_oid=claimed.contract_oid,
            amount=claimed.amount,
            start_date=claimed.pay_on,
            bank_account_oid=claimed.bank_account_oid,
            reference=claimed.reference,
            key=key,
        )
    except (AspireRefused, AspireRecordMissing, CouldNotLook, SettingsProblem) as problem:
        return _kept(desk, claimed, problem)
    return Submission(_settled(desk, claimed, Outcome.sent(debit)))


def _claim(desk: Desk, stored: PortalPayment, instance: Instance) -> tuple[PortalPayment, str]:
    """Say before sending that it is being sent; of two desks at once only one gets here, the other one a Conflict."""
    with changing(desk) as connection:
        found = find_payment(connection, stored.reference)
        if found.version != stored.version:
            raise Conflict(
                f"Somebody else is at payment {stored.reference}, so nothing was sent from here. Look at it again."
            )
        move(connection, found, sending=Sending.SENDING)
        at = audit.now(connection, desk)
        add_event(
            connection,
            found.id,
            EventKind.SENDING,
            at=at,
            operator=desk.operator,
            evidence=seen(instance),
        )
        return find_payment(connection, stored.reference), keys_of(connection, found.id)[0]


def _kept(desk: Desk, claimed: PortalPayment, problem: DeskError) -> Submission:
    code = getattr(problem, "code", None)
    if isinstance(problem, AspireOutcomeUnknown) or code == KEY_REUSED:
        debit = _glance(desk, claimed)
        if debit is not None:
            return Submission(_settled(desk, claimed, Outcome.sent(debit, read_back=True)))
        outcome = Outcome.unknown(problem, code)
    elif isinstance(problem, AspireRefused | AspireRecordMissing):
        outcome = Outcome.refused(problem, code or "NotFound")
    else:
        outcome = Outcome.not_sent(problem)
    return Submission(_settled(desk, claimed, outcome), problem)


def _settled(desk: Desk, payment: PortalPayment, outcome: Outcome) -> PortalPayment:
    """Keep the outcome even if the right to send was taken away meanwhile; again when somebody else moved it."""
    bold = replace(desk, permission=None)
    for attempt in range(TRIES_TO_SETTLE):
        try:
            with changing(bold) as connection:
                return settle(connection, desk, payment.reference, outcome)
        except Conflict:
            if attempt + 1 == TRIES_TO_SETTLE:
                raise
    raise AssertionError("unreachable")


def _glance(desk: Desk, payment: PortalPayment) -> AlternateEft | None:
    """The same at once after an answer was lost; that it is not listed, or cannot be read, proves nothing yet."""
    try:
        return _read_back(desk, payment)
    except (CouldNotLook, AspireRecordMissing, SettingsProblem):
        return None


def _read_back(desk: Desk, payment: PortalPayment) -> AlternateEft | None:
    """The debit that carries our reference, None when ASPIRE answers that there is none."""
    assert desk.aspire is not None  # noqa: S101
    key = id_key(payment.reference)
    found = desk.aspire.alternate_efts(contract_oid=payment.contract_oid)
    return next((eft for eft in found if id_key(eft.reference or "") == key), None)
