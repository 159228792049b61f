"""How far long work has got, for a person at a terminal; a file or a pipe gets nothing of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def percentage(what: str) -> Iterator[Callable[[int, int], None]]:
    """A line on stderr that tells the part done, and is gone when the block ends; given what is done and the whole."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda done, whole: None  # noqa: ARG005
        return
    told = ""

    def tell(done: int, whole: int) -> None:
        nonlocal told
        line = f"{what} {100 * done // whole if whole else 100} %"
        if line != told:
            told = line
            print(f"\r{line}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if told:
            print(f"\r{' ' * len(told)}\r", end="", file=sys.stderr, flush=True)
