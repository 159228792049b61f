"""What a piece of a file needs to know before its rows are judged: the people and accounts it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from portal_admin.domain.imports import Entry, Person
from portal_admin.domain.text import id_key
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.imports.offers import Offers
from portal_admin.services.imports.persons import find_persons
from portal_admin.services.sites import find_site

ROWS_AT_ONCE = 1000


def pieces(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in pieces that are looked up, and written, at once."""
    for start in range(0, len(entries), ROWS_AT_ONCE):
        yield entries[start : start + ROWS_AT_ONCE]


def key_of(desk: Desk, site: str) -> str:
    """The key of that site as it is written; NotFound when there is none."""
    with reading(desk.engine) as connection:
        return find_site(connection, site).key


def look(
    desk: Desk,
    offers: Offers,
    *,
    site: str,
    entries: Sequence[Entry],
    known: Mapping[str, Person],
    opening: bool = False,
) -> dict[str, Person]:
    """The people of those rows, and in `offers` an answer for every account they would newly link.

    `known` are people as earlier rows leave them. `opening` also reads what the accounts open that people hold already.
    """
    good = [entry for entry in entries if entry.fault is None]
    with reading(desk.engine) as connection:
        on = find_site(connection, site)
        unknown = {entry.email for entry in good} - known.keys()
        found = {email: one.person for email, one in find_persons(connection, on.id, unknown).items()} | {
            entry.email: known[entry.email] for entry in good if entry.email in known
        }
        offers.look(connection, on, _wanted(good, found))
        if opening:
            offers.see(connection, (oid for person in found.values() for oid in person.accounts))
    offers.ask()
    return found


def _wanted(entries: Sequence[Entry], found: Mapping[str, Person]) -> Iterator[str]:
    for entry in entries:
        person = found.get(entry.email)
        linked = {id_key(account_id) for account_id in person.accounts.values()} if person else ()
        for account_id in entry.accounts:
            if id_key(account_id) not in linked:
                yield account_id
