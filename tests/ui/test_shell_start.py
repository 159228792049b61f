"""The first page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from portal_admin.services.desk import Desk
from portal_admin.ui.navigation import Target
from portal_admin.ui.pages import pages
from portal_admin.ui.start.calls import calls_file, read_calls
from portal_admin.ui.start.page import StartPage

pytestmark = pytest.mark.usefixtures("dressed")
CALLS = "\n".join(
    f"""[[calls]]
title = "Caller {number}"
situation = "Linked to a look-alike account."
say = "I see somebody else's <b>trailers</b>."
open = {{ screen = "account_access", site = "north", email = "c{number}@x.example" }}
"""
    for number in range(10)
)


@pytest.fixture
def start(
    page: Callable[..., StartPage], offline_desk: Desk, settle: Callable[[], None]
) -> Callable[[], StartPage]:
    def build() -> StartPage:
        made = page(StartPage, offline_desk)
        made.open(Target("start"))
        settle()
        return made

    return build


def lines(page: StartPage) -> list[str]:
    return [line.accessibleName() for line in page.health._shown]


def test_that_a_demonstration_offers_its_calls_and_each_opens_its_place(
    start: Callable[[], StartPage], home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    calls_file().write_text(CALLS)
    page, heard = start(), []
    page.navigator.open.connect(heard.append)
    assert [card.accessibleName() for card in page.calls.cards] == [f"Caller {n}" for n in range(10)]
    page.calls.cards[0].setFocus()
    QTest.keyClick(page.calls.cards[0], Qt.Key.Key_Tab)
    assert page.calls.cards[1].hasFocus()
    for card in page.calls.cards:
        card.setFocus()
        QTest.keyClick(card, Qt.Key.Key_Space)
    assert heard == [
        Target("account_access", site="north", email=f"c{number}@x.example") for number in range(10)
    ]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_that_the_keyboard_begins_at_the_first_call_and_opens_it(
    start: Callable[[], StartPage], settle: Callable[[], None], home: Path, key: Qt.Key
) -> None:
    page, heard = start(), []
    page.places.cards[0].setFocus()
    home.mkdir(parents=True, exist_ok=True)
    calls_file().write_text(CALLS)
    page.run(read_calls, page._show_calls)
    settle()
    assert page.calls.cards[0].hasFocus()
    page.navigator.open.connect(heard.append)
    QTest.keyClick(page.calls.cards[0], key)
    assert heard == [Target("account_access", site="north", email="c0@x.example")]


def test_that_a_call_may_open_a_file_that_lies_beside_the_calls(
    start: Callable[[], StartPage], home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    place = '{ screen = "imports", file = "people 2026.csv" }'
    calls_file().write_text(f'[[calls]]\ntitle = "T"\nsituation = "S"\nsay = "Y"\nopen = {place}\n')
    page, heard = start(), []
    page.navigator.open.connect(heard.append)
    page.calls.cards[0].click()
    assert heard == [Target("imports", file=str(calls_file().parent / "people 2026.csv"))]


def test_that_without_a_demonstration_the_page_tells_what_the_pages_are_for(
    start: Callable[[], StartPage], unnamed: Callable[..., list[str]]
) -> None:
    page = start()
    assert not page.calls_title.isVisible()
    assert [card.accessibleName() for card in page.places.cards] == [
        spec.title for spec in pages() if spec.id != "start"
    ]
    assert unnamed(page) == []


def test_that_the_desk_says_how_it_is_doing(start: Callable[[], StartPage]) -> None:
    database, aspire, sync, role = lines(start())
    assert database == "Holds: The portal database answers (SQLite)."
    assert aspire.startswith("Worth a look: No ASPIRE is connected")
    assert sync.startswith("Worth a look: Nothing has been read from ASPIRE yet")
    assert role == "Holds: You work here as tester, Administrator."


def test_that_calls_that_cannot_be_read_are_told_and_stop_nothing(
    start: Callable[[], StartPage], home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    calls_file().write_text("calls = 3")
    page = start()
    assert "Start the demonstration again." in page.messages.text
    assert page.places.cards


def test_that_cards_wrap_and_nothing_is_cut(start: Callable[[], StartPage], home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    calls_file().write_text(CALLS)
    page = start()
    for width in (420, 700, 1280):
        page.resize(width, 600)
        QTest.qWait(0)
        for card in page.calls.cards:
            assert card.height() >= card.heightForWidth(card.width())
            assert page.calls.rect().contains(card.geometry())


def test_that_an_unreachable_aspire_is_not_called_missing(
    page: Callable[..., StartPage], desk: Desk, sandbox: Any, settle: Callable[[], None]
) -> None:
    sandbox.fault(status=503)
    made = page(StartPage, desk)
    made.open(Target("start"))
    settle()
    assert lines(made)[1].startswith("Cannot tell: ")
