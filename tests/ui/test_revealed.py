"""Data that is looked at for a minute: shown on request, masked again by itself, and taken off the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTabWidget, QWidget

from portal_admin.domain.permissions import Permission, Role
from portal_admin.errors import NotAllowed
from portal_admin.ui.rights import Rights
from portal_admin.ui.widgets.buttons import CopyButton
from portal_admin.ui.widgets.revealed import SECONDS, Revealed

Settle = Callable[[], None]
MASKED, PLAIN = "o•••@prairie.example", "office@prairie.example"


@pytest.fixture
def looks() -> list[str]:
    return []


@pytest.fixture
def tabs(opened: Callable[..., Any], looks: list[str]) -> QTabWidget:
    """Two tabs, with masked data on the first."""

    def reveal() -> list[str]:
        looks.append("looked")
        return [PLAIN]

    made = QTabWidget()
    masked = Revealed("Channels", name="the channels", rights=Rights(), permission=Permission.REVEAL)
    masked.show_masked([MASKED], reveal)
    made.addTab(masked, "one")
    made.addTab(QWidget(), "two")
    opened(made)
    return made


@pytest.fixture
def revealed(tabs: QTabWidget, settle: Settle) -> Revealed:
    """The data as it is shown unmasked, copied to the clipboard."""
    shown = tabs.widget(0)
    assert isinstance(shown, Revealed)
    assert shown.shown == (MASKED,)
    shown.button.click()
    settle()
    assert shown.shown == (PLAIN,)
    shown.findChildren(CopyButton)[-1].click()
    assert QGuiApplication.clipboard().text() == PLAIN
    return shown


def test_that_data_masks_itself_after_a_minute_and_leaves_the_clipboard(
    revealed: Revealed, looks: list[str]
) -> None:
    for second in range(SECONDS):
        assert revealed.countdown.text() == f"masked again in {SECONDS - second} s"
        assert revealed.shown == (PLAIN,)
        revealed.timer.timeout.emit()
    assert revealed.shown == (MASKED,)
    assert revealed.countdown.isHidden()
    assert not revealed.timer.isActive()
    assert QGuiApplication.clipboard().text() == ""
    assert looks == ["looked"]


def test_that_data_is_masked_when_its_tab_is_left(tabs: QTabWidget, revealed: Revealed) -> None:
    tabs.setCurrentIndex(1)
    assert revealed.shown == (MASKED,)
    tabs.setCurrentIndex(0)
    assert revealed.shown == (MASKED,)
    assert QGuiApplication.clipboard().text() == ""


def test_that_data_is_masked_when_its_window_is_minimized(tabs: QTabWidget, revealed: Revealed) -> None:
    tabs.hide()
    assert revealed.shown == (MASKED,)


def test_that_what_somebody_copied_since_stays_on_the_clipboard(revealed: Revealed) -> None:
    QGuiApplication.clipboard().setText("something else")
    revealed.button.click()
    assert revealed.shown == (MASKED,)
    assert QGuiApplication.clipboard().text() == "something else"


def test_that_an_answer_for_a_tab_that_was_left_shows_nothing(tabs: QTabWidget, settle: Settle) -> None:
    shown = tabs.widget(0)
    assert isinstance(shown, Revealed)
    shown.button.click()
    tabs.setCurrentIndex(1)
    settle()
    assert shown.shown == (MASKED,)
    assert not shown.is_revealed


def test_that_another_subject_takes_the_place_of_what_is_revealed(revealed: Revealed) -> None:
    revealed.show_masked(["p•••@other.example"], None)
    assert revealed.shown == ("p•••@other.example",)
    assert not revealed.is_revealed
    assert revealed.button.isHidden()


def test_that_a_refusal_is_told_and_shows_nothing(opened: Callable[..., Any], settle: Settle) -> None:
    def refuse() -> list[str]:
        raise NotAllowed("“Reveal masked data” is for CSRs.")

    masked = Revealed("Channels", name="the channels", rights=Rights(), permission=Permission.REVEAL)
    told: list[Any] = []
    masked.failed.connect(told.append)
    masked.show_masked([MASKED], refuse)
    opened(masked)
    masked.button.click()
    settle()
    assert [error.kind for error in told] == [NotAllowed.kind]
    assert masked.shown == (MASKED,)
    assert masked.button.isEnabled()


def test_that_who_may_not_reveal_finds_the_button_disabled_with_the_reason(
    opened: Callable[..., Any],
) -> None:
    rights = Rights()
    rights.learn(Role.READ_ONLY)
    masked = Revealed("Channels", name="the channels", rights=rights, permission=Permission.REVEAL)
    masked.show_masked([MASKED], lambda: [PLAIN])
    opened(masked)
    assert not masked.button.isEnabled()
    assert "CSRs" in masked.button.accessibleDescription()
