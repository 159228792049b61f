from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from portal_admin.ui import collector
from portal_admin.ui.collector import Collector


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector whose full collection is due."""
    made = Collector()
    gc.collect()  # whatever lives is now of the oldest generation
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 1000))
    yield made
    gc.unfreeze()
    gc.enable()


def test_that_garbage_of_the_oldest_generation_is_collected(due: Collector) -> None:
    gc.collect()
    ring: list[object] = []
    ring.append(ring)
    gc.collect(1)
    mark = id(ring)
    del ring
    due.collect()
    assert mark not in {id(one) for one in gc.get_objects()}


def test_that_the_rows_of_a_long_list_are_not_searched(
    due: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "MOST", 0)
    before = gc.get_freeze_count()
    due.collect()
    assert gc.get_freeze_count() > before
