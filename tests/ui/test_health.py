"""The Sync & health screen: what it shows, how it recovers by itself, and what it copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from sqlalchemy import Engine, insert

from portal_admin.credentials import Secret, remember_for_session
from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Result
from portal_admin.models import lease, setting, sync_run
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.health import health
from portal_admin.services.sync import sync
from portal_admin.settings import Profile
from portal_admin.ui.health.page import REFRESH_EVERY, TRY_AGAIN_EVERY, HealthPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.theme import DARK, LIGHT
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import appoint
from tests.services.test_health import queue_mail, start_import
from tests.ui.portal_filling import fill_people, fill_portal, fill_sites
from tests.ui.table_lines import lines

Settle = Callable[[], None]
Open = Callable[..., HealthPage]


@pytest.fixture
def profile(database_url: str, sandbox: Sandbox) -> Profile:
    remember_for_session("Test", Secret.ASPIRE, "sandbox")
    return Profile("Test", database_url, sandbox.url, "sandbox")


@pytest.fixture
def open_page(desk: Desk, profile: Profile, page: Callable[..., Any], settle: Settle) -> Open:
    """Open the screen on what the database and ASPIRE hold by then."""

    def build(at: Desk = desk) -> HealthPage:
        made: HealthPage = page(HealthPage, at, profile)
        made.open(Target("health"))
        settle()
        return made

    return build


@contextmanager
def away(engine: Engine) -> Iterator[None]:
    """The portal database cannot be opened for a while."""
    path = Path(str(engine.url.database))
    moved = path.with_suffix(".away")
    engine.dispose()
    path.rename(moved)
    try:
        yield
    finally:
        moved.rename(path)


def named(page: HealthPage, name: str) -> QPushButton:
    return next(one for one in page.findChildren(QPushButton) if one.accessibleName() == name)


def tick(page: HealthPage, settle: Settle) -> None:
    """What its timer does when its time is over."""
    page.refresh_timer.timeout.emit()
    settle()


def found(page: HealthPage) -> dict[str, str]:
    return {one.check: one.result.value for one in page.checks.findings}


def add_run(engine: Engine, outcome: str, **values: Any) -> None:
    with writing(engine) as connection:
        plain = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=75), "full": False}
        names = {"operator": "svc-sync", "read": 1234, "changed": 5, "removed": 1, "outcome": outcome}
        connection.execute(insert(sync_run).values(plain | names | values))


def test_that_a_synced_desk_shows_fresh_data_its_run_and_checks_that_hold(
    desk: Desk, open_page: Open
) -> None:
    sync(desk)
    page = open_page()
    assert lines(page.classes)[0] == "Accounts | just now | 15 min | 20:15 | Fresh"
    assert "Amortization schedule | just now | 1 d | 22 Nov 20:00 | Fresh" in lines(page.classes)
    assert lines(page.runs)[0].startswith("20:00 | Done | ")
    assert found(page)["sync_age"] == "pass"
    assert page.checks.summary.text() == "Everything works"
    assert page.work.lines == ["No mail waits to be sent."]
    assert (page.restored.text, page.trouble.text, page.messages.text) == ("", "", "")


def test_that_a_new_portal_says_that_no_sync_has_run(open_page: Open) -> None:
    page = open_page()
    assert page.runs.state.state is State.NOTHING
    assert lines(page.classes)[:2] == ["Too old to rely on", "Accounts | never read | 15 min | now | Stale"]
    assert found(page)["sync_age"] == "fail"


def test_that_old_data_is_marked_and_stands_first(desk: Desk, clock: Clock, open_page: Open) -> None:
    sync(desk)
    clock.now += timedelta(hours=3)
    told = lines(open_page().classes)
    assert told[:2] == ["Too old to rely on", "Accounts | 3 h ago | 15 min | now | Stale"]
    assert told[told.index("Fresh") + 1].startswith("Amortization schedule | 3 h ago | 1 d |")


def test_that_a_selected_run_says_who_ran_it_and_all_it_said(
    desk: Desk, engine: Engine, open_page: Open
) -> None:
    add_run(engine, "failed", started_at=NOW - timedelta(minutes=5), message="ASPIRE did not answer.")
    add_run(engine, "done", full=True, message="One.\nTwo.")
    page = open_page()
    assert lines(page.runs) == [
        "20:00 | Done, full | 1,234 | 5 | 1 | 1 min | svc-sync | 2 warnings",
        "19:55 | Failed | 1,234 | 5 | 1 | 6 min | svc-sync | ASPIRE did not answer.",
    ]
    assert not page.said.isVisible()
    page.runs.select(NOW)
    assert page.said.text() == "Run by svc-sync. One.\nTwo."


def test_that_waiting_mails_dead_letters_and_stopped_imports_are_told(
    engine: Engine, open_page: Open
) -> None:
    fill_portal(engine)
    with writing(engine) as connection:
        connection.execute(insert(setting).values(key="mail.host", value="mail.example"))
        queue_mail(connection, 20)
        queue_mail(connection, 3, "failed", kind="reset", attempts=8, failure="The server refused it.")
        queue_mail(connection, 4, "sent", sent_at=NOW)
        start_import(connection)
    assert open_page().work.lines == [
        "1 mail waits to be sent, since 19:40. See that the server runs `portal-admin mail send --every 1m`.",
        "Mails of NW wait because nobody said who they come from. "
        "Run `portal-admin sites set-brand`, once for each site.",
        "1 mail was sent, just now.",
        "The reset mail to ann@prairie.example (NW) of 19:57 was given up. The server refused it.",
        "The import of people.xlsx into NW, begun 20:00 by jdoe, stopped at 2 of 4 rows. "
        "Resume it on the Import page: each row takes effect once, whoever goes on.",
    ]


def test_that_mails_without_a_mail_server_are_worth_a_look_at_once(engine: Engine, open_page: Open) -> None:
    fill_portal(engine)
    with writing(engine) as connection:
        queue_mail(connection, 1)
    shown = open_page().work._shown[0]
    assert shown.result is Result.ADVICE
    assert shown.fix.startswith("No mail server is named, so none leaves.")


@pytest.mark.parametrize(
    ("pressed", "left"), [("Send again to ann@prairie.example", 1), ("Send all of them again", 0)]
)
def test_that_mails_that_were_given_up_are_sent_again_one_by_one_or_all_at_once(
    pressed: str, left: int, engine: Engine, desk: Desk, open_page: Open, settle: Settle
) -> None:
    fill_portal(engine)
    with writing(engine) as connection:
        for number in range(2):
            queue_mail(connection, number, "failed", attempts=8, failure="The server refused it.")
    page = open_page()
    named(page, pressed).click()
    settle()
    mail = health(desk).mail
    assert (mail.failed, mail.queued) == (left, 2 - left)
    assert "sent again." in page.messages.text


def test_that_who_may_not_send_mail_sees_why(engine: Engine, desk: Desk, open_page: Open) -> None:
    fill_portal(engine)
    with writing(engine) as connection:
        queue_mail(connection, 1, "failed", failure="The server refused it.")
    appoint(engine, "casey", Role.CSR)
    again = named(open_page(replace(desk, operator="casey")), "Send again to ann@prairie.example")
    assert not again.isEnabled()
    assert "is for Administrators; you are CSR" in again.toolTip()


def test_that_the_restored_alarm_stays_until_a_full_sync_and_offers_one(
    desk: Desk, sandbox: Sandbox, open_page: Open, settle: Settle
) -> None:
    sync(desk)
    sandbox.restore()
    page = open_page()
    page.sync_box.sync_button.click()
    settle()
    assert "ASPIRE was restored from a backup" in page.messages.text
    assert "was restored from a backup since the last full sync" in page.restored.text
    page.restored.action.click()
    settle()
    assert page.restored.text == ""
    assert page.messages.text.startswith("Synced: ")


def test_that_aspire_down_fails_its_checks_and_hides_no_other(
    desk: Desk, sandbox: Sandbox, open_page: Open
) -> None:
    sync(desk)
    sandbox.fault(drop="before")
    page = open_page()
    results = found(page)
    assert (results["aspire"], results["database"], results["sync_age"]) == ("fail", "pass", "pass")
    assert page.checks.findings[0].check == "aspire"
    assert page.checks.summary.text() == "Something needs attention"
    assert lines(page.classes)[0].startswith("Accounts")


def test_that_a_locked_database_fails_one_check_and_the_rest_is_read(
    desk: Desk, engine: Engine, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(desk)
    monkeypatch.setattr("portal_admin.models.engine.BUSY_SECONDS", 0)
    monkeypatch.setattr("portal_admin.models.engine.PRAGMAS", ("busy_timeout = 0", "foreign_keys = on"))
    with closing(sqlite3.connect(str(engine.url.database), isolation_level=None)) as other:
        other.execute("begin immediate")
        page = open_page()
        other.execute("rollback")
    (locked,) = (one for one in page.checks.findings if one.check == "write_access")
    assert "Another program is writing to the portal database." in locked.message
    assert found(page)["database"] == "pass"
    assert lines(page.classes)[0].startswith("Accounts")


def test_that_a_database_that_went_away_keeps_what_was_read_says_so_and_recovers_by_itself(
    desk: Desk, engine: Engine, open_page: Open, settle: Settle
) -> None:
    sync(desk)
    page = open_page()
    page.classes.select("contracts")
    page.copy_button.setFocus()
    before = lines(page.classes)
    with away(engine):
        tick(page, settle)
        assert "What is shown here was read at 20:00. Trying again." in page.trouble.text
        assert page.refresh_timer.interval() == TRY_AGAIN_EVERY <= 2_000
        assert lines(page.classes) == before
    tick(page, settle)
    assert (page.trouble.text, page.refresh_timer.interval()) == ("", REFRESH_EVERY)
    assert page.copy_button.hasFocus()
    assert page.classes.current_key == "contracts"


def test_that_a_page_opened_without_a_database_could_not_look_and_looks_again_by_itself(
    desk: Desk, profile: Profile, engine: Engine, page: Callable[..., Any], settle: Settle
) -> None:
    made: HealthPage = page(HealthPage, desk, profile)
    with away(engine):
        made.open(Target("health"))
        settle()
        assert made.classes.state.state is made.runs.state.state is State.FAILED
        assert made.classes.state.try_again.isActive()
        assert found(made)["database"] == "fail"
    made.classes.state.try_again.timeout.emit()
    settle()
    assert made.classes.state.state is State.CONTENT
    assert not made.classes.state.try_again.isActive()


def test_that_it_reads_by_itself_only_while_it_is_in_view(open_page: Open) -> None:
    page = open_page()
    assert page.refresh_timer.isActive()
    page.hide()
    assert not page.refresh_timer.isActive()


def test_that_a_reading_that_takes_long_is_waited_for_and_not_begun_anew(
    open_page: Open, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, begun = open_page(), []
    real = page.run
    monkeypatch.setattr(page, "run", lambda *given, **more: (begun.append(1), real(*given, **more)))
    for _ in range(3):
        page.refresh_timer.timeout.emit()
    assert len(begun) == 1
    settle()
    tick(page, settle)
    assert len(begun) == 2


def test_that_sync_now_reads_what_changed_and_tells_how_much(
    desk: Desk, open_page: Open, settle: Settle
) -> None:
    page = open_page()
    assert page.sync_box.sync_button.isEnabled()
    page.sync_box.sync_button.setFocus()
    QTest.keyClick(page.sync_box.sync_button, Qt.Key.Key_Space)
    assert page.sync_box.strip.cancel_button.hasFocus()
    assert not page.sync_box.sync_button.isEnabled()
    settle()
    assert page.sync_box.sync_button.hasFocus()
    assert not page.sync_box.strip.isVisible()
    assert page.messages.text.startswith("Synced: ")
    assert lines(page.runs)[0].startswith("20:00 | Done")


def test_that_a_sync_can_be_cancelled_and_the_next_one_goes_on(
    desk: Desk, open_page: Open, settle: Settle
) -> None:
    page = open_page()
    page.sync_box.sync_button.click()
    page.sync_box.strip.cancel_button.click()
    settle()
    assert "The sync was stopped before its end" in page.messages.text
    page.sync_box.sync_button.click()
    settle()
    assert page.messages.text.startswith("Synced: ")


def test_that_a_refused_sync_shows_its_reason(desk: Desk, open_page: Open) -> None:
    appoint(desk.engine, "casey", Role.CSR)
    page = open_page(replace(desk, operator="casey"))
    assert not page.sync_box.sync_button.isEnabled()
    assert page.sync_box.reason.text() == "“Sync” is for Administrators; you are CSR. Ask an Administrator."
    assert not page.restored.action.isVisible()
    page.sync_box.sync()
    assert not page.sync_box.work.is_running


def test_that_who_is_syncing_now_is_named(desk: Desk, open_page: Open) -> None:
    with writing(desk.engine) as connection:
        values = {"name": "sync", "holder": "sync-server:17:abc", "expires_at": NOW + timedelta(minutes=3)}
        connection.execute(insert(lease).values(values))
    assert open_page().sync_box.reason.text() == "sync-server:17:abc is syncing now."


def test_that_diagnostics_are_copied_without_anybodys_data(
    engine: Engine, open_page: Open, settle: Settle
) -> None:
    fill_sites(engine)
    fill_people(engine)
    with writing(engine) as connection:
        queue_mail(connection, 3, "failed", failure="ann@prairie.example is unknown.")
    page = open_page()
    page.copy_button.click()
    settle()
    copied = QGuiApplication.clipboard().text()
    assert "Qt 6." in copied
    assert "pass database: The portal database answers (sqlite)." in copied
    assert "registration after 0 tries: [email] is unknown." in copied
    assert "ann@" not in copied
    assert page.messages.text.startswith("Diagnostics were copied, ")


def test_that_everything_is_named_and_nothing_steals_the_focus_of_the_box_above(
    desk: Desk, shell: Callable[..., Any], settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    window = shell(desk, place="health")
    assert unnamed(window) == []
    window.find_box.setFocus()
    tick(window.current_page, settle)
    assert QApplication.focusWidget() is window.find_box


@pytest.mark.parametrize(("scheme", "colours"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("width", [1280, 860])
def test_that_the_screen_is_painted_in_both_themes(
    width: int,
    scheme: str,
    colours: Any,
    desk: Desk,
    engine: Engine,
    open_page: Open,
    render: Callable[..., Path],
) -> None:
    fill_portal(engine)
    add_run(engine, "failed", operator="a very long name of a service account", message="x" * 500)
    page = open_page()
    page.resize(width, 560)
    page.runs.select(NOW)
    image = QImage(str(render(page, f"health-{width}", scheme)))
    assert image.pixelColor(2, 2) == QColor(colours.window)
    assert page.minimumSizeHint().width() <= width
