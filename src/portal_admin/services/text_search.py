"""Substring search by index, and search by sound; wildcards typed by people are literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

from portal_admin.domain.search_words import words_typed
from portal_admin.domain.sound import marked, near_sounds_of, sounds_of
from portal_admin.domain.text import canonical_email, name_key
from portal_admin.models import aspire_account, aspire_contact, end_user

TRIGRAM = 3  # a trigram index knows nothing shorter
MANY = 20_000
ESCAPE = "/"
# What LIKE takes for more than a letter; the bracket on SQL Server alone.
WILDCARD = re.compile(rf"[%_\[{ESCAPE}]")
Sounds = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """A table that is searched by text: its key, the columns searched, and whether its index holds others besides."""

    table: Table
    key: str
    columns: tuple[str, ...]
    is_part: bool = False


SEARCHED: dict[str, Searched] = {
    "end_user": Searched(end_user, "id", ("name_key", "email")),
    # Which accounts can be linked is asked by id and name, as ASPIRE is asked.
    "aspire_account": Searched(aspire_account, "oid", ("account_id_key", "name_key"), is_part=True),
    "account": Searched(aspire_account, "oid", ("account_id_key", "name_key", "email_key")),
    "contact": Searched(aspire_contact, "oid", ("name_key", "email_key")),
    # By address alone.
    "end_user_email": Searched(end_user, "id", ("email",), is_part=True),
    "account_email": Searched(aspire_account, "oid", ("email_key",), is_part=True),
    "contact_email": Searched(aspire_contact, "oid", ("email_key",), is_part=True),
}


def contains(connection: Connection, name: str, typed: str, *, scanned: bool = False) -> ColumnElement[bool]:
    """Every word typed occurs in one of the searched columns; a word of one or two letters begins one.

    `scanned` asks each row instead of an index, which is faster where most rows match.
    """
    return _hold(connection, name, words_of(typed), scanned=scanned)


def sounds_alike(
    connection: Connection, name: str, typed: str, *, scanned: bool = False
) -> ColumnElement[bool] | None:
    """Every word typed occurs, or sounds like a word of the name. None where no sound can be told."""
    words = heard(typed)
    if not any(sounds for _, sounds in words):
        return None
    return and_(*(_alike(connection, name, word, sounds, scanned=scanned) for word, sounds in words))


def near_alike(connection: Connection, name: str, typed: str) -> ColumnElement[bool] | None:
    """Every word typed sounds like one of the name with the same first vowel. None where no sound can be told."""
    sounds = nearly(typed)
    if not sounds:
        return None
    if connection.dialect.name == "sqlite":
        searched = SEARCHED[name]
        return searched.table.c[searched.key].in_(sounding(name, sounds))
    return _has_sounds(connection, name, sounds)


def nearly(typed: str) -> Sounds:
    """The sounds of all words typed, with their first vowels; none where one of them cannot be told."""
    each = [near_sounds_of(word) for word in words_typed(typed)]
    return tuple(keys for sounds in each for keys in sounds) if all(each) else ()


def heard(typed: str) -> list[tuple[str, Sounds]]:
    """Each word typed, as the searched columns spell it, with how it sounds; without sounds where they cannot be told."""
    return [(_key(word), sounds_of(word)) for word in words_typed(typed)]


def is_common(connection: Connection, name: str, typed: str) -> bool:
    """Whether so many rows match that SQLite had better read them all, in the order in which they lie."""
    words = words_of(typed)
    if connection.dialect.name != "sqlite" or not words:
        return False
    searched = SEARCHED[name]
    long = [word for word in words if len(word) >= TRIGRAM]
    every = select(searched.table.c[searched.key]).where(contains(connection, name, typed))
    counted = select(func.count()).select_from(
        (matching(name, long) if long else every).limit(MANY + 1).subquery()
    )
    return bool(connection.execute(counted).scalar_one() > MANY)


def words_of(typed: str) -> list[str]:
    """The words typed as the searched columns spell them."""
    return [_key(word) for word in words_typed(typed)]


def matching(name: str, words: Iterable[str]) -> Select[Any]:
    """The keys of the rows in which each of the words occurs, by SQLite's index; words have three letters and more."""
    searched = SEARCHED[name]
    phrases = " AND ".join(f'"{_quoted(word)}"' for word in words)
    if searched.is_part:
        phrases = f"{{{' '.join(searched.columns)}}} : ({phrases})"
    return _asked(f"{searched.table.name}_search", phrases)


