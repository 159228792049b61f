"""Enrolment: rehearsal, attempts and readiness."""

from __future__ import annotations

from portal_admin.ui.page import Page


class EnrolmentPage(Page):
    """Enrolment: rehearsal, attempts and readiness."""
