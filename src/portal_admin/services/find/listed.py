"""The rows of one kind that a search shows: the best for the text typed, or, where only filters are, the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from portal_admin.domain.search_words import Sought
from portal_admin.models import aspire_account, aspire_contact, end_user
from portal_admin.services.find.hits import Kind
from portal_admin.services.find.narrow import Narrow
from portal_admin.services.ranked_search import best_matches

# What text_search calls the table, by text and by address alone.
NAMES = {Kind.USER: "end_user", Kind.CONTACT: "contact", Kind.ACCOUNT: "account"}
KEYS: Mapping[Kind, tuple[Any, Any]] = {
    Kind.USER: (end_user.c.id, end_user.c.name_key),
    Kind.CONTACT: (aspire_contact.c.oid, aspire_contact.c.name_key),
    Kind.ACCOUNT: (aspire_account.c.oid, aspire_account.c.name_key),
}


def best_or_listed(
    connection: Connection, kind: Kind, sought: Sought, narrow: Narrow, limit: int
) -> list[int]:
    """The keys of at most that many rows, in the order in which they are told."""
    where = narrow.of(kind)
    if where is None:
        return []
    if sought.text:
        return best_matches(connection, NAMES[kind], sought.text, limit=limit, where=where)
    if len(sought.email) == 1:
        # Whoever asks for an address alone wants the exact one first.
        return best_matches(connection, f"{NAMES[kind]}_email", sought.email[0], limit=limit, where=where)
    key, by_name = KEYS[kind]
    query = select(key).where(*where).order_by(by_name, key)
    return list(connection.execute(query.limit(limit)).scalars())
