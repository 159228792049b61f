"""What the find box lists, and what it asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """One line of the list; `chosen` runs when it is picked, `matched` says why it was found, `shortcut` its keys."""

    icon: str
    title: str
    detail: str
    chosen: Callable[[], object]
    matched: str = ""
    shortcut: str = ""


class Section(NamedTuple):
    """Entries of one kind; `is_exact` when one of them is what was typed, to the letter; `remark` stands at the heading."""

    heading: str
    entries: Sequence[Entry]
    is_exact: bool = False
    remark: str = ""


class Answer(NamedTuple):
    """What was found, what could not be looked up, and what the operator may not look at: three different things."""

    sections: Sequence[Section] = ()
    failed: str = ""
    refused: str = ""


Finder = Callable[[str], Answer]
NOTHING_ASKED = Answer()
