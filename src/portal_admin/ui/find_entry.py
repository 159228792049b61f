"""What the find box lists, and what it asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the list; `chosen` runs when it is picked."""

    icon: str
    title: str
    detail: str
    kind: str
    chosen: Callable[[], object]


Finder = Callable[[str], Sequence[Entry]]
