"""Payments as rows of a table."""

from __future__ import annotations

from datetime import date, datetime

from portal_admin.domain.dates import day_of_year, day_words
from portal_admin.domain.payment_attention import listed_words, overdue
from portal_admin.domain.payments import PortalPayment
from portal_admin.services.payments.list import PaymentList
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.payment.words import amount_text, meaning_of, tr
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text, zone_text


def columns(*, with_person: bool) -> tuple[Column, ...]:
    """The columns, the ones that a narrow place leaves out last."""
    person = (Column("email", tr("Person"), 190, sortable=True),) if with_person else ()
    return (
        Column("state", tr("State"), 270, stretch=True),
        Column("amount", tr("Amount"), 92, Kind.AMOUNT, sortable=True),
        Column("on", tr("On"), 64, sortable=True),
        Column("contract", tr("Contract"), 104, Kind.ID, sortable=True),
        *person,
        Column("reference", tr("Reference"), 110, Kind.ID, sortable=True),
        Column("requested", tr("Requested"), 110, Kind.SECONDARY, sortable=True),
    )


def rows(found: PaymentList, now: datetime, *, with_person: bool) -> list[Row]:
    """The rows, their keys the references."""
    return [_row(one, found, now, with_person=with_person) for one in found.payments]


def _row(payment: PortalPayment, found: PaymentList, now: datetime, *, with_person: bool) -> Row:
    returned = payment.id in found.returned
    late = overdue(payment, now=now, today=found.today)
    words = listed_words(payment, returned=returned)
    meaning, icon = meaning_of(payment, returned=returned, overdue=late is not None)
    told = f"{words}\n{late}" if late else words
    if late and meaning is Meaning.ATTENTION:
        words = tr("Overdue: {state}").format(state=words[:1].lower() + words[1:])
    person = (Cell(payment.email, tooltip=f"{payment.email} · {payment.site}"),) if with_person else ()
    amount = amount_text(payment.amount, payment.currency)
    return Row(
        payment.reference,
        (
            Cell(words, meaning, icon, tooltip=told),
            Cell(amount, tooltip=f"{amount} {payment.currency}", sort=payment.amount),
            Cell(_day(payment.pay_on, found.today), tooltip=day_words(payment.pay_on), sort=payment.pay_on),
            payment.contract_id,
            *person,
            payment.reference,
            Cell(
                clock_text(payment.requested_at, now),
                tooltip=zone_text(payment.requested_at),
                sort=(payment.requested_at, payment.id),
            ),
        ),
    )


def _day(day: date, today: date) -> str:
    """Without the year where it is plain."""
    return day_of_year(day) if day.year == today.year else day_words(day)


def target(reference: str) -> Target:
    """The timeline of a payment."""
    return Target("payments", payment=reference)
