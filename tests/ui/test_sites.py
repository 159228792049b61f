"""The Sites screen as an administrator uses it: creating a site, mapping labels with the preview, undoing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine, text

from portal_admin.domain.people import Site
from portal_admin.services import sites
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui import background
from portal_admin.ui.navigation import Target
from portal_admin.ui.sites.page import SitesPage
from portal_admin.ui.theme import DARK, LIGHT
from portal_admin.ui.widgets.state_panel import State
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_people, fill_portal, fill_sites, fill_snapshot

Settle = Callable[[], None]
Open = Callable[..., SitesPage]


@pytest.fixture
def open_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> Open:
    """Open the screen on what the database holds by then."""

    def build(**target: str) -> SitesPage:
        made: SitesPage = page(SitesPage, offline_desk)
        made.open(Target("sites", **target))
        settle()
        return made

    return build


def lines(table: Any) -> list[str]:
    """Each line of a table as one text."""
    model = table.model
    return [
        " | ".join(
            str(model.index(row, column).data())
            for column in range(model.columnCount())
            if model.index(row, column).data()
        )
        for row in range(model.rowCount())
    ]


def site_of(desk: Desk, key: str) -> Site:
    return next(site for site in sites.list_sites(desk) if site.key == key)


def test_that_sites_are_listed_with_their_labels(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page()
    assert lines(page.sites) == [
        "NW | Northwind Leasing | NORTHWIND | taken | not set | on",
        "harbor | Harbor Finance | HARBOR | not taken | not set | on",
    ]


def test_that_a_label_of_no_site_stands_first_and_stands_out(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page()
    assert lines(page.labels) == [
        "Mapped to no site: nobody sees these contracts",
        "EASTERN | 2 | no site",
        "Mapped",
        "no label | 1 | NW",
        "HARBOR | 1 | harbor",
        "NORTHWIND | 4 | NW",
    ]


def test_that_a_target_selects_its_site(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    page = open_page(site="HARBOR")
    assert page.sites.current_key == "harbor"
    page.open(Target("sites", site="nowhere"))
    background.wait_idle()
    assert page.messages.text == "There is no site nowhere."


def test_that_a_site_is_created_by_keyboard_alone_and_selected(
    open_page: Open, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    page = open_page()
    assert "No site yet." in said(page)
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    panel = page.create_panel
    qtbot.keyClicks(panel.key, "NW")
    qtbot.keyClicks(panel.name, "Northwind Leasing")
    qtbot.keyClicks(panel.choice.typed, "NORTHWIND")
    qtbot.keyClick(panel.choice.typed, Qt.Key.Key_Return)
    assert panel.choice.boxes["northwind"].isChecked()
    panel.choice.boxes[""].setFocus()
    qtbot.keyClick(panel.choice.boxes[""], Qt.Key.Key_Space)
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    settle()
    made = site_of(offline_desk, "NW")
    assert (made.name, made.labels, made.unlabelled) == ("Northwind Leasing", ("NORTHWIND",), True)
    assert page.sites.current_key == "NW"
    assert "was created" in page.messages.text


def test_that_wrong_fields_say_so_and_keep_what_was_typed(
    engine: Engine, open_page: Open, qtbot: Any, settle: Settle
) -> None:
    fill_sites(engine)
    page = open_page()
    page.new_button.click()
    panel = page.create_panel
    panel.save_button.click()
    assert [panel.form.fields[key].error for key in ("key", "name")] == ["Type a key.", "Type a name."]
    qtbot.keyClicks(panel.key, "north wind")
    qtbot.keyClicks(panel.name, "Twice")
    panel.save_button.click()
    settle()
    assert "letters, digits" in panel.form.fields["key"].error
    panel.key.setText("nw")
    panel.save_button.click()
    settle()
    assert panel.form.fields["key"].error == "There is a site NW already."
    qtbot.keyClick(panel.key, Qt.Key.Key_Escape)
    page.new_button.click()
    assert (panel.key.text(), panel.name.text()) == ("nw", "Twice")


def test_that_mapping_shows_who_gains_and_loses_before_it_can_be_saved_and_is_undone(
    engine: Engine, open_page: Open, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.sites.view.setFocus()
    qtbot.keyClick(page.sites.view, Qt.Key.Key_Return)
    panel = page.map_panel
    assert "Nothing is changed yet." in said(panel)
    assert not panel.save_button.isEnabled()
    qtbot.keyClick(panel.choice.boxes["eastern"], Qt.Key.Key_Space)
    qtbot.keyClick(panel.choice.boxes[""], Qt.Key.Key_Space)
    assert not panel.save_button.isEnabled()
    settle()
    assert panel.change.counts.text() == "4 users gain 1 contract; 4 users lose 1 contract."
    assert lines(panel.change.table)[:2] == ["Gain", "ann@prairie.example | Active | 0012-0050 | Open"]
    assert panel.save_button.isEnabled()
    panel.save_button.click()
    settle()
    assert site_of(offline_desk, "NW").labels == ("EASTERN", "NORTHWIND")
    assert not site_of(offline_desk, "NW").unlabelled
    assert page.messages.text.startswith("Labels of NW were saved. 4 users gain 1 contract")
    press(page, "Undo")
    settle()
    assert site_of(offline_desk, "NW").labels == ("NORTHWIND",)
    assert site_of(offline_desk, "NW").unlabelled


def test_that_a_label_opens_the_form_with_the_keyboard_on_it(
    engine: Engine, open_page: Open, qtbot: Any
) -> None:
    fill_portal(engine)
    page = open_page()
    page.labels.select("EASTERN")
    qtbot.keyClick(page.labels.view, Qt.Key.Key_Return)
    assert page.messages.text == "Select the site that shall take the label first."
    page.sites.select("NW")
    qtbot.keyClick(page.labels.view, Qt.Key.Key_Return)
    assert page.focusWidget() is page.map_panel.choice.boxes["eastern"]


def test_that_a_stale_copy_is_warned_about(
    engine: Engine, open_page: Open, qtbot: Any, settle: Settle
) -> None:
    fill_sites(engine)
    fill_snapshot(engine, age=timedelta(hours=3))
    fill_people(engine)
    page = open_page(site="NW")
    assert page.age.text().endswith(", stale")
    page.map_button.click()
    page.map_panel.choice.boxes["eastern"].click()
    settle()
    assert "The portal's copy of ASPIRE is out of date" in said(page.map_panel)


def test_that_a_choice_is_kept_for_each_site_until_it_is_saved_or_discarded(
    engine: Engine, open_page: Open, qtbot: Any, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.map_button.click()
    panel = page.map_panel
    panel.choice.boxes["eastern"].click()
    qtbot.keyClick(panel.choice.boxes["eastern"], Qt.Key.Key_Escape)
    page.sites.select("harbor")
    page.map_button.click()
    assert not panel.choice.boxes["eastern"].isChecked()
    panel.close_panel()
    page.sites.select("NW")
    page.map_button.click()
    settle()
    assert panel.choice.boxes["eastern"].isChecked()
    assert "unsaved choice" in said(panel)
    assert panel.save_button.isEnabled()
    panel.discard_button.click()
    page.map_button.click()
    assert not panel.choice.boxes["eastern"].isChecked()


def test_that_a_conflict_names_theirs_and_keeps_mine(
    engine: Engine, open_page: Open, offline_desk: Desk, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.map_button.click()
    panel = page.map_panel
    panel.choice.boxes["eastern"].click()
    settle()
    sites.set_labels(offline_desk, key="NW", labels=["HARBOR"], unlabelled=False)
    panel.save_button.click()
    settle()
    told = said(panel.conflict).split("\n")
    mine = "EASTERN, NORTHWIND, contracts without a label"
    for words in ("NORTHWIND, contracts without a label", "HARBOR", mine):
        assert words in told, words
    assert panel.choice.boxes["eastern"].isChecked()
    assert site_of(offline_desk, "NW").labels == ("HARBOR",)
    panel.save_button.click()
    settle()
    assert site_of(offline_desk, "NW").labels == ("EASTERN", "NORTHWIND")


def test_that_theirs_can_be_taken(
    engine: Engine, open_page: Open, offline_desk: Desk, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.map_button.click()
    panel = page.map_panel
    panel.choice.boxes["eastern"].click()
    settle()
    sites.set_labels(offline_desk, key="NW", labels=["HARBOR"], unlabelled=False)
    panel.save_button.click()
    settle()
    press(panel, "Use theirs")
    settle()
    ticked = {key for key, box in panel.choice.boxes.items() if box.isChecked()}
    assert ticked == {"harbor"}
    assert "Nothing is changed yet." in said(panel)


def test_that_a_database_that_fails_is_never_an_empty_list(
    engine: Engine, open_page: Open, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page()
    with engine.begin() as connection:
        connection.execute(text("alter table site_private_label rename to away"))
    page.refresh()
    settle()
    assert page.sites.state.state is State.FAILED
    assert page.labels.state.state is State.FAILED
    assert "No site yet" not in said(page)
    with engine.begin() as connection:
        connection.execute(text("alter table away rename to site_private_label"))
    page.refresh()
    settle()
    assert len(lines(page.sites)) == 2


def test_that_a_preview_that_fails_cannot_be_saved_and_loses_nothing(
    engine: Engine, open_page: Open, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.map_button.click()
    panel = page.map_panel
    with engine.begin() as connection:
        connection.execute(text("alter table aspire_contract_role rename to away"))
    panel.choice.boxes["eastern"].click()
    settle()
    assert "Cannot tell who gains and loses what." in said(panel)
    assert not panel.save_button.isEnabled()
    with engine.begin() as connection:
        connection.execute(text("alter table away rename to aspire_contract_role"))
    press(panel, "Retry")
    settle()
    assert panel.save_button.isEnabled()
    assert panel.choice.boxes["eastern"].isChecked()


def test_that_labels_come_from_a_real_aspire(desk: Desk, page: Callable[..., Any], settle: Settle) -> None:
    sites.create_site(desk, key="NW", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    sync(desk)
    made: SitesPage = page(SitesPage, desk)
    made.open(Target("sites"))
    settle()
    shown = lines(made.labels)
    assert "LEGACY | 2 | no site" in shown
    assert any(line.startswith("no label | ") and line.endswith("NW") for line in shown)


def test_that_the_screen_closed_with_work_in_flight_leaves_nothing_behind(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any]
) -> None:
    fill_portal(engine)
    made: SitesPage = page(SitesPage, offline_desk)
    made.open(Target("sites", site="NW"))
    made.close()
    assert background.drain(5)


def test_that_everything_that_takes_the_keyboard_has_a_name_and_a_place(
    engine: Engine, open_page: Open, unnamed: Callable[[QWidget], list[str]], settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.resize(832, 500)
    for open_form, panel in ((page.map_button, page.map_panel), (page.new_button, page.create_panel)):
        open_form.click()
        settle()
        assert unnamed(page) == []
        assert page.width() == 832, panel.title.text()
        for child in panel.findChildren(QWidget):
            if child.isVisible() and not page.map_panel.change.table.isAncestorOf(child):
                assert child.mapTo(panel, child.rect().topRight()).x() <= panel.width(), child


@pytest.mark.parametrize(("scheme", "window"), [("light", LIGHT.window), ("dark", DARK.window)])
def test_that_it_is_painted_in_both_schemes(
    engine: Engine, open_page: Open, render: Callable[..., Path], scheme: str, window: str
) -> None:
    fill_portal(engine)
    image = QImage(str(render(open_page(), "sites", scheme)))
    assert image.pixelColor(4, 4) == QColor(window)


def test_that_a_draft_meets_what_others_saved_since_as_a_conflict(
    engine: Engine, open_page: Open, offline_desk: Desk, settle: Settle
) -> None:
    fill_portal(engine)
    page = open_page(site="NW")
    page.map_button.click()
    panel = page.map_panel
    panel.choice.boxes["eastern"].click()
    panel.close_panel()
    sites.set_labels(offline_desk, key="NW", labels=["HARBOR"], unlabelled=False)
    page.refresh()
    settle()
    page.map_button.click()
    settle()
    panel.save_button.click()
    settle()
    assert "HARBOR" in said(panel.conflict).split("\n")
    assert site_of(offline_desk, "NW").labels == ("HARBOR",)
