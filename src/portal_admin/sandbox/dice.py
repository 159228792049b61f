"""Chance that can be thrown again: the same seed, kind and number always give the same values."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """256 bits drawn from (seed, kind, number), spent value by value."""

    __slots__ = ("_left",)

    def __init__(self, seed: int, kind: str, number: int) -> None:
        digest = blake2b(f"{seed} {kind} {number}".encode(), digest_size=32).digest()
        self._left = int.from_bytes(digest, "little")

    def below(self, end: int) -> int:
        """A number from 0 to end - 1."""
        self._left, value = divmod(self._left, end)
        return value

    def of(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        self._left, value = divmod(self._left, len(items))
        return items[value]

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        self._left, value = divmod(self._left, 100)
        return value < percent
