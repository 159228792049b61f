"""Batches decide about an entry only when they are read after it: one may be posted between two readings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from portal_admin.domain.payment_facts import PaymentFacts
from portal_admin.domain.payment_status import status_from
from portal_admin.domain.payments import PaymentStatus
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.payments.facts import Batches, batches_since, facts, kept
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling
from tests.services.conftest import RUTH
from tests.services.payments.paying import stored
from tests.services.portal_rows import add_payment

pytestmark = pytest.mark.databases("sqlite")


class Ticking(Clock):
    """Goes on by a second whenever somebody looks at it, as a clock does."""

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Ticking()


def scheduled(desk: Desk, reference: str, eft: int) -> None:
    with filling(desk.engine) as connection:
        add_payment(
            connection,
            RUTH,
            reference=reference,
            status="Scheduled",
            sending="sent",
            alternate_eft_oid=eft,
            pay_on=date(2026, 12, 1),
        )


def read(desk: Desk, reference: str, batches: Batches | None) -> PaymentFacts:
    payment = stored(desk.engine, reference)
    with reading(desk.engine) as connection:
        known = kept(connection, payment)
    return facts(desk, known, batches)


def earlier_batches(desk: Desk) -> Batches:
    return batches_since(desk, datetime.fromisoformat("2026-11-01T00:00:00Z"))


def test_that_what_no_batch_holds_is_canceled_though_time_goes_on(office: Desk) -> None:
    scheduled(office, "P-0009", 9)
    for batches in (None, earlier_batches(office)):
        assert status_from(read(office, "P-0009", batches)) is PaymentStatus.CANCELED


def test_that_a_batch_posted_after_the_batches_were_read_still_makes_it_paid(
    office: Desk, sandbox: Any
) -> None:
    scheduled(office, "P-0008", 8)
    batches = earlier_batches(office)
    entry = sandbox.record("AlternateEfts", 8)
    sandbox.put("AlternateEfts", {**entry, "Payments": 0, "PaymentsProcessed": 1})
    batch = sandbox.record("EftBatches", 2)
    sandbox.put("EftBatches", {**batch, "EftBatchOid": 3, "AlternateEftOids": [8]})
    assert status_from(read(office, "P-0008", batches)) is PaymentStatus.PAID
