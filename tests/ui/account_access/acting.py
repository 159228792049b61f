"""What a rep does on the page again and again, and what is read from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt

from portal_admin.domain.verdict import Result
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from tests.ui.account_access.world import OLSEN, SITE

Settle = Callable[[], None]


def look_at(
    access: AccountAccessPage, settle: Settle, email: str = OLSEN, **more: str | None
) -> AccountAccessPage:
    access.open(Target("account_access", site=SITE, email=email, **more))
    settle()
    return access


def ask(access: AccountAccessPage, qtbot: Any, settle: Settle, contract_id: str) -> None:
    access.why.contract.clear()
    qtbot.keyClicks(access.why.contract, contract_id)
    qtbot.keyClick(access.why.contract, Qt.Key.Key_Return)
    settle()


def gone_to(access: AccountAccessPage) -> list[Target]:
    targets: list[Target] = []
    access.navigator.open.connect(targets.append)
    return targets


def result_of(access: AccountAccessPage, check: str) -> Result:
    verdict = access.why.verdict.verdict
    assert verdict is not None
    return verdict.check(check).result
