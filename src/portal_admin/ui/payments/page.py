"""Payments: their way, and what an amount would pay."""

from __future__ import annotations

from portal_admin.ui.page import Page


class PaymentsPage(Page):
    """Payments: their way, and what an amount would pay."""
