"""Lists payments, newest first; those of sites without payments are not told, which is not the same as none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select

from portal_admin.domain.money import EXPONENTS, to_minor
from portal_admin.domain.payment_search import Word, words
from portal_admin.domain.payments import EventKind, PaymentStatus, PortalPayment
from portal_admin.domain.site_policy import require_payments
from portal_admin.domain.text import canonical_email, id_key, name_key
from portal_admin.models import aspire_contract, end_user, payment, payment_event, site_policy
from portal_admin.models import site as site_table
from portal_admin.models.engine import reading
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.payments.payer import today
from portal_admin.services.payments.stored import payment_of, payment_query
from portal_admin.services.people import find_user
from portal_admin.services.settings import read_settings
from portal_admin.services.site_policy import stored_policy
from portal_admin.services.sites import find_site

LIMIT = 200


@dataclass(frozen=True, slots=True)
class PaymentList:
    """Payments, newest first; `more` when the limit cut some off, `switched_off` the sites of which nothing is told.

    `returned` are the keys of those that came back from the bank, and `today` is the company's day.
    """

    payments: tuple[PortalPayment, ...]
    more: bool
    today: date
    switched_off: tuple[str, ...] = ()
    returned: frozenset[int] = frozenset()


def list_payments(
    desk: Desk,
    *,
    user_id: int | None = None,
    site: str | None = None,
    email: str | None = None,
    contract_id: str | None = None,
    status: PaymentStatus | None = None,
    amount: Decimal | None = None,
    reference: str | None = None,
    on: date | None = None,
    since: datetime | None = None,
    typed: str = "",
    limit: int = LIMIT,
) -> PaymentList:
    """The payments that meet all that is given; a reference may be the beginning of one.

    Of `typed` each word must be met: an amount, a day, an address, a reference or a contract id.

    SwitchedOff when it is asked for a site, or a user of a site, that has no payments.
    """
    with reading(desk.engine) as connection:
        if user_id is not None:
            site = _site_of(connection, user_id)
        conditions: list[ColumnElement[bool]] = [site_table.c.id.not_in(_without_payments())]
        if site is not None:
            found = find_site(connection, site)
            require_payments(stored_policy(connection, found.id), site=found.key)
            conditions.append(payment.c.site_id == found.id)
            if email is not None:
                user_id = find_user(connection, found, email).id
        conditions += _conditions(user_id, status, amount, reference, on, since)
        if contract_id is not None:
            conditions.append(_of_contract(connection, contract_id))
        settings = read_settings(connection)
        day = today(settings, desk.clock())
        zone = ZoneInfo(settings.time_zone)
        conditions += [_met(connection, word, zone) for word in words(typed, today=day)]
        query = payment_query().where(*conditions).order_by(payment.c.id.desc()).limit(limit + 1)
        rows = connection.execute(query).all()
        payments = tuple(payment_of(row) for row in rows[:limit])
        off = connection.execute(
            select(site_table.c.key)
            .where(site_table.c.id.in_(_without_payments()))
            .order_by(site_table.c.key)
        )
        return PaymentList(
            payments,
            len(rows) > limit,
            day,
            () if site else tuple(off.scalars()),
            _returned(connection, payments),
        )


def _returned(connection: Connection, payments: Iterable[PortalPayment]) -> frozenset[int]:
    found: set[int] = set()
    for some in chunks([one.id for one in payments]):
        query = select(payment_event.c.payment_id).where(
            payment_event.c.payment_id.in_(some), payment_event.c.kind == str(EventKind.RETURNED)
        )
        found |= set(connection.execute(query).scalars())
    return frozenset(found)


def _without_payments() -> Select[tuple[int]]:
    return select(site_policy.c.site_id).where(~site_policy.c.payments_enabled)


def _site_of(connection: Connection, user_id: int) -> str | None:
    query = (
        select(site_table.c.key)
        .join(end_user, end_user.c.site_id == site_table.c.id)
        .where(end_user.c.id == user_id)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def _conditions(
    user_id: int | None,
    status: PaymentStatus | None,
    amount: Decimal | None,
    reference: str | None,
    on: date | None,
    since: datetime | None,
) -> Iterable[ColumnElement[bool]]:
    if user_id is not None:
        yield payment.c.user_id == user_id
    if status is not None:
        yield payment.c.status == str(status)
    if amount is not None:
        yield _of_amount(amount)
    if reference is not None:
        yield payment.c.reference_key.startswith(id_key(reference), autoescape=True)
    if on is not None:
        yield payment.c.pay_on == on
    if since is not None:
        yield payment.c.requested_at >= since


def _met(connection: Connection, word: Word, zone: ZoneInfo) -> ColumnElement[bool]:
    """Anything that the word can mean."""
    key = id_key(word.text)
    meant: list[ColumnElement[bool]] = [
        payment.c.reference_key.startswith(key, autoescape=True),
        _of_contract(connection, word.text),
    ]
    if any(letter.isalpha() for letter in word.text):
        meant.append(end_user.c.email.startswith(canonical_email(word.text), autoescape=True))
        meant.append(end_user.c.name_key.contains(name_key(word.text), autoescape=True))
    if word.amount is not None:
        meant.append(_of_amount(word.amount))
    if word.day is not None:
        begins = datetime.combine(word.day, time(), zone)
        asked = payment.c.requested_at
        meant += [payment.c.pay_on == word.day, and_(asked >= begins, asked < begins + timedelta(days=1))]
    return or_(*meant)


def _of_contract(connection: Connection, contract_id: str) -> ColumnElement[bool]:
    """By the contract's own key, which is indexed; by its number where the portal's copy holds it no longer."""
    key = id_key(contract_id)
    oids = connection.execute(select(aspire_contract.c.oid).where(aspire_contract.c.contract_id_key == key))
    known = tuple(oids.scalars())
    return payment.c.contract_oid.in_(known) if known else func.lower(payment.c.contract_id) == key


def _of_amount(amount: Decimal) -> ColumnElement[bool]:
    """The amount in the minor units of each currency, which do not all have hundredths."""
    usual = payment.c.currency.not_in(EXPONENTS)
    kinds = [(usual, "USD"), *((payment.c.currency == one, one) for one in EXPONENTS)]
    meant = []
    for of_kind, currency in kinds:
        try:
            meant.append(and_(payment.c.amount_minor == to_minor(amount, currency), of_kind))
        except ValueError:  # the currency knows no such amount
            continue
    return or_(false(), *meant)
