"""Pages so small that one sync reads many."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_admin.aspire.client.PAGE_SIZE", 3)
