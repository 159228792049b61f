"""Follows payments in ASPIRE as a part of sync: what became of each is written down once it is learned (rule F)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, or_

from portal_admin.domain.payments import (
    RETURN_WINDOW,
    EventKind,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.errors import Conflict, CouldNotLook, DeskError, SettingsProblem
from portal_admin.models import payment, payment_event
from portal_admin.models.engine import reading, writing
from portal_admin.services.desk import Desk
from portal_admin.services.payments.facts import Batches, batches_since, facts, kept
from portal_admin.services.payments.learned import learn
from portal_admin.services.payments.stored import payment_of, payment_query

log = logging.getLogger(__name__)

# Seconds of one sync, and payments of it; those that waited longest come first, so that all have their turn.
BUDGET = 60.0
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """How many payments were read, of how many something new was learned, and how many were left for the next time."""

    read: int
    learned: int
    left: int
    problem: str | None = None


def follow(desk: Desk, *, budget: float = BUDGET, clock: Callable[[], float] = time.monotonic) -> Followed:
    """Read what became of every payment that is not final; never raises for what ASPIRE does not answer."""
    ends = clock() + budget
    with reading(desk.engine) as connection:
        due = [payment_of(row) for row in connection.execute(_due(desk.clock()))]
    if not due or desk.aspire is None:
        return Followed(0, 0, len(due))
    try:
        with desk.aspire.within(budget):
            batches = batches_since(desk, min(one.requested_at for one in due))
            if batches.read.reason is not None:
                return Followed(0, 0, len(due), batches.read.reason)
            learned = [_one(desk, found, batches) for found in _in_time(due, ends, clock)]
    except (CouldNotLook, SettingsProblem) as problem:
        return Followed(0, 0, len(due), problem.message)
    return Followed(len(learned), sum(learned), len(due) - len(learned))


def _in_time(due: list[PortalPayment], ends: float, clock: Callable[[], float]) -> Iterator[PortalPayment]:
    for one in due:
        if clock() >= ends:
            return
        yield one


def _one(desk: Desk, found: PortalPayment, batches: Batches) -> bool:
    """Whether something new was learned; a payment that somebody else moved meanwhile is left to them."""
    with reading(desk.engine) as connection:
        known = kept(connection, found)
    learned = facts(desk, known, batches, whole=False)
    if not learned.alternate_efts.is_known or learned.alternate_efts.stored:
        return False  # a copy teaches nothing that was not known before
    try:
        with writing(desk.engine) as connection:
            return bool(learn(connection, learned, operator=desk.operator))
    except Conflict:
        log.info("payment %s moved on while it was followed", found.reference)
    except DeskError as problem:
        log.warning("payment %s could not be followed: %s", found.reference, problem.kind)
    return False


def _due(now: datetime) -> Select[Any]:
    """Payments that ASPIRE may have news of; a paid one may still be returned."""
    of_payment = payment_event.c.payment_id == payment.c.id
    returned = exists().where(of_payment, payment_event.c.kind == str(EventKind.RETURNED))
    begun = now - RETURN_WINDOW
    waiting = payment.c.status.in_(
        [str(PaymentStatus.PENDING), str(PaymentStatus.SCHEDULED), str(PaymentStatus.PENDING_CANCEL)]
    )
    paid = and_(payment.c.status == str(PaymentStatus.PAID), payment.c.pay_on >= begun.date(), ~returned)
    doubtful = and_(
        payment.c.status == str(PaymentStatus.CANCELED),
        payment.c.sending.in_([str(Sending.UNKNOWN), str(Sending.SENDING)]),
        payment.c.requested_at >= begun,
    )
    never_first = case((payment.c.followed_at.is_(None), 0), else_=1)
    return (
        payment_query()
        .where(or_(waiting, paid, doubtful))
        .order_by(never_first, payment.c.followed_at, payment.c.id)
        .limit(AT_ONCE)
    )


def waiting_since(desk: Desk, *, before: datetime) -> tuple[PortalPayment, ...]:
    """Payments that are Pending and were requested before that instant, or whose outcome is unknown."""
    late = or_(payment.c.requested_at < before, payment.c.sending == str(Sending.UNKNOWN))
    pending = payment.c.status == str(PaymentStatus.PENDING)
    with reading(desk.engine) as connection:
        query = payment_query().where(pending, late).order_by(payment.c.id).limit(AT_ONCE)
        return tuple(map(payment_of, connection.execute(query)))
