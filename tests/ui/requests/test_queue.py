"""The queue of requests: its order, its filters, what it leads to, and what it says when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from sqlalchemy import Engine

from portal_admin.domain.permissions import Role
from portal_admin.services.desk import Desk
from portal_admin.services.people import show_user
from portal_admin.services.requests import work
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.requests.caller_requests import CallerRequests
from portal_admin.ui.requests import story
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.operators import appoint
from tests.services.requests.asked import RUTH, change, stored
from tests.ui.acting import press, said
from tests.ui.requests.acting import PAUL, Open, Settle, keys, numbers

pytestmark = pytest.mark.databases("sqlite")


def test_that_the_queue_stands_by_urgency_with_words_ages_and_counts(
    open_page: Open, queue: dict[str, str], unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    assert numbers(shown) == [queue["late"], queue["due"], queue["waiting"]]
    cells = [list(map(text_of, row.cells)) for row in shown.queue.table.model.rows]
    assert cells[0] == [
        queue["late"],
        "Overdue by 1 h",
        "Question: Payoff <i>now</i>",
        "New",
        "nobody",
        "Ruth Olsen",
        "1 h",
        "0012-0045",
    ]
    assert [line[1] for line in cells[1:]] == ["Due in 9 h", "Waiting, past due"]
    counts = [made.text() for made in shown.queue.filters.counts.values()]
    assert counts == ["3 open", "1 overdue", "2 unassigned", "1 mine"]
    assert QApplication.focusWidget() is shown.queue.table.view
    assert shown.queue.current == shown.details.subject.number.text() == queue["late"]
    assert unnamed(shown) == []


def test_that_the_list_is_walked_with_j_and_k_and_shows_what_is_asked(
    open_page: Open, queue: dict[str, str], settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    words = said(shown.details)
    assert "Where is it?\n<b>now</b>" in words.replace("\u200b", "")
    for expected in ("Question: Payoff <i>now</i>", "ruth@prairie.example · MAIN", "Overdue by 1 h"):
        assert expected in words.replace("\u200b", "")
    keys(shown, settle, "jj")
    assert (shown.queue.current, shown.details.subject.number.text()) == (queue["waiting"],) * 2
    keys(shown, settle, "k")
    assert shown.details.subject.number.text() == queue["due"]
    assert "names no contract" in said(shown.details)
    assert unnamed(shown) == []


def test_that_filters_and_counts_narrow_the_queue_and_are_cleared(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    bar = shown.queue.filters
    for choose, wanted in (
        (lambda: bar.counts["overdue"].click(), {"late"}),
        (lambda: bar.counts["unassigned"].click(), {"late", "due"}),
        (lambda: bar.counts["mine"].click(), {"waiting"}),
        (lambda: bar.clear(), {"late", "due", "waiting"}),
        (lambda: bar.kind.setCurrentIndex(bar.kind.findText("Document")), {"due"}),
        (lambda: bar.status.setCurrentIndex(bar.status.findText("Done")), set()),
        (lambda: bar.kind.setCurrentIndex(0), {"done"}),
        (lambda: bar.status.setCurrentIndex(bar.status.findText("All")), set(queue)),
        (lambda: bar.site.setCurrentIndex(1), set(queue)),
    ):
        choose()
        settle()
        assert set(numbers(shown)) == {queue[name] for name in wanted}
        state = shown.queue.table.state.state
        assert state is (State.CONTENT if wanted else State.NOTHING)
        # The details are those of the list, or of nobody.
        assert (shown.details.request is not None) is bool(wanted)
        if shown.details.request is not None:
            assert shown.details.request.number == shown.queue.current
    assert bar.clear_button.isVisible()


def test_that_who_may_only_look_sees_everything_and_can_do_nothing(
    open_page: Open, queue: dict[str, str], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "rhea", Role.READ_ONLY)
    change(engine, queue["waiting"], hand_over="unknown", hand_over_key="k")
    shown = open_page(at=replace(desk, operator="rhea"))
    keys(shown, settle, "a")
    assert "CSRs and Administrators" in shown.messages.text
    work_part = shown.details.work
    for control in (work_part.who, work_part.mine, work_part.text, work_part.reply, work_part.note):
        assert not control.isEnabled()
        assert "CSRs and Administrators" in control.accessibleDescription()
    keys(shown, settle, "sh")
    assert (stored(engine, queue["late"]).status, shown.details.isVisible()) == ("New", True)
    keys(shown, settle, "jj")
    assert "Outcome unknown" in said(shown.details.aspire)
    assert not shown.details.aspire.look.isEnabled()


def test_that_targets_open_a_request_or_all_of_a_person_and_what_is_not_there_is_said(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    done = open_page(Target("requests", request="SR-000004"))
    assert (done.details.subject.number.text(), done.queue.current) == (queue["done"], None)
    waiting = open_page(Target("requests", request="3"))
    assert waiting.details.subject.number.text() == waiting.queue.current == queue["waiting"]
    paul = open_page(Target("requests", site="MAIN", email=PAUL))
    assert (numbers(paul), "only paul@new.example" in said(paul.queue.filters)) == ([queue["waiting"]], True)
    paul.queue.filters.site.setCurrentIndex(1)
    settle()
    assert set(numbers(paul)) == set(queue.values())
    missing = open_page(Target("requests", request="99"))
    assert "There is no service request SR-000099" in said(missing.details)
    assert "has a number such as SR-000123" in said(open_page(Target("requests", request="x")).details)


def test_that_the_caller_and_the_contract_are_one_press_away(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    gone: list[Target] = []
    shown.navigator.open.connect(gone.append)
    keys(shown, settle, "o")
    shown.details.subject.contract.click()
    assert shown.details.subject.contract.words == "0012-0045"
    assert gone == [
        Target("customer_care", site="MAIN", email=RUTH),
        Target("customer_care", site="MAIN", email=RUTH, contract="0012-0045"),
    ]


def test_that_a_queue_that_cannot_be_read_is_not_an_empty_one(
    open_page: Open, engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table service_request rename to elsewhere")
    shown.refresh()
    settle()
    assert shown.queue.table.state.state is State.FAILED
    with engine.begin() as connection:
        connection.exec_driver_sql("alter table elsewhere rename to service_request")
    press(shown.queue, "Retry")
    settle()
    assert len(numbers(shown)) == 3


def test_that_the_part_of_the_callers_page_lists_their_requests_and_leads_to_one(
    queue: dict[str, str], desk: Desk, opened: Callable[[QWidget], QWidget], settle: Settle
) -> None:
    part = CallerRequests(desk)
    opened(part)
    counted: list[int] = []
    targets: list[Target] = []
    part.counted.connect(counted.append)
    part.opened.connect(targets.append)
    part.show_caller(show_user(desk, site="MAIN", email=RUTH))
    settle()
    assert [str(row.key) for row in part.table.model.rows] == [queue["late"], queue["due"], queue["done"]]
    part.table.select(queue["due"])
    QTest.keyClick(part.table.view, Qt.Key.Key_Return)
    assert (counted, targets) == ([3], [Target("requests", request=queue["due"])])


def test_that_who_asks_is_shown_whole_where_there_is_room(open_page: Open, queue: dict[str, str]) -> None:
    shown = open_page(Target("requests", request=queue["late"]))
    link = shown.details.subject.caller
    assert link.text() == link.words
    assert 0 <= link.width() - QPushButton.sizeHint(link).width() <= 1, "no wider than it is"
    link.set_words("A very long name " * 9, name="Open it")
    QApplication.processEvents()
    assert link.text().endswith("…")


def test_that_long_text_and_many_notes_fit_in_both_schemes(
    open_page: Open,
    queue: dict[str, str],
    desk: Desk,
    render: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(story, "SHOWN", 5)
    for turn in range(8):
        work.add_note(desk, number=queue["late"], note=f"{turn} " + "long " * 60, for_caller=turn % 2 == 0)
    shown = open_page(Target("requests", request=queue["late"]))
    render(shown, "requests")
    render(shown, "requests", "dark")
    assert "older ones are in the audit" in said(shown.details.story)
