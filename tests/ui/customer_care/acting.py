"""What a rep does on the page again and again, and what is read from it."""

from __future__ import annotations

from collections.abc import Callable

from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.navigation import Target
from tests.ui.account_access.world import OLSEN, SITE

Settle = Callable[[], None]


def look_at(
    care: CustomerCarePage,
    settle: Settle,
    email: str = OLSEN,
    *,
    site: str = SITE,
    contract: str | None = None,
) -> CustomerCarePage:
    care.open(Target("customer_care", site=site, email=email, contract=contract))
    settle()
    return care


def view_of(care: CustomerCarePage) -> CallerView:
    view = care.current_view
    assert view is not None, "no caller is in view"
    return view


def tab_words(care: CustomerCarePage) -> list[str]:
    return [care.tabs.tabText(place) for place in range(care.tabs.count())]


def gone_to(care: CustomerCarePage) -> list[Target]:
    targets: list[Target] = []
    care.navigator.open.connect(targets.append)
    return targets
