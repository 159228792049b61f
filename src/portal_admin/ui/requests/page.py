"""The queue of service requests."""

from __future__ import annotations

from portal_admin.ui.page import Page


class RequestsPage(Page):
    """The queue of service requests."""