def sounding(name: str, sounds: Sequence[Sequence[str]]) -> Select[Any]:
    """The keys of the rows of which some word has one of the sounds, for each word typed; by SQLite's index."""
    each = (" OR ".join(f'"{key}"' for key in keys) for keys in sounds)
    return _asked(f"{SEARCHED[name].table.name}_sound", " AND ".join(f"({one})" for one in each))


def _asked(index: str, phrases: str) -> Select[Any]:
    found = table(index, column("rowid"), column(index))
    return select(found.c.rowid).where(found.c[index].op("MATCH")(phrases))


def _quoted(word: str) -> str:
    return word.replace('"', '""')


def _key(word: str) -> str:
    # An address is stored in its canonical form; and a query of the index would end at a NUL.
    key = canonical_email(word) if "@" in word else name_key(word)
    return key.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _hold(connection: Connection, name: str, words: Sequence[str], *, scanned: bool) -> ColumnElement[bool]:
    word = _scanned_word if scanned and connection.dialect.name == "sqlite" else _word
    return and_(*(word(connection, name, one) for one in words))


def _word(connection: Connection, name: str, word: str) -> ColumnElement[bool]:
    searched = SEARCHED[name]
    if len(word) < TRIGRAM:
        return begun(name, word)
    if connection.dialect.name != "sqlite":
        like = literally(word)
        return or_(*(searched.table.c[c].like(like, escape=ESCAPE) for c in searched.columns))
    return searched.table.c[searched.key].in_(matching(name, [word]))


def _scanned_word(_connection: Connection, name: str, word: str) -> ColumnElement[bool]:
    searched = SEARCHED[name]
    if len(word) < TRIGRAM:
        return begun(name, word)
    return or_(*(func.instr(searched.table.c[c], word) > 0 for c in searched.columns))


def begun(name: str, word: str) -> ColumnElement[bool]:
    """One of the searched columns begins with the word."""
    searched = SEARCHED[name]
    return or_(*(begins(searched.table.c[c], word) for c in searched.columns))


def _alike(
    connection: Connection, name: str, word: str, sounds: Sounds, *, scanned: bool
) -> ColumnElement[bool]:
    occurs = _hold(connection, name, [word], scanned=scanned)
    if not sounds:
        return occurs
    searched = SEARCHED[name]
    if connection.dialect.name == "sqlite" and not scanned:
        return or_(occurs, searched.table.c[searched.key].in_(sounding(name, sounds)))
    return or_(occurs, _has_sounds(connection, name, sounds))


def _has_sounds(connection: Connection, name: str, sounds: Sequence[Sequence[str]]) -> ColumnElement[bool]:
    """Each of the sounds is that of a word of the name, asked of the row itself."""
    stored = SEARCHED[name].table.c.sound_keys
    if connection.dialect.name == "sqlite":
        return and_(*(or_(*(func.instr(stored, marked(key)) > 0 for key in keys)) for keys in sounds))
    return and_(
        *(or_(*(stored.like(literally(marked(key)), escape=ESCAPE) for key in keys)) for keys in sounds)
    )


def literally(word: str) -> str:
    """A pattern for LIKE that finds the word wherever it stands."""
    escaped = WILDCARD.sub(lambda found: ESCAPE + found[0], word)
    return f"%{escaped}%"


def begins(searched: Any, word: str) -> ColumnElement[bool]:
    """The column begins with that text, found by its index."""
    # A range, because LIKE cannot use an index that compares letter by letter.
    return and_(searched >= word, searched < word + "\U0010ffff")
