"""Payments that came through the portal, by reference or amount; those of sites where they are switched off are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from portal_admin.domain.money import EXPONENTS, exponent, from_minor, to_minor
from portal_admin.domain.search_match import Match, Tier
from portal_admin.domain.search_words import Sought, amount_of
from portal_admin.domain.text import id_key
from portal_admin.models import end_user, payment, site_policy
from portal_admin.services.find.hits import Hit, Kind
from portal_admin.services.find.narrow import Narrow
from portal_admin.services.text_search import begins

USUAL = "USD"
PAYMENT = payment.c


def payments(connection: Connection, sought: Sought, narrow: Narrow, limit: int) -> list[Hit]:
    """The payment of that reference, those whose reference begins so, and those of that amount, the newest first."""
    where = narrow.of(Kind.PAYMENT)
    if where is None:
        return []
    off = select(site_policy.c.site_id).where(site_policy.c.payments_enabled.is_(False))
    found: dict[int, None] = {}
    for query in _queries(sought.text):
        shown = query.where(PAYMENT.site_id.not_in(off), *where).limit(limit)
        found |= dict.fromkeys(connection.execute(shown).scalars())
        if len(found) >= limit:
            break
    best = list(found)[:limit]
    rows = {row.id: row for row in connection.execute(_rows().where(PAYMENT.id.in_(best)))}
    return [_hit(rows[one], sought, narrow) for one in best]


def _rows() -> Select[Any]:
    names = (end_user.c.first_name, end_user.c.last_name)
    return select(payment, *names).join(end_user, end_user.c.id == PAYMENT.user_id)


def _queries(text: str) -> Iterator[Select[Any]]:
    ids = select(PAYMENT.id)
    newest = ids.order_by(PAYMENT.id.desc())
    if not text:
        yield newest
        return
    amount = amount_of(text)
    yield ids.where(PAYMENT.reference_key == id_key(text))
    if amount is not None:
        yield newest.where(_is_amount(amount))
    yield ids.where(begins(PAYMENT.reference_key, id_key(text))).order_by(PAYMENT.reference_key)


def _is_amount(amount: Decimal) -> ColumnElement[bool]:
    """The amount in the minor units of each currency."""
    cases = []
    for places in sorted({exponent(USUAL), *EXPONENTS.values()}):
        currencies = [currency for currency, own in EXPONENTS.items() if own == places]
        try:
            minor = to_minor(amount, currencies[0] if currencies else USUAL)
        except ValueError:
            continue  # it has more decimals than these currencies know
        named = PAYMENT.currency.in_(currencies) if currencies else PAYMENT.currency.not_in(EXPONENTS)
        cases.append(and_(PAYMENT.amount_minor == minor, named))
    return or_(*cases)


def _hit(row: Row[Any], sought: Sought, narrow: Narrow) -> Hit:
    amount = from_minor(row.amount_minor, row.currency)
    match = _why(row, amount, sought.text) if sought.text else Match(Tier.WORDS, narrow.words)
    shown = f"{amount:,.{exponent(row.currency)}f} {row.currency}"
    name = f"{row.first_name} {row.last_name}".strip()
    detail = f"{shown} · {row.status} · {row.pay_on.isoformat()} · {row.contract_id} · {name}"
    return Hit(Kind.PAYMENT, row.reference, detail, match.words, f"payment:{row.reference}", match.tier)


def _why(row: Row[Any], amount: Decimal, text: str) -> Match:
    if row.reference_key == id_key(text):
        return Match(Tier.EXACT, "reference")
    if amount_of(text) == amount:
        # A bare number may as well begin an id; with its cents or a sign it can only be meant so.
        return Match(Tier.BEGINS if text.isdigit() else Tier.EXACT, "amount")
    return Match(Tier.BEGINS, "reference begins so")
