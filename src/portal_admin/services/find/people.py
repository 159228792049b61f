"""End users of the portal, and contacts of ASPIRE's accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from portal_admin.domain.search_match import Match, Tier, match_of
from portal_admin.domain.search_words import Sought
from portal_admin.models import aspire_account, aspire_contact, end_user
from portal_admin.services.find.hits import Hit, Kind
from portal_admin.services.find.listed import best_or_listed
from portal_admin.services.find.narrow import Narrow
from portal_admin.services.people import user_query


def users(connection: Connection, sought: Sought, narrow: Narrow, limit: int) -> list[Hit]:
    """End users by name or email."""
    best = best_or_listed(connection, Kind.USER, sought, narrow, limit)
    rows = {row.id: row for row in connection.execute(user_query().where(end_user.c.id.in_(best)))}
    return [_user(rows[one], sought, narrow) for one in best]


def _user(row: Row[Any], sought: Sought, narrow: Narrow) -> Hit:
    name = f"{row.first_name} {row.last_name}".strip()
    match = _why(sought, narrow, name=name, emails=(row.email,))
    detail = f"{row.email} · {row.site_key} · {row.status}"
    return Hit(Kind.USER, name, detail, match.words, f"user:{row.site_key}/{row.email}", match.tier)


def contacts(connection: Connection, sought: Sought, narrow: Narrow, limit: int) -> list[Hit]:
    """Contacts by name or email; they lead to their account."""
    best = best_or_listed(connection, Kind.CONTACT, sought, narrow, limit)
    query = (
        select(aspire_contact, aspire_account.c.account_id, aspire_account.c.name.label("account_name"))
        .join(aspire_account, aspire_account.c.oid == aspire_contact.c.account_oid)
        .where(aspire_contact.c.oid.in_(best))
    )
    rows = {row.oid: row for row in connection.execute(query)}
    # A contact may arrive in the portal's copy before its account, which is where it leads to.
    return [_contact(rows[one], sought, narrow) for one in best if one in rows]


def _contact(row: Row[Any], sought: Sought, narrow: Narrow) -> Hit:
    match = _why(sought, narrow, name=row.name, emails=tuple(row.email_key.split()))
    detail = " · ".join(part for part in (row.email, f"{row.account_name} ({row.account_id})") if part)
    return Hit(Kind.CONTACT, row.name, detail, match.words, f"account:{row.account_id}", match.tier)


def _why(sought: Sought, narrow: Narrow, *, name: str, emails: tuple[str, ...]) -> Match:
    if sought.text:
        return match_of(sought.text, name=name, emails=emails)
    if len(sought.email) == 1:
        by_email = match_of(sought.email[0], name="", emails=emails)
        return by_email if by_email.words else Match(Tier.WORDS, narrow.words)
    return Match(Tier.WORDS, narrow.words)
