"""Finds a payment where payments are switched on; sync, which follows all of them, does without."""

from __future__ import annotations

from sqlalchemy import Connection

from portal_admin.domain.payments import PortalPayment
from portal_admin.domain.site_policy import require_payments
from portal_admin.services.payments.stored import find_any
from portal_admin.services.site_policy import policy_of


def find_payment(connection: Connection, reference: str) -> PortalPayment:
    """The payment of that reference; NotFound when there is none, SwitchedOff when its site has no payments."""
    found = find_any(connection, reference)
    require_payments(policy_of(connection, found.site), site=found.site)
    return found
