"""One payment on its way from the request to the bank and back, with what ASPIRE says of it now."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_timeline import Timeline, timeline
from portal_admin.domain.payments import PaymentEvent, PortalPayment
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.payments.facts import Kept, facts, kept
from portal_admin.services.payments.permitted import find_payment


@dataclass(frozen=True, slots=True)
class PaymentTrace:
    """The payment, its steps with their proof, what was written down of it, and what could not be read."""

    payment: PortalPayment
    timeline: Timeline
    events: tuple[PaymentEvent, ...]
    problems: tuple[str, ...]


def trace(desk: Desk, *, reference: str) -> PaymentTrace:
    """The timeline of a payment; with ASPIRE down it rests on what was learned before, and says so."""
    with reading(desk.engine) as connection:
        known = kept(connection, find_payment(connection, reference))
    found = read(desk, known)
    problems = dict.fromkeys(
        evidence.reason
        for evidence in (found.alternate_efts, found.batches, found.received)
        if evidence.reason is not None
    )
    return PaymentTrace(known.payment, timeline(found), known.events, tuple(problems))


def read(desk: Desk, known: Kept) -> PaymentFacts:
    """Ask ASPIRE for everything within the budget of one look-up."""
    if desk.aspire is None:
        return facts(desk, known)
    with desk.aspire.look_up():
        return facts(desk, known)
