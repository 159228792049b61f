"""Substring search by index; wildcards typed by people are literal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, column, or_, select, table

from portal_admin.domain.text import canonical_email, name_key
from portal_admin.models import aspire_account, end_user

TRIGRAM = 3  # a trigram index knows nothing shorter
SEARCHED: dict[str, tuple[Table, str, tuple[str, ...]]] = {
    "end_user": (end_user, "id", ("name_key", "email")),
    "aspire_account": (aspire_account, "oid", ("account_id_key", "name_key")),
}


def contains(connection: Connection, name: str, typed: str) -> ColumnElement[bool]:
    """Every word typed occurs in one of the searched columns; a word of one or two letters begins one."""
    return and_(*(_word(connection, name, _key(word)) for word in typed.split()))


def _key(word: str) -> str:
    # An address is stored in its canonical form.
    return canonical_email(word) if "@" in word else name_key(word)


def _word(connection: Connection, name: str, word: str) -> ColumnElement[bool]:
    searched, key, columns = SEARCHED[name]
    if len(word) < TRIGRAM:
        return or_(*(begins(searched.c[c], word) for c in columns))
    if connection.dialect.name != "sqlite":
        return or_(*(searched.c[c].contains(word, autoescape=True) for c in columns))
    index = table(f"{name}_search", column("rowid"), column(f"{name}_search"))
    phrase = '"' + word.replace('"', '""') + '"'
    found = select(index.c.rowid).where(index.c[f"{name}_search"].op("MATCH")(phrase))
    return searched.c[key].in_(found)


def begins(searched: Any, word: str) -> ColumnElement[bool]:
    """The column begins with that text, found by its index."""
    # A range, because LIKE cannot use an index that compares letter by letter.
    return and_(searched >= word, searched < word + "\U0010ffff")
