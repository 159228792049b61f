"""Fixtures of the kills and the crowds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.soak.portal import Portal, open_portal


@pytest.fixture
def portal(database_url: str, home: Path) -> Iterator[Callable[[int], Portal]]:
    """Opens an ASPIRE of so many contracts beside this test's database."""
    with ExitStack() as opened:
        yield lambda contracts: opened.enter_context(
            open_portal(contracts, database_url=database_url, home=home)
        )
