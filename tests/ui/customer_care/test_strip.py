"""The two lines that say who is calling."""

from __future__ import annotations

from portal_admin.services import site_policy
from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.page import CustomerCarePage
from tests.ui.account_access.world import SITE
from tests.ui.customer_care.acting import Settle, look_at, view_of


def test_that_payments_which_are_switched_off_are_said_where_they_are_hidden(
    care: CustomerCarePage, desk: Desk, settle: Settle
) -> None:
    site_policy.set_policy(desk, site=SITE, payments_enabled=False)
    view = view_of(look_at(care, settle))
    words = view.strip.facts.text()
    assert words.startswith("Northwind Leasing · payments are switched off · MFA: not required · created ")
    site_policy.set_policy(desk, site=SITE, payments_enabled=True)
    view.refresh()
    settle()
    assert "switched off" not in view.strip.facts.text()
