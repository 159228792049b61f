"""The Import screen opened on a file, as a demonstration does."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from portal_admin.errors import DatabaseProblem
from portal_admin.ui import background
from portal_admin.ui.imports.page import ImportsPage, Tab
from portal_admin.ui.navigation import Target
from tests.ui.acting import press, said


def test_that_a_file_asked_for_is_read_and_nothing_is_rehearsed(
    screen: ImportsPage, people_file: Path
) -> None:
    screen.open(Target("imports", file=str(people_file)))
    background.wait_idle()
    assert "people.csv: 6 rows" in said(screen)
    assert not screen.tabs.isTabEnabled(Tab.DRY_RUN)


def test_that_coming_back_keeps_what_was_chosen_for_that_file(screen: ImportsPage, people_file: Path) -> None:
    there = Target("imports", file=str(people_file))
    screen.open(there)
    background.wait_idle()
    before = screen.new.table
    screen.open(there)
    background.wait_idle()
    assert screen.new.table is before


def test_that_a_page_that_could_not_look_offers_to_look_again(
    screen: ImportsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_desk: object) -> NoReturn:
        raise DatabaseProblem("The portal database file cannot be opened.")

    with monkeypatch.context() as context:
        context.setattr("portal_admin.services.sites.list_sites", away)
        screen.refresh()
        background.wait_idle()
    assert "cannot be opened" in screen.messages.text
    press(screen.messages, "Retry")
    background.wait_idle()
    assert screen.messages.text == ""


def test_that_a_file_that_is_gone_is_said(screen: ImportsPage, tmp_path: Path) -> None:
    screen.open(Target("imports", file=str(tmp_path / "gone.csv")))
    background.wait_idle()
    assert "gone.csv" in said(screen)
