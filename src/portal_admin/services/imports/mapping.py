"""Which column of a file means what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal_admin.domain.imports import Column


def recognise(header: Sequence[str]) -> dict[Column, int]:
    """The columns found by their names, whatever the case, blanks and underscores; a name that stands twice is not."""
    raise NotImplementedError


def missing(mapping: Mapping[Column, int]) -> tuple[Column, ...]:
    """The columns that no column of the file is mapped to."""
    return tuple(column for column in Column if column not in mapping)


def require_complete(mapping: Mapping[Column, int]) -> None:
    """InvalidInput (field mapping) naming what is missing; needed are Email and something to import for it."""
    raise NotImplementedError
