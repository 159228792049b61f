"""The Audit screen as an auditor uses it: finding events, reading a story, proving the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine, text

from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import Method, Proof
from portal_admin.models.engine import writing
from portal_admin.services import audit, audit_list, sites, story, users
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.audit.event_rows import EventSource
from portal_admin.ui.audit.page import AuditPage
from portal_admin.ui.audit.timeline import MomentLine
from portal_admin.ui.navigation import Target
from portal_admin.ui.tables.rows import Query
from portal_admin.ui.theme import DARK, LIGHT
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.operators import appoint
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]
ANN = "ann@prairie.example"


@pytest.fixture
def worked(engine: Engine, offline_desk: Desk) -> Desk:
    """Four operations of two operators, the last of three events."""
    appoint(engine, "casey")
    fill_portal(engine)
    casey = replace(offline_desk, operator="casey")
    users.edit_user(offline_desk, site="NW", email=ANN, last_name="Olson")
    users.edit_user(casey, site="NW", email="pat@prairie.example", first_name="Patricia")
    sites.set_labels(offline_desk, key="NW", labels=["EASTERN"], unlabelled=True)
    proof = Proof(Method.CALL_BACK, "402-555-0199")
    users.change_email(casey, site="NW", email=ANN, to="ann@married.example", proof=proof)
    return offline_desk


@pytest.fixture
def audit_page(worked: Desk, page: Callable[..., Any], settle: Settle) -> AuditPage:
    made: AuditPage = page(AuditPage, worked)
    made.open(Target("audit"))
    settle()
    return made


def lines(table: Any) -> list[str]:
    """Each line of a table as one text."""
    model = table.model
    return [
        " | ".join(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def tamper(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        connection.execute(text(statement))


def test_that_events_are_told_newest_first(audit_page: AuditPage) -> None:
    shown = [line.split(" | ")[1:4] for line in lines(audit_page.table)]
    assert shown[0] == ["casey", "Created Ann Olson, Pending, linked to A-001", "ann@married.example"]
    assert shown[-1] == ["tester", "Changed last name: Active → Olson", ANN]
    assert len(shown) == 6
    assert audit_page.filters.count.text() == "6 events"


def test_that_events_are_filtered_by_text_operator_action_and_time(
    audit_page: AuditPage, settle: Settle, qtbot: Any
) -> None:
    bar = audit_page.filters
    qtbot.keyClicks(bar.search, "PAT@")
    settle()
    assert bar.count.text() == "1 event matches"
    bar.clear_button.click()
    settle()
    assert [bar.operator.itemText(i) for i in range(bar.operator.count())] == ["Everybody", "casey", "tester"]
    bar.operator.setCurrentIndex(bar.operator.findData("tester"))
    settle()
    assert bar.count.text() == "2 events match"
    bar.action.setCurrentIndex(bar.action.findData("site.set_labels"))
    settle()
    (only,) = lines(audit_page.table)
    assert "Mapped private labels: NORTHWIND → EASTERN" in only
    bar.clear()
    settle()
    bar.period.setCurrentIndex(bar.period.count() - 1)
    bar.first.setDate(QDate(2020, 1, 2))
    bar.last.setDate(QDate(2020, 1, 1))
    settle()
    assert "No event matches the filters." in said(audit_page.table)
    press(audit_page.table, "Clear filters")
    settle()
    assert bar.count.text() == "6 events"
    assert not bar.first.isVisible()


def test_that_the_period_of_today_holds_today(audit_page: AuditPage, worked: Desk, settle: Settle) -> None:
    audit_page.filters.period.setCurrentIndex(1)
    settle()
    assert audit_page.filters.count.text() == "6 events match"


def test_that_the_details_show_before_and_after_and_the_rest_of_the_operation(
    audit_page: AuditPage, settle: Settle
) -> None:
    audit_page.table.view.select_row(1)
    settle()
    words = said(audit_page.details).replace("\u200b", "").split("\n")
    for told in ("Before", "After", "Active", "Inactive", "casey", "NW", "Done in the same operation"):
        assert told in words, told
    created = "Created Ann Olson, Pending, linked to A-001"
    press(audit_page.details, f"{created[:43]}…" if len(created) > 44 else created)
    settle()
    assert audit_page.table.current_key == 6


def test_that_a_large_operation_is_listed_as_a_whole(
    worked: Desk, page: Callable[..., Any], settle: Settle
) -> None:
    with changing(worked) as connection:
        line = {"action": "user.create", "site_key": "NW", "before": None, "after": None, "reason": None}
        audit.record_all(connection, worked, [{**line, "subject": f"p{n}@x.example"} for n in range(9)])
    made: AuditPage = page(AuditPage, worked)
    made.open(Target("audit"))
    settle()
    made.table.view.select_row(0)
    settle()
    press(made.details, "Show all 9")
    settle()
    assert made.filters.count.text() == "9 events of one operation"
    made.filters.operator.setCurrentIndex(1)
    settle()
    assert "match" in made.filters.count.text()


def test_that_enter_opens_the_story_of_a_person_across_addresses(
    audit_page: AuditPage, qtbot: Any, settle: Settle
) -> None:
    audit_page.table.view.select_row(0)
    audit_page.table.view.setFocus()
    qtbot.keyClick(audit_page.table.view, Qt.Key.Key_Return)
    settle()
    assert audit_page.story.isVisible()
    words = said(audit_page.story).replace("\u200b", "")
    assert "Ann Olson" in words
    assert "Changed last name: Active → Olson" in words
    assert f"Changed the email from {ANN} to ann@married.example" in words
    assert "Registration mail waits to be sent" in words
    press(audit_page.story, "All events")
    assert audit_page.table.isVisible()


def test_that_a_target_opens_a_story_and_leads_on(audit_page: AuditPage, settle: Settle) -> None:
    gone: list[Target] = []
    audit_page.navigator.open.connect(gone.append)
    audit_page.open(Target("audit", site="NW", email="pat@prairie.example"))
    settle()
    assert "Changed first name: Pat → Patricia" in said(audit_page.story)
    press(audit_page.story, "Account access")
    assert gone == [Target("account_access", site="NW", email="pat@prairie.example")]


def test_that_people_without_a_story_are_told_so(audit_page: AuditPage, settle: Settle) -> None:
    audit_page.open(Target("audit", site="NW", email="who@x.example"))
    settle()
    assert "Nothing is known of who@x.example on site NW." in said(audit_page.story)
    audit_page.open(Target("audit", site="NW", email="hal@prairie.example"))
    settle()
    assert audit_page.story.state.state is State.NOTHING


def test_that_a_long_story_is_shown_in_parts(
    worked: Desk, page: Callable[..., Any], settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.ui.audit.story_view.SHOWN", 2)
    whole = len(story.story(worked, site="NW", email=ANN).moments)
    made: AuditPage = page(AuditPage, worked)
    made.open(Target("audit", site="NW", email=ANN))
    settle()
    assert len(made.story.findChildren(MomentLine)) == 2
    press(made.story, "Show 2 older")
    assert len([line for line in made.story.findChildren(MomentLine) if line.isVisible()]) == 4 < whole


def test_that_a_sound_audit_is_proved(audit_page: AuditPage, settle: Settle) -> None:
    audit_page.verify_button.click()
    settle()
    assert audit_page.proof.text.startswith("The audit is sound\n6 lines")
    assert not audit_page.proof.progress.isVisible()


def test_that_a_broken_audit_names_its_first_broken_line_and_shows_it(
    audit_page: AuditPage, engine: Engine, settle: Settle
) -> None:
    tamper(engine, "update audit_event set operator = 'x' where id = 3")
    audit_page.filters.operator.setCurrentIndex(1)
    audit_page.verify_button.click()
    settle()
    assert audit_page.proof.text.startswith("The audit is broken at line 3\nIt was edited")
    press(audit_page.proof, "Show the line")
    settle()
    assert audit_page.table.current_key == 3
    assert not audit_page.filters.filters.is_set


def test_that_verification_that_could_not_be_made_says_nothing_of_the_audit(
    audit_page: AuditPage, engine: Engine, settle: Settle
) -> None:
    tamper(engine, "alter table audit_event rename to away")
    audit_page.verify_button.click()
    settle()
    assert "sound" not in audit_page.proof.text
    assert audit_page.proof.result.property("meaning") == "unknown"
    tamper(engine, "alter table away rename to audit_event")


def test_that_rows_that_cannot_be_read_can_be_tried_again(
    audit_page: AuditPage, engine: Engine, settle: Settle
) -> None:
    tamper(engine, "alter table audit_event rename to away")
    audit_page.refresh()
    settle()
    assert audit_page.table.state.state is State.FAILED
    assert audit_page.filters.count.text() == "Not known how many"
    assert not audit_page.details.isVisible()
    tamper(engine, "alter table away rename to audit_event")
    press(audit_page.table, "Retry")
    settle()
    assert audit_page.filters.count.text() == "6 events"


def test_that_an_empty_audit_says_so(offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> None:
    made: AuditPage = page(AuditPage, offline_desk)
    made.open(Target("audit"))
    settle()
    assert "Nothing was done yet. Every change will stand here." in said(made)


def test_that_what_is_shown_is_exported(
    audit_page: AuditPage, worked: Desk, tmp_path: Path, settle: Settle
) -> None:
    audit_page.filters.operator.setCurrentIndex(audit_page.filters.operator.findData("tester"))
    settle()
    audit_page.export_button.click()
    panel = audit_page.export_panel
    assert panel.what.text() == "The 2 events that match"
    panel.export(tmp_path / "audit.csv")
    settle()
    assert "2 events were written to audit.csv." in audit_page.messages.text
    assert len((tmp_path / "audit.csv").read_text(encoding="utf-8-sig").splitlines()) == 3
    (event,) = audit_list.list_events(worked, AuditFilter(action="audit.export"))
    assert event.line.after == {"operator": "tester", "rows": 2}
    panel.save_button.setEnabled(True)
    panel.start(AuditFilter(), 7)
    panel.export(tmp_path / "audit.txt")
    settle()
    assert "must end in .xlsx or .csv" in panel.form.fields["file"].error


def test_that_who_may_only_look_reads_why_export_is_refused(
    worked: Desk, engine: Engine, page: Callable[..., Any], settle: Settle
) -> None:
    appoint(engine, "reader", Role.READ_ONLY)
    made: AuditPage = page(AuditPage, replace(worked, operator="reader"))
    made.open(Target("audit"))
    settle()
    assert not made.export_button.isEnabled()
    assert "CSRs" in made.export_button.accessibleDescription()
    made.verify_button.click()
    settle()
    assert made.proof.text.startswith("The audit is sound")


@pytest.mark.parametrize("descending", [True, False])
def test_that_a_line_is_found_by_its_rank(worked: Desk, descending: bool) -> None:
    source = EventSource(worked)
    for wanted in (AuditFilter(), AuditFilter(operator="casey")):
        snapshot = source.snapshot(Query(wanted, "when", descending))
        rows = source.page(snapshot.token, 0, 10)
        assert [source.rank(snapshot.token, row.key) for row in rows] == list(range(len(rows)))
        assert source.rank(snapshot.token, 99) is None
        assert source.rank(snapshot.token, "x") is None


def test_that_everything_that_takes_the_keyboard_has_a_name(
    audit_page: AuditPage, unnamed: Callable[[QWidget], list[str]], settle: Settle
) -> None:
    audit_page.table.view.select_row(1)
    audit_page.filters.period.setCurrentIndex(audit_page.filters.period.count() - 1)
    audit_page.verify_button.click()
    settle()
    assert unnamed(audit_page) == []
    audit_page.open(Target("audit", site="NW", email=ANN))
    settle()
    assert unnamed(audit_page) == []


@pytest.mark.parametrize(("scheme", "window"), [("light", LIGHT.window), ("dark", DARK.window)])
def test_that_it_is_painted_in_both_schemes(
    audit_page: AuditPage, render: Callable[..., Path], scheme: str, window: str
) -> None:
    for target in (Target("audit"), Target("audit", site="NW", email=ANN)):
        audit_page.open(target)
        image = QImage(str(render(audit_page, "audit", scheme)))
        assert image.pixelColor(4, 4) == QColor(window)


def test_that_the_screen_closed_with_work_in_flight_leaves_nothing_behind(audit_page: AuditPage) -> None:
    audit_page.refresh()
    audit_page.verify_button.click()
    audit_page.close()
    assert background.drain(5)
