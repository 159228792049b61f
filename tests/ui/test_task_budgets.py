"""What a rep does all day, from the keyboard alone, within so many keys (finding a payment: test_payments)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.services import access, people, verification
from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.main_window import MainWindow
from tests.services.acting import mails
from tests.services.filled import audit_rows
from tests.ui.account_access import world
from tests.ui.account_access.world import ALONE, OLSEN, SITE, said

Settle = Callable[[], None]
Key, Modifier = Qt.Key, Qt.KeyboardModifier
NONE, CTRL, SHIFT = Modifier.NoModifier, Modifier.ControlModifier, Modifier.ShiftModifier
CONTRACT = "0012-0045"


class Keyboard:
    """Counts what is pressed where the keyboard is: a letter is one, a paste is one, and one with Ctrl is one."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self.count = 0

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None, "the keyboard is nowhere"
        QTest.keyClick(focused, key, modifiers)
        self.count += 1
        self._settle()

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None, "the keyboard is nowhere"
        QTest.keyClicks(focused, text)
        self.count += len(text)
        self._settle()


@pytest.fixture(scope="session")
def busy_file(migrated_file: Path, small: FilePortfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced database with sites and users, filled once."""
    return world.filled_template(migrated_file, small, tmp_path_factory.mktemp("budgets"))


@pytest.fixture
def database_url(busy_file: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(busy_file, tmp_path / 'portal.db')}"


@pytest.fixture
def keyboard(settle: Settle) -> Keyboard:
    return Keyboard(settle)


@pytest.fixture
def window(shell: Callable[..., MainWindow], desk: Desk, settle: Settle) -> MainWindow:
    """The window as it starts."""
    made = shell(desk)
    settle()
    return made


def caller(window: MainWindow) -> CallerView:
    page = window.current_page
    assert isinstance(page, CustomerCarePage)
    view = page.current_view
    assert view is not None, "no caller is in view"
    return view


def call(window: MainWindow, keyboard: Keyboard, email: str) -> CallerView:
    """Somebody is on the telephone: their page, from wherever the rep was."""
    keyboard.press(Key.Key_K, CTRL)
    keyboard.type(email)
    keyboard.press(Key.Key_Return)
    found = caller(window)
    assert found.user is not None
    assert found.user.email == email
    return found


def test_that_a_contract_on_the_clipboard_is_four_keys_from_its_verdict(
    window: MainWindow, keyboard: Keyboard, desk: Desk
) -> None:
    QGuiApplication.clipboard().setText(f" {CONTRACT}\n")
    keyboard.press(Key.Key_K, CTRL)
    keyboard.press(Key.Key_V, CTRL)
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_Return)
    view = caller(window)
    assert view.user is not None
    expected = access.explain(desk, site=SITE, email=view.user.email, contract_id=CONTRACT)
    assert view.why.verdict.verdict is not None
    assert (view.why.asked, view.why.verdict.verdict.verdict) == (CONTRACT, expected.verdict)
    assert view.why.verdict.isVisible()
    assert keyboard.count == 4


def test_that_a_reset_with_the_verification_recorded_is_five_keys_from_the_caller(
    window: MainWindow, keyboard: Keyboard, desk: Desk
) -> None:
    view = call(window, keyboard, OLSEN)
    before = keyboard.count
    keyboard.press(Key.Key_V, CTRL | SHIFT)
    keyboard.press(Key.Key_1)
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_R, CTRL)
    keyboard.press(Key.Key_Space)
    assert f"A password reset mail to {OLSEN} is queued" in view.messages.text
    assert [(kind, to) for kind, to, _ in mails(desk.engine)] == [("reset", OLSEN)]
    verified = verification.caller(desk, site=SITE, email=OLSEN).verified
    assert verified is not None
    reset = audit_rows(desk.engine)[-1]
    assert (reset.action, reset.subject) == ("user.reset", OLSEN)
    assert reset.after["verification"]["by"] == "tester"
    assert keyboard.count - before == 5


def test_that_an_account_is_linked_with_its_preview_in_four_keys_and_the_account_s_id(
    window: MainWindow, keyboard: Keyboard, desk: Desk
) -> None:
    view = call(window, keyboard, ALONE)
    before = keyboard.count
    keyboard.press(Key.Key_L, CTRL)
    keyboard.type("A-001")
    keyboard.press(Key.Key_Down)
    assert "Opens 4 contracts, 1 of them closed; 3 stay hidden." in said(view.panels.link)
    assert len(people.show_user(desk, site=SITE, email=ALONE).accounts) == 1, "the preview changes nothing"
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_Space)
    linked = [account.account_id for account in people.show_user(desk, site=SITE, email=ALONE).accounts]
    assert linked == ["A-001", "A-004"]
    assert keyboard.count - before == 4 + len("A-001")
