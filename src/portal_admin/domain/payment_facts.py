"""Everything that the timeline of a portal payment rests on, and which of ASPIRE's records belong to it (rule F)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property

from portal_admin.domain.dates import day_words
from portal_admin.domain.evidence import Evidence
from portal_admin.domain.invoices import Invoice
from portal_admin.domain.payments import EventKind, PaymentEvent, PortalPayment, Sending
from portal_admin.domain.received import Received
from portal_admin.domain.records import AlternateEft, EftBatch
from portal_admin.domain.text import id_key


@dataclass(frozen=True)
class PaymentFacts:
    """One payment, its events (oldest first), and the contract's records, each with its age or why it could not be read.

    `batches` are those that changed since `batches_since` (None: all), read after the Alternate EFTs: only a list that
    goes back to before the request, and is not older than the entry, proves that no batch holds it. `previous_day` is
    ASPIRE's option, None if not known.
    """

    payment: PortalPayment
    events: tuple[PaymentEvent, ...]
    alternate_efts: Evidence[tuple[AlternateEft, ...]]
    batches: Evidence[tuple[EftBatch, ...]]
    received: Evidence[tuple[Received, ...]]
    invoices: Evidence[tuple[Invoice, ...]]
    now: datetime
    zone: tzinfo
    batches_since: datetime | None = None
    previous_day: bool | None = None

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.zone).date()

    def day(self, at: datetime) -> date:
        """The company's day of an instant."""
        return at.astimezone(self.zone).date()

    def when(self, at: datetime) -> str:
        """`9 Nov 2026 15:00`, on the company's clock."""
        local = at.astimezone(self.zone)
        return f"{day_words(local.date())} {local:%H:%M}"

    def event(self, *kinds: EventKind) -> PaymentEvent | None:
        """The latest event of those kinds."""
        return next((event for event in reversed(self.events) if event.kind in kinds), None)

    @cached_property
    def debits(self) -> tuple[AlternateEft, ...]:
        """The Alternate EFTs of this payment; more than one means that it may be debited more than once."""
        payment, key = self.payment, id_key(self.payment.reference)
        return tuple(
            eft
            for eft in self.alternate_efts.fact or ()
            if eft.oid == payment.alternate_eft_oid or id_key(eft.reference or "") == key
        )

    @property
    def debit(self) -> AlternateEft | None:
        """The one that the portal recorded, else the first."""
        known = self.payment.alternate_eft_oid
        return min(self.debits, key=lambda eft: (eft.oid != known, eft.oid), default=None)

    @property
    def debit_oid(self) -> int | None:
        """The Alternate EFT's number in ASPIRE, also where only the portal remembers it."""
        return self.debit.oid if self.debit else self.payment.alternate_eft_oid

    @property
    def was_sent(self) -> bool:
        """Whether the request reached ASPIRE for certain."""
        return self.debit_oid is not None or self.payment.sending is Sending.SENT

    @cached_property
    def holding(self) -> tuple[EftBatch, ...]:
        """The batches that hold the debit, posted ones first."""
        oid = self.debit_oid
        mine = [batch for batch in self.batches.fact or () if oid in batch.alternate_eft_oids]
        return tuple(sorted(mine, key=lambda batch: (not batch.is_posted, batch.begin_date, batch.oid)))

    @property
    def batch(self) -> EftBatch | None:
        """The batch that took the debit."""
        return self.holding[0] if self.holding else None

    @property
    def posted_batch(self) -> EftBatch | None:
        """The posted batch that holds it: the one proof that it went to the bank."""
        return self.batch if self.batch and self.batch.is_posted else None

    @property
    def batches_complete(self) -> bool:
        """Whether a batch that holds it would be among those read; ASPIRE stamps a batch when it changes."""
        if not self.batches.is_known or not _not_before(self.batches.as_of, self.alternate_efts.as_of):
            return False
        begun = min([self.payment.requested_at, *(e.created_at for e in self.debits if e.created_at)])
        return self.batches_since is None or self.batches_since <= begun

    @cached_property
    def postings(self) -> tuple[Received, ...]:
        """What ASPIRE posted to the contract for this payment, oldest first; a return may have been sent again."""
        key, oid = id_key(self.payment.reference), self.debit_oid
        mine = [
            money
            for money in self.received.fact or ()
            if (oid is not None and money.alternate_eft_oid == oid)
            or (None in (oid, money.alternate_eft_oid) and id_key(money.reference or "") == key)
        ]
        return tuple(sorted(mine, key=lambda money: (money.post_date, money.oid)))

    @property
    def posting(self) -> Received | None:
        """The latest of them."""
        return self.postings[-1] if self.postings else None

    @property
    def cancel_asked(self) -> PaymentEvent | None:
        """The wish to cancel, unless ASPIRE refused it since."""
        latest = self._cancelling
        return latest if latest and latest.kind is EventKind.CANCEL_REQUESTED else None

    @property
    def cancel_refused(self) -> PaymentEvent | None:
        """ASPIRE's latest word on cancelling, where it was a no."""
        latest = self._cancelling
        return latest if latest and latest.kind is EventKind.CANCEL_REFUSED else None

    @property
    def _cancelling(self) -> PaymentEvent | None:
        return self.event(EventKind.CANCEL_REQUESTED, EventKind.CANCEL_REFUSED)


def _not_before(at: datetime | None, other: datetime | None) -> bool:
    return other is None or (at is not None and at >= other)
