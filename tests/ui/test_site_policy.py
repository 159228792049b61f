"""The policy of a site in the window: noted with its consequences, undone, and never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.services.desk import Desk
from portal_admin.services.site_policy import policy_of, set_policy
from portal_admin.ui.navigation import Target
from portal_admin.ui.sites.page import SitesPage
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

pytestmark = pytest.mark.databases("sqlite")
Settle = Callable[[], None]


@pytest.fixture
def sites_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> SitesPage:
    fill_portal(engine)
    made: SitesPage = page(SitesPage, offline_desk)
    made.open(Target("sites", site="NW"))
    settle()
    return made


def test_that_switching_payments_off_tells_what_it_hides_and_can_be_undone(
    sites_page: SitesPage, settle: Settle
) -> None:
    page, panel = sites_page, sites_page.policy_panel
    page.set_policy()
    assert not panel.save_button.isEnabled(), "nothing was changed yet"
    panel.payments.click()
    assert "shown nowhere in this application" in panel.consequence.text()
    panel.save_button.click()
    settle()
    assert not policy_of(page.desk, "NW").payments_enabled
    assert panel.isHidden()
    press(page.messages, "Undo")
    settle()
    assert policy_of(page.desk, "NW").payments_enabled


def test_that_what_somebody_else_saved_is_shown_and_not_overwritten(
    sites_page: SitesPage, settle: Settle
) -> None:
    page, panel = sites_page, sites_page.policy_panel
    page.set_policy()
    panel.mfa.click()
    set_policy(page.desk, site="NW", bank_accounts="existing")
    panel.save_button.click()
    settle()
    assert "Somebody else changed the policy" in said(panel)
    assert panel.accounts.currentText() == "Allow only existing accounts"
    assert not policy_of(page.desk, "NW").mfa_required
    panel.mfa.click()
    panel.save_button.click()
    settle()
    assert policy_of(page.desk, "NW").mfa_required
