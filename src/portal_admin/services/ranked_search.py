"""The best matches first without looking at all of them: exact, beginning so, holding every word, sounding alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, func, select, true, union_all

from portal_admin.domain.text import canonical_email, id_key, name_key
from portal_admin.models import aspire_account, aspire_contact, end_user
from portal_admin.services.text_search import (
    ESCAPE,
    SEARCHED,
    TRIGRAM,
    Sounds,
    begins,
    begun,
    contains,
    heard,
    literally,
    matching,
    near_alike,
    nearly,
    sounding,
    sounds_alike,
    words_of,
)

# Fewer matches than this are looked at and sorted by name. To sort more would take longer than anybody waits, and they
# may lie together far down the alphabet, so the first that were added are told.
MANY = 2_000
# Of words all of which so many hold or sound like, no more rows are looked through.
LOOKED_AT = 5_000

Condition = ColumnElement[bool]
Tier = tuple[Condition, ColumnElement[str]]


def best_matches(
    connection: Connection, name: str, typed: str, *, limit: int, where: Sequence[Condition] = ()
) -> list[int]:
    """The keys of at most that many rows of what text_search calls by that name, the best match first.

    `where` narrows the rows; it is made of the table's own columns.
    """
    found: dict[int, None] = {}
    if not typed.strip():
        return []
    for query in _queries(connection, name, typed, where):
        # A tier that is not full is complete, and one that is full alone is enough: rows met twice do no harm.
        found |= dict.fromkeys(connection.execute(query.where(*where).limit(limit)).scalars())
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _queries(
    connection: Connection, name: str, typed: str, where: Sequence[Condition]
) -> Iterator[Select[Any]]:
    searched = SEARCHED[name]
    key = searched.table.c[searched.key]
    for condition, order in TIERS[name](connection, typed):
        yield select(key).where(condition).order_by(order, key)
    if len(typed.split()) > 1 or len(typed.strip()) >= TRIGRAM:  # what is shorter begins one, and was found
        yield _holding(connection, name, typed, where)
    if not searched.is_part:
        yield from _sounding(connection, name, typed, where)


def _user_tiers(connection: Connection, typed: str) -> Iterator[Tier]:
    by_name = end_user.c.name_key
    yield from _user_email_tiers(connection, typed)
    yield begins(by_name, name_key(typed)), by_name


def _user_email_tiers(_connection: Connection, typed: str) -> Iterator[Tier]:
    email = end_user.c.email
    yield email == canonical_email(typed), email
    yield begins(email, canonical_email(typed)), email


def _account_tiers(connection: Connection, typed: str) -> Iterator[Tier]:
    yield from _account_id_tiers(connection, typed)
    yield from _email_tiers(connection, "account", typed)


def _account_id_tiers(_connection: Connection, typed: str) -> Iterator[Tier]:
    identity, by_name = aspire_account.c.account_id_key, aspire_account.c.name_key
    yield identity == id_key(typed), identity
    yield begins(identity, id_key(typed)), identity
    yield begins(by_name, name_key(typed)), by_name


def _contact_tiers(connection: Connection, typed: str) -> Iterator[Tier]:
    yield from _email_tiers(connection, "contact", typed)
    yield begins(aspire_contact.c.name_key, name_key(typed)), aspire_contact.c.name_key


def _email_tiers(connection: Connection, name: str, typed: str) -> Iterator[Tier]:
    searched = SEARCHED[name]
    emails, mail = searched.table.c.email_key, canonical_email(typed)
    yield begins(emails, mail), emails
    # A field may hold several addresses; when most of one is typed, it is found before what only holds it.
    if "@" in mail and not any(map(str.isspace, mail)):
        if connection.dialect.name == "sqlite":
            yield searched.table.c[searched.key].in_(matching(name, [f" {mail}"])), emails
        else:
            yield emails.like(literally(f" {mail}"), escape=ESCAPE), emails


TIERS: dict[str, Callable[[Connection, str], Iterator[Tier]]] = {
    "end_user": _user_tiers,
    "end_user_email": _user_email_tiers,
    "aspire_account": _account_id_tiers,
    "account": _account_tiers,
    "account_email": lambda connection, typed: _email_tiers(connection, "account_email", typed),
    "contact": _contact_tiers,
    "contact_email": lambda connection, typed: _email_tiers(connection, "contact_email", typed),
}


def _holding(connection: Connection, name: str, typed: str, where: Sequence[Condition]) -> Select[Any]:
    """Every word typed occurs: by name, or as they were added where they are many."""
    long = [word for word in words_of(typed) if len(word) >= TRIGRAM]
    short = [word for word in words_of(typed) if len(word) < TRIGRAM]
    if connection.dialect.name != "sqlite" or not long:
        return _by_name(name).where(contains(connection, name, typed))
    these = _few(connection, name, matching(name, long))
    if these is not None:
        return _by_name(name).where(these, *(begun(name, word) for word in short))
    return _as_met(name, _beginning(name, matching(name, long), short), where)


def _beginning(name: str, found: Select[Any], short: Sequence[str]) -> Select[Any]:
    """Of the rows found, those that a column of begins with each short word; read from the indexes alone."""
    searched = SEARCHED[name]
    table, rowid = searched.table, found.selected_columns.rowid
    for word in short:
        each = (select(table.c[searched.key]).where(begins(table.c[c], word)) for c in searched.columns)
        # With nothing added SQLite would search the index anew for each of them.
        found = found.where((rowid + 0).in_(union_all(*each)))
    return found


def _sounding(
    connection: Connection, name: str, typed: str, where: Sequence[Condition]
) -> Iterator[Select[Any]]:
    """Every word typed sounds like one of the name, nearly the same first; then: sounds like one, or occurs."""
    alike = sounds_alike(connection, name, typed)
    asked = sounds_alike(connection, name, typed, scanned=True)
    if alike is None or asked is None:
        return
    words, near = heard(typed), nearly(typed)
    if connection.dialect.name != "sqlite":
        nearer = near_alike(connection, name, typed)
        if nearer is not None:
            yield _by_name(name).where(nearer)
        yield _by_name(name).where(alike)
        return
    every = [keys for _, sounds in words for keys in sounds] if all(sounds for _, sounds in words) else []
    for wanted in (near, every):
        if wanted:
            found = sounding(name, wanted)
            these = _few(connection, name, found)
            yield _as_met(name, found, where) if these is None else _by_name(name).where(these)
    if len(words) > 1:
        yield _by_name(name).where(_of_the_rarest(connection, name, words), asked)


def _of_the_rarest(connection: Connection, name: str, words: Sequence[tuple[str, Sounds]]) -> Condition:
    """That a row holds or sounds like the word that few do; where all are common, it is one of the first to do so."""
    searched = SEARCHED[name]
    first: CompoundSelect[Any] | None = None
    for word, sounds in words:
        found = [sounding(name, sounds)] if sounds else []
        found += [matching(name, [word])] if len(word) >= TRIGRAM else []
        if not found:
            continue
        these = _few(connection, name, union_all(*found))
        if these is not None:
            return these
        first = first if first is not None else union_all(*found)
    return searched.table.c[searched.key].in_(first.limit(LOOKED_AT)) if first is not None else true()


def _as_met(name: str, found: Select[Any], where: Sequence[Condition]) -> Select[Any]:
    """Of rows too many to be sorted, the first as they were added."""
    searched = SEARCHED[name]
    key = searched.table.c[searched.key]
    if where:
        return select(key).where(key.in_(found)).order_by(key)
    return found.order_by(found.selected_columns.rowid)


def _by_name(name: str) -> Select[Any]:
    searched = SEARCHED[name]
    key = searched.table.c[searched.key]
    return select(key).order_by(searched.table.c.name_key, key)


def _few(connection: Connection, name: str, found: Select[Any] | CompoundSelect[Any]) -> Condition | None:
    """That a row is one of those found, None when they are many."""
    met = found.limit(MANY + 1).subquery()
    # One text and one parameter, however many they are.
    listed = select(func.count(), func.json_group_array(met.c.rowid))
    count, keys = connection.execute(listed).one()
    if count > MANY:
        return None
    these = func.json_each(keys).table_valued("value")
    searched = SEARCHED[name]
    return searched.table.c[searched.key].in_(select(these.c.value))
