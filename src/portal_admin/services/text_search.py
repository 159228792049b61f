"""Substring search by index; wildcards typed by people are literal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    column,
    func,
    or_,
    select,
    table,
)

from portal_admin.domain.text import canonical_email, name_key
from portal_admin.models import aspire_account, end_user

TRIGRAM = 3  # a trigram index knows nothing shorter
MANY = 20_000
ESCAPE = "/"
# What LIKE takes for more than a letter; the bracket on SQL Server alone.
WILDCARD = re.compile(rf"[%_\[{ESCAPE}]")
SEARCHED: dict[str, tuple[Table, str, tuple[str, ...]]] = {
    "end_user": (end_user, "id", ("name_key", "email")),
    "aspire_account": (aspire_account, "oid", ("account_id_key", "name_key")),
}


def contains(connection: Connection, name: str, typed: str, *, scanned: bool = False) -> ColumnElement[bool]:
    """Every word typed occurs in one of the searched columns; a word of one or two letters begins one.

    `scanned` asks each row instead of an index, which is faster where most rows match.
    """
    word = _scanned_word if scanned and connection.dialect.name == "sqlite" else _word
    return and_(*(word(connection, name, one) for one in words_of(typed)))


def is_common(connection: Connection, name: str, typed: str) -> bool:
    """Whether so many rows match that SQLite had better read them all, in the order in which they lie."""
    words = words_of(typed)
    if connection.dialect.name != "sqlite" or not words:
        return False
    searched, key, _ = SEARCHED[name]
    long = [word for word in words if len(word) >= TRIGRAM]
    found = matching(name, long) if long else select(searched.c[key]).where(contains(connection, name, typed))
    counted = select(func.count()).select_from(found.limit(MANY + 1).subquery())
    return bool(connection.execute(counted).scalar_one() > MANY)


def words_of(typed: str) -> list[str]:
    """The words typed as the searched columns spell them."""
    return [_key(word) for word in typed.split()]


def matching(name: str, words: Iterable[str]) -> Select[Any]:
    """The keys of the rows in which each of the words occurs, by SQLite's index; words have three letters and more."""
    index = table(f"{name}_search", column("rowid"), column(f"{name}_search"))
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    return select(index.c.rowid).where(index.c[f"{name}_search"].op("MATCH")(phrases))


def _key(word: str) -> str:
    # An address is stored in its canonical form; and a query of the index would end at a NUL.
    key = canonical_email(word) if "@" in word else name_key(word)
    return key.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _word(connection: Connection, name: str, word: str) -> ColumnElement[bool]:
    searched, key, columns = SEARCHED[name]
    if len(word) < TRIGRAM:
        return or_(*(begins(searched.c[c], word) for c in columns))
    if connection.dialect.name != "sqlite":
        return or_(*(searched.c[c].like(_literally(word), escape=ESCAPE) for c in columns))
    return searched.c[key].in_(matching(name, [word]))


def _scanned_word(_connection: Connection, name: str, word: str) -> ColumnElement[bool]:
    searched, _, columns = SEARCHED[name]
    if len(word) < TRIGRAM:
        return or_(*(begins(searched.c[c], word) for c in columns))
    return or_(*(func.instr(searched.c[c], word) > 0 for c in columns))


def _literally(word: str) -> str:
    escaped = WILDCARD.sub(lambda found: ESCAPE + found[0], word)
    return f"%{escaped}%"


def begins(searched: Any, word: str) -> ColumnElement[bool]:
    """The column begins with that text, found by its index."""
    # A range, because LIKE cannot use an index that compares letter by letter.
    return and_(searched >= word, searched < word + "\U0010ffff")
