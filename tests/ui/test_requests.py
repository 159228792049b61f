"""The Requests screen: the queue and what is done with a request, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Engine

from portal_admin.domain.permissions import Role
from portal_admin.domain.service_request_comment import comment_of
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.people import show_user
from portal_admin.services.requests import show, work
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.requests.caller_requests import CallerRequests
from portal_admin.ui.requests.page import RequestsPage
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import NOW
from tests.fixtures.operators import appoint
from tests.services.filled import add_site, add_user
from tests.services.requests.asked import NO_CONTRACT, RUTH, ask, change, comments, stored
from tests.ui.acting import press, said

pytestmark = pytest.mark.databases("sqlite")
Settle = Callable[[], None]
Open = Callable[..., RequestsPage]
HOUR = timedelta(hours=1)
PAUL = "paul@new.example"
UNDO = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def queue(engine: Engine) -> dict[str, str]:
    """A late request, one that is due, one that waits, and one that is done."""
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New")
    return {
        "due": ask(engine, due_at=NOW + 9 * HOUR, kind="document", subject="Signed lease", **NO_CONTRACT),
        "late": ask(
            engine, due_at=NOW - HOUR, message="Where is it?\n<b>now</b>", subject="Payoff <i>now</i>"
        ),
        "waiting": ask(engine, PAUL, status="Waiting", due_at=NOW - HOUR, assigned_to="tester"),
        "done": ask(engine, status="Done", closed_at=NOW - HOUR, due_at=NOW - HOUR),
    }


@pytest.fixture
def open_page(queue: dict[str, str], page: Callable[..., Any], desk: Desk, settle: Settle) -> Open:
    def build(target: Target | None = None, at: Desk = desk) -> RequestsPage:
        made: RequestsPage = page(RequestsPage, at)
        made.open(target or Target("requests"))
        settle()
        return made

    return build


def numbers(shown: RequestsPage) -> list[str]:
    return [str(row.key) for row in shown.queue.table.model.rows]


def keys(shown: RequestsPage, settle: Settle, typed: str) -> None:
    """Type on the list."""
    shown.queue.table.view.setFocus()
    for letter in typed:
        QTest.keyClick(shown.queue.table.view, Qt.Key(ord(letter.upper())))
        settle()


def type_reply(shown: RequestsPage, text: str) -> None:
    assert QApplication.focusWidget() is shown.details.work.text
    QTest.keyClicks(shown.details.work.text, text)


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


def test_that_a_request_is_taken_started_and_answered_by_keyboard(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "a")
    assert stored(engine, queue["late"]).assigned_to == "tester"
    assert "is tester's now" in shown.messages.text
    keys(shown, settle, "sd")
    assert shown.details.work.form.fields["reply"].error.startswith("Type the reply first")
    type_reply(shown, "The quote is in your mail.")
    keys(shown, settle, "d")
    row = stored(engine, queue["late"])
    assert (row.status, row.closed_at) == ("Done", NOW)
    # What is done has left the queue, and the next one takes its place.
    assert numbers(shown) == [queue["due"], queue["waiting"]]
    assert shown.details.subject.number.text() == shown.queue.current == queue["due"]
    assert shown.details.typed == ""


def test_that_assigning_and_waiting_are_undone(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "a")
    QTest.keyClick(shown, Qt.Key.Key_Z, UNDO)
    settle()
    assert stored(engine, queue["late"]).assigned_to is None
    keys(shown, settle, "sw")
    assert stored(engine, queue["late"]).status == "Waiting"
    QTest.keyClick(shown, Qt.Key.Key_Z, UNDO)
    settle()
    assert stored(engine, queue["late"]).status == "In Progress"


def test_that_nobody_is_given_a_request_in_passing(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    box = shown.details.work.who
    box.setFocus()
    for pressed in (Qt.Key.Key_Down, Qt.Key.Key_C):
        QTest.keyClick(box, pressed)
        settle()
        assert (box.view().isVisible(), stored(engine, queue["late"]).assigned_to) == (True, None)
        box.hidePopup()
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(box.findData("casey"), 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    settle()
    assert stored(engine, queue["late"]).assigned_to == "casey"
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is shown.queue.table.view


def test_that_a_letter_typed_before_the_request_is_there_means_the_selected_one(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    shown = open_page()
    for pressed in (Qt.Key.Key_J, Qt.Key.Key_A):
        QTest.keyClick(shown.queue.table.view, pressed)
    settle()
    assert (shown.queue.current, stored(engine, queue["due"]).assigned_to) == (queue["due"], "tester")
    assert stored(engine, queue["late"]).assigned_to is None


def test_that_replies_and_notes_are_sent_by_key_and_shown_apart(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We look at it.")
    QTest.keyClick(shown.details.work.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "The portal shows your reply" in shown.messages.text
    shown.details.work.text.setPlainText("Called her.")
    press(shown.details, "Keep as note")
    settle()
    words = said(shown.details.story)
    assert "We look at it." in words
    assert "Reply to the caller · " in words
    assert "Note of the desk" in words
    keys(shown, settle, "s")
    assert "Changed: New → In Progress · " in said(shown.details.story)
    assert shown.details.typed == ""


def test_that_typed_text_stays_with_its_request_while_others_are_looked_at(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "Half a sent")
    keys(shown, settle, "j")
    assert shown.details.typed == ""
    keys(shown, settle, "k")
    assert shown.details.typed == "Half a sent"


def test_that_a_conflict_shows_theirs_beside_mine_and_keeps_what_is_typed(
    open_page: Open, queue: dict[str, str], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We mail it today.")
    casey = replace(desk, operator="casey")
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    work.add_note(casey, number=queue["late"], note="It was mailed yesterday.", for_caller=True)
    press(shown.details, "Send reply")
    settle()
    words = said(shown.details.conflict)
    for expected in (
        "New",
        "In Progress",
        "nobody",
        "casey",
        "It was mailed yesterday.",
        "We mail it today.",
    ):
        assert expected in words.replace("\u200b", "")
    assert shown.details.typed == "We mail it today."
    assert [note.note for note in show.show(desk, number=queue["late"]).notes] == ["It was mailed yesterday."]
    press(shown.details, "Send reply")
    settle()
    assert len(show.show(desk, number=queue["late"]).notes) == 2
    assert shown.details.conflict.isHidden()


def test_that_a_request_that_others_closed_stays_under_what_is_being_typed(
    open_page: Open, queue: dict[str, str], desk: Desk, engine: Engine, settle: Settle
) -> None:
    appoint(engine, "casey", Role.CSR)
    shown = open_page()
    keys(shown, settle, "r")
    type_reply(shown, "We mail it")
    casey = replace(desk, operator="casey")
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    work.set_status(casey, number=queue["late"], to=RequestStatus.DONE, reply="Mailed.")
    shown.refresh()
    settle()
    assert queue["late"] not in numbers(shown)
    assert shown.details.subject.number.text() == queue["late"]
    type_reply(shown, " today.")
    press(shown.details, "Send reply")
    settle()
    assert [note.note for note in show.show(desk, number=queue["late"]).notes] == [
        "Mailed.",
        "We mail it today.",
    ]
    work.set_status(casey, number=queue["late"], to=RequestStatus.IN_PROGRESS)
    shown.refresh()
    settle()
    shown.details.work.text.setPlainText("It is on its way.")
    work.set_status(casey, number=queue["late"], to=RequestStatus.DONE, reply="Mailed again.")
    press(shown.details, "Send reply")
    settle()
    assert shown.details.conflict.isVisible()
    assert (shown.details.typed, shown.details.subject.number.text()) == ("It is on its way.", queue["late"])


def test_that_a_hand_over_is_previewed_as_aspire_will_hold_it_and_done_once(
    open_page: Open, queue: dict[str, str], desk: Desk, settle: Settle
) -> None:
    shown = open_page()
    keys(shown, settle, "h")
    panel = shown.handing_over.panel
    assert panel.isVisible()
    assert not shown.details.isVisible()
    assert comments(desk) == ()
    draft = comment_of(show.show(desk, number=queue["late"]).request)
    assert panel.text.toPlainText() == draft.text
    assert QApplication.focusWidget() is panel.send_button
    QTest.keyClick(panel.send_button, Qt.Key.Key_Space)
    settle()
    (comment,) = comments(desk)
    assert comment.text == draft.text
    assert f"ASPIRE holds {queue['late']} as comment {comment.oid}" in shown.messages.text
    assert f"Held as comment {comment.oid}" in said(shown.details.aspire)
    assert not shown.details.aspire.button.isVisible()


def test_that_a_request_without_a_contract_says_why_it_cannot_be_handed_over(
    open_page: Open, queue: dict[str, str], settle: Settle
) -> None:
    shown = open_page(Target("requests", request=queue["due"]))
    assert "It names no contract, and ASPIRE keeps comments on contracts only" in said(shown.details.aspire)
    assert not shown.details.aspire.button.isVisible()
    keys(shown, settle, "h")
    assert "names no contract" in shown.messages.text
    assert shown.details.isVisible()


def test_that_an_unknown_outcome_is_told_looked_up_and_resolved(
    open_page: Open, queue: dict[str, str], desk: Desk, sandbox: Sandbox, settle: Settle
) -> None:
    shown = open_page()
    sandbox.fault(operation="createComment", status=500, times=1)
    keys(shown, settle, "h")
    QTest.keyClick(shown.handing_over.panel.send_button, Qt.Key.Key_Space)
    settle()
    assert "It is not known whether ASPIRE did that" in shown.messages.text
    # The details read it back by themselves.
    words = said(shown.details.aspire)
    assert "Outcome unknown" in words
    assert "ASPIRE does not hold it as of" in words
    sandbox.fault(operation="getComments", status=500)
    press(shown.details, "Look it up")
    settle()
    assert "ASPIRE reported an error" in shown.messages.text
    sandbox.clear_faults()
    press(shown.details, "Hand over to ASPIRE…")
    settle()
    press(shown.handing_over.panel, "Hand over now")
    settle()
    assert len(comments(desk)) == 1
    assert "Held as comment" in said(shown.details.aspire)


def test_that_a_hand_over_that_died_is_resolved_when_it_is_looked_at(
    open_page: Open, queue: dict[str, str], engine: Engine, settle: Settle
) -> None:
    change(engine, queue["late"], hand_over="sending", hand_over_key="k", handed_over_at=NOW - HOUR)
    shown = open_page(Target("requests", request=queue["late"]))
    assert stored(engine, queue["late"]).hand_over == "unknown"
    assert "Outcome unknown" in said(shown.details.aspire)


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


def test_that_long_text_and_many_notes_fit_in_both_schemes(
    open_page: Open, queue: dict[str, str], desk: Desk, render: Callable[..., Any], settle: Settle
) -> None:
    for turn in range(35):
        work.add_note(desk, number=queue["late"], note=f"{turn} " + "long " * 60, for_caller=turn % 2 == 0)
    shown = open_page(Target("requests", request=queue["late"]))
    render(shown, "requests")
    render(shown, "requests", "dark")
    assert "older ones are in the audit" in said(shown.details.story)
