"""The caller's page."""

from __future__ import annotations

from portal_admin.ui.page import Page


class CustomerCarePage(Page):
    """The caller's page."""
