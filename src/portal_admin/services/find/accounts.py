"""Accounts of ASPIRE, in the portal's copy."""

from __future__ import annotations

from sqlalchemy import Connection, select

from portal_admin.domain.search_match import Match, Tier, match_of
from portal_admin.domain.search_words import Sought
from portal_admin.models import aspire_account
from portal_admin.services.find.hits import Hit, Kind
from portal_admin.services.find.listed import best_or_listed
from portal_admin.services.find.narrow import Narrow


def accounts(connection: Connection, sought: Sought, narrow: Narrow, limit: int) -> list[Hit]:
    """Accounts by id, name or one of their addresses."""
    best = best_or_listed(connection, Kind.ACCOUNT, sought, narrow, limit)
    query = select(aspire_account).where(aspire_account.c.oid.in_(best))
    rows = {row.oid: row for row in connection.execute(query)}
    hits = []
    for row in (rows[one] for one in best):
        typed = sought.text or (sought.email[0] if len(sought.email) == 1 else "")
        emails = tuple(row.email_key.split())
        name, identity = (row.name, row.account_id) if sought.text else ("", "")
        match = match_of(typed, name=name, emails=emails, identity=identity) if typed else None
        if match is None or not match.words:
            match = Match(Tier.WORDS, narrow.words)
        detail = " · ".join(part for part in (row.account_id, row.email) if part)
        target = f"account:{row.account_id}"
        hits.append(Hit(Kind.ACCOUNT, row.name, detail, match.words, target, match.tier))
    return hits
