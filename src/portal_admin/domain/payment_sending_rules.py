"""When a payment may be sent to ASPIRE (again): never in a way that could debit twice (decision 0013)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from portal_admin.domain.payments import (
    EventKind,
    Origin,
    PaymentEvent,
    PaymentStatus,
    PortalPayment,
    Sending,
)
from portal_admin.domain.records import Instance
from portal_admin.errors import AspireOutcomeUnknown, Refused

# A request lives for seconds; after a minute nothing of it is on its way any more.
GRACE = timedelta(seconds=60)
KEY_REUSED = "IdempotencyKeyReused"


def seen(instance: Instance) -> dict[str, Any]:
    """Which ASPIRE a request goes to, as it is written down before it is sent."""
    return {
        "instance": instance.instance_id,
        "generation": instance.generation,
        "aspire_now": instance.now.isoformat(),
    }


def doubtful(events: Sequence[PaymentEvent]) -> tuple[PaymentEvent, ...]:
    """The attempts to send that ASPIRE may have done without our knowing."""
    return tuple(
        event
        for event, follower in zip_longest(events, events[1:])
        if event.kind is EventKind.SENDING
        and (follower is None or follower.kind not in (EventKind.NOT_SENT, EventKind.REFUSED))
    )


def require_ours(payment: PortalPayment) -> None:
    """Refused for what the portal sends itself, and for what is over."""
    if payment.origin is not Origin.DESK:
        raise Refused(
            f"Payment {payment.reference} was made in the portal, which sends it by itself; a desk that sent it, "
            "too, would debit twice. Look at sync and at the portal if it waits for long.",
            rule="portal_sends",
            source="why-is-the-payment-status-not-updating",
        )
    if payment.sending is Sending.REFUSED or payment.status is PaymentStatus.CANCELED:
        raise Refused(
            f"Payment {payment.reference} is over: it was {'refused' if payment.sending is Sending.REFUSED else 'canceled'}, "
            "and is never sent again. Submit another one.",
            rule="payment_over",
        )


def require_patience(payment: PortalPayment, events: Sequence[PaymentEvent], now: datetime) -> None:
    """AspireOutcomeUnknown while a request may still be on its way."""
    tried = doubtful(events)
    if tried and payment.sending is not Sending.QUEUED and now < tried[-1].at + GRACE:
        raise AspireOutcomeUnknown(
            f"ASPIRE does not list payment {payment.reference} yet, and the request may still be on its way. "
            "Look again in a minute; nothing is sent until then."
        )


def require_same_aspire(payment: PortalPayment, events: Sequence[PaymentEvent], instance: Instance) -> None:
    """Refused where ASPIRE's memory of our key cannot be relied on any more, so that a person must decide."""
    if any(event.evidence.get("code") == KEY_REUSED for event in events):
        raise Refused(
            f"ASPIRE knows the key of payment {payment.reference} with another request. {_DECIDE}",
            rule="key_reused",
        )
    for event in doubtful(events):
        if _is_other(event.evidence, instance):
            raise Refused(
                f"ASPIRE was restored from a backup after payment {payment.reference} had been sent, so it may have "
                f"forgotten a debit that it made. {_DECIDE}",
                rule="aspire_restored",
            )


_DECIDE = (
    "It is not sent again: look in ASPIRE and in the bank file, then cancel it here, and submit another one if "
    "nothing was debited."
)


def _is_other(evidence: Mapping[str, Any], instance: Instance) -> bool:
    then = evidence.get("aspire_now")
    return (
        evidence.get("generation") != instance.generation
        or evidence.get("instance") != instance.instance_id
        or (isinstance(then, str) and instance.now < datetime.fromisoformat(then))
    )
