"""Ends a run between two pages."""

from __future__ import annotations

from collections.abc import Callable

from portal_admin.services.sync import SyncProgress


class Killed(Exception):
    """Stands for a run that ends between two pages."""


def killing(at: int) -> Callable[[SyncProgress], None]:
    seen = []

    def progress(found: SyncProgress) -> None:
        seen.append(found)
        if len(seen) == at:
            raise Killed

    return progress
