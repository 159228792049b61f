"""Lists of values in pieces that a query can hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

IN_AT_MOST = 1000  # values in one IN list; databases limit them


def chunks(items: list[Item]) -> Iterator[list[Item]]:
    """The items in lists short enough for one IN."""
    for start in range(0, len(items), IN_AT_MOST):
        yield items[start : start + IN_AT_MOST]
