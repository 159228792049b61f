"""Which column of a file means what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from portal_admin.domain.imports import Beside, Column
from portal_admin.domain.text import id_key
from portal_admin.errors import InvalidInput

T = TypeVar("T", Column, Beside)

# Spellings without blanks and signs; a column's own name comes before its other names.
NAMES: Mapping[Column, tuple[str, ...]] = {
    Column.EMAIL: ("email", "emailaddress"),
    Column.FIRST_NAME: ("firstname", "givenname"),
    Column.LAST_NAME: ("lastname", "surname", "familyname"),
    Column.ACCOUNTS: ("accounts", "account", "accountids", "accountid"),
}
NAMES_BESIDE: Mapping[Beside, tuple[str, ...]] = {
    Beside.SITE: ("site", "sitekey"),
    Beside.STATUS: ("status",),
}


def recognise(header: Sequence[str]) -> dict[Column, int]:
    """The columns found by their names, whatever the case, blanks and underscores; a name that stands twice is not."""
    return _found(header, NAMES)


def beside(header: Sequence[str], mapping: Mapping[Column, int]) -> dict[Beside, int]:
    """The columns that are not imported and yet say something, unless they are mapped to one that is."""
    found = _found(header, NAMES_BESIDE)
    return {column: place for column, place in found.items() if place not in mapping.values()}


def _found(header: Sequence[str], known: Mapping[T, tuple[str, ...]]) -> dict[T, int]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(header):
        places["".join(c for c in id_key(name) if c.isalnum())].append(index)
    found: dict[T, int] = {}
    for column, names in known.items():
        taken = next((places[name] for name in names if name in places), [])
        if len(taken) == 1:
            found[column] = taken[0]
    return found


def heading_of(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the headings: the first, unless titles stand above those that are known by name.

    Nothing that could be a person is passed over: rows above with an address in them make it the first row again.
    """
    fitting = [len(found) if Column.EMAIL in (found := recognise(row)) else 0 for row in rows]
    filled = (sum(bool(cell.strip()) for cell in row) for row in rows)
    wide = next((index for index, count in enumerate(filled) if count > 1), 0)
    place = fitting.index(max(fitting)) if any(fitting) else wide
    above = (cell for row in rows[:place] for cell in row)
    return 0 if any("@" in cell for cell in above) else place


def missing(mapping: Mapping[Column, int]) -> tuple[Column, ...]:
    """The columns that no column of the file is mapped to."""
    return tuple(column for column in Column if column not in mapping)


def require_complete(mapping: Mapping[Column, int]) -> None:
    """InvalidInput (field mapping) naming what is missing; needed are Email and something to import for it."""
    lacking = missing(mapping)
    if Column.EMAIL in lacking or len(lacking) == len(Column) - 1:
        named = ", ".join(lacking)
        raise InvalidInput(
            f"No single column of the file is known as {named}. Say which columns they are, or name them so in the file.",
            field="mapping",
        )
    if len(set(mapping.values())) != len(mapping):
        raise InvalidInput("One column of the file cannot mean two things.", field="mapping")
