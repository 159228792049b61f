"""The shared widgets: states, forms, messages, verdicts, and text from outside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Check, Edition, Result, Verdict
from portal_admin.errors import AspireTooSlow, DatabaseProblem, InvalidInput
from portal_admin.ui.messages import MessageBar
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import AgeLabel, age_text, clock_text
from portal_admin.ui.widgets.buttons import CopyButton, button, icon_button
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.header import PageHeader
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import State, StatePanel
from portal_admin.ui.widgets.text import CopyLabel, ElidedLabel, PlainLabel, literal_tooltip, quoted
from portal_admin.ui.widgets.verdict_view import VerdictView

pytestmark = pytest.mark.usefixtures("dressed")
HOSTILE = '<b>bold</b><img src="file:///etc/passwd"> & <a href="x">click</a>'
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def press(widget: QWidget, name: str) -> None:
    (found,) = [b for b in widget.findChildren(QPushButton) if b.text() == name and b.isVisible()]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def verdict(word: str, *checks: Check, area: str | None = None) -> Verdict:
    return Verdict(word, area, checks, Edition.E2026)


def test_that_markup_from_outside_is_shown_literally_everywhere(opened: Callable[..., Any]) -> None:
    bar, panel, view = MessageBar(), StatePanel(QWidget()), VerdictView()
    bar.error(DatabaseProblem(HOSTILE, title=HOSTILE))
    panel.failed(DatabaseProblem(HOSTILE), lambda: None)
    view.show_verdict(
        verdict("not_visible", Check("role", Result.FAIL, HOSTILE, HOSTILE, fix=HOSTILE)),
        now=NOW,
        subject=HOSTILE,
    )
    everything = [bar, panel, view, PageHeader(HOSTILE, HOSTILE), SidePanel(HOSTILE), StatusChip(HOSTILE)]
    everything += [PlainLabel(HOSTILE), ElidedLabel(HOSTILE), CopyLabel(HOSTILE)]
    holder = QWidget()
    column = QVBoxLayout(holder)
    for widget in everything:
        column.addWidget(widget)
    opened(holder)
    labels = holder.findChildren(QLabel)
    assert {label.textFormat() for label in labels if label.text()} == {Qt.TextFormat.PlainText}
    assert sum(HOSTILE in label.text() for label in labels) >= 9


def test_that_tooltips_are_escaped() -> None:
    shown = literal_tooltip(HOSTILE)
    assert "<b>" not in shown
    assert "&lt;b&gt;bold" in shown
    assert literal_tooltip("") == ""


def test_that_a_state_panel_shows_exactly_one_state(opened: Callable[..., Any]) -> None:
    content = QLabel("rows")
    panel = opened(StatePanel(content), 500, 300)
    assert panel.state is State.CONTENT
    assert content.isVisible()
    panel.nothing("No end users yet.", action="New end user", pressed=lambda: None)
    assert (panel.state, content.isVisible(), texts(panel)) == (State.NOTHING, False, ["No end users yet."])
    panel.not_allowed(
        "You have no role here yet", "Ask an Administrator.", "Look again", pressed=lambda: None
    )
    assert (panel.state, content.isVisible()) == (State.NOT_ALLOWED, False)
    assert texts(panel) == ["You have no role here yet", "Ask an Administrator."]
    panel.content()
    assert content.isVisible()
    assert texts(panel) == ["rows"]


def test_that_could_not_look_names_reason_time_and_id_and_retries(opened: Callable[..., Any]) -> None:
    retried: list[bool] = []
    panel = opened(StatePanel(QLabel("rows")), 500, 300)
    error = AspireTooSlow("ASPIRE did not answer within 8 seconds.")
    panel.failed(error, lambda: retried.append(True), at=NOW)
    title, reason, when = texts(panel)
    assert (title, reason) == (error.title, error.message)
    assert error.correlation_id in when
    assert f"{NOW.astimezone():%H:%M}" in when
    press(panel, "Retry")
    assert retried == [True]


def test_that_a_list_that_fails_leaves_the_keyboard_on_retry_and_comes_back_with_it(
    opened: Callable[..., Any],
) -> None:
    content = QLineEdit("rows")
    panel = opened(StatePanel(content), 500, 300)
    content.setFocus()
    panel.failed(DatabaseProblem("The portal database did not answer."), lambda: None, at=NOW)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Retry"
    panel.failed(DatabaseProblem("The portal database did not answer."), lambda: None, at=NOW)
    again = QApplication.focusWidget()
    assert again is not focused
    assert isinstance(again, QPushButton)
    panel.nothing("Nobody is called so.")
    panel.content()
    assert content.hasFocus()


def test_that_a_list_that_fails_takes_no_focus_from_elsewhere(opened: Callable[..., Any]) -> None:
    holder, search, panel = QWidget(), QLineEdit(), StatePanel(QLineEdit("rows"))
    column = QVBoxLayout(holder)
    column.addWidget(search)
    column.addWidget(panel)
    opened(holder, 500, 300)
    search.setFocus()
    panel.failed(DatabaseProblem("The portal database did not answer."), lambda: None, at=NOW)
    assert search.hasFocus()


def test_that_loading_keeps_the_old_content_until_an_answer(opened: Callable[..., Any]) -> None:
    content = QLabel("rows")
    panel = opened(StatePanel(content), 500, 300)
    panel.loading()
    assert panel.is_loading
    assert content.isVisible()
    panel.content()
    assert not panel.is_loading


def test_that_a_message_replaces_the_one_before_and_undo_works_by_keyboard(
    opened: Callable[..., Any], settle: Callable[[], None]
) -> None:
    undone: list[bool] = []
    bar = opened(MessageBar(), 600, 100)
    bar.info("Something to know.")
    bar.success("Jane Doe was deactivated.", undo=lambda: undone.append(True))
    assert bar.text == "Jane Doe was deactivated."
    settle()
    QTest.keyClick(bar, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert undone == [True]
    assert bar.text == ""


def test_that_an_error_message_holds_title_sentence_and_id(opened: Callable[..., Any]) -> None:
    retried: list[bool] = []
    bar = opened(MessageBar(), 600, 140)
    error = DatabaseProblem("The portal database is read-only for you.")
    bar.error(error, retry=lambda: retried.append(True))
    assert bar.text.splitlines() == [error.title, error.message, f"Id in the log: {error.correlation_id}"]
    assert bar.property("meaning") == Meaning.UNKNOWN  # could not look, which is no refusal
    press(bar, "Retry")
    assert retried == [True]


def test_that_an_inline_error_belongs_to_its_field_and_goes_when_edited(opened: Callable[..., Any]) -> None:
    form = Form()
    email = form.add("email", "&Email", QLineEdit(), hint="Cannot be changed later.")
    form.add("name", "&Name", QLineEdit())
    opened(form, 400, 200)
    assert form.show_error(InvalidInput("This is no email address.", field="email"))
    assert email.hasFocus()
    assert form.fields["email"].error == "This is no email address."
    assert email.accessibleDescription() == "This is no email address."
    QTest.keyClicks(email, "x")
    assert form.fields["email"].error == ""
    assert email.accessibleDescription() == "Cannot be changed later."
    assert not form.show_error(InvalidInput("No such field.", field="elsewhere"))


def test_that_fields_are_named_by_their_labels(
    opened: Callable[..., Any], unnamed: Callable[..., list[str]]
) -> None:
    form = Form()
    form.add("email", "&Email", QLineEdit())
    opened(form, 400, 200)
    assert unnamed(form) == []


def test_that_escape_closes_a_side_panel_keeps_the_draft_and_returns_the_focus(
    opened: Callable[..., Any],
) -> None:
    holder, first, edit, panel = QWidget(), QLineEdit(), QLineEdit(), SidePanel("New end user")
    panel.body.addWidget(edit)
    column = QVBoxLayout(holder)
    column.addWidget(first)
    column.addWidget(panel)
    opened(holder, 500, 400)
    first.setFocus()
    panel.open_panel(focus=edit)
    QTest.keyClicks(edit, "Jane")
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert first.hasFocus()
    panel.open_panel(focus=edit)
    assert edit.text() == "Jane"


def test_that_opening_a_panel_puts_the_keyboard_into_it(opened: Callable[..., Any]) -> None:
    holder, first, panel = QWidget(), QLineEdit(), SidePanel("About")
    close = panel.add_button("Close", panel.close_panel)
    column = QVBoxLayout(holder)
    column.addWidget(first)
    column.addWidget(panel)
    opened(holder, 500, 400)
    first.setFocus()
    panel.open_panel()
    assert close.hasFocus()


def test_that_search_waits_for_a_pause_and_not_after_enter(
    opened: Callable[..., Any], settle: Callable[[], None]
) -> None:
    field, heard = SearchField("Find end users"), []
    field.searched.connect(heard.append)
    opened(field, 300, 40)
    QTest.keyClicks(field, " jane ")
    assert heard == []
    settle()
    assert heard == ["jane"]
    QTest.keyClicks(field, "d")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["jane", "jane d"]
    QTest.keyClick(field, Qt.Key.Key_Escape)
    settle()
    assert heard == ["jane", "jane d", ""]


def test_that_a_long_name_elides_and_shows_whole_on_focus(opened: Callable[..., Any]) -> None:
    label = ElidedLabel("Prairie Hauling and Heavy Transport of Nebraska Limited Liability Company")
    opened(label, 120, 30)
    assert label.is_elided
    assert "Nebraska" in label.toolTip()
    assert label.focusPolicy() == Qt.FocusPolicy.StrongFocus
    label.setFocus()
    QTest.keySequence(label, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == label.text()
    label.resize(900, 30)
    assert label.toolTip() == ""


def test_that_the_purpose_of_a_page_is_said_whole_or_not_at_all(opened: Callable[..., Any]) -> None:
    header = PageHeader("End users", "Find, create and change the people who sign in to the portal.")
    opened(header, 700, 60)
    height = header.height()
    whole = header.purpose.grab().toImage()
    header.resize(160, 60)
    QApplication.processEvents()
    cut = header.purpose.grab().toImage()
    assert len({whole.pixel(x, y) for x in range(whole.width()) for y in range(whole.height())}) > 1
    assert len({cut.pixel(x, y) for x in range(cut.width()) for y in range(cut.height())}) == 1
    assert (header.height(), header.purpose.focusPolicy()) == (height, Qt.FocusPolicy.NoFocus)


def test_that_a_command_in_our_words_is_quoted_and_a_lone_backtick_stays() -> None:
    assert quoted("Run `portal-admin sync`, now.") == "Run “portal-admin sync”, now."
    assert quoted("The file a`b.csv") == "The file a`b.csv"


def test_that_ids_are_copied_by_button_and_by_key(opened: Callable[..., Any]) -> None:
    made = opened(CopyButton("Copy contract id", lambda: "0012-0045"), 60, 40)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "0012-0045"
    assert made.accessibleName() == "Copied"
    label = opened(CopyLabel("A-001"), 100, 40)
    label.setFocus()
    QTest.keySequence(label, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "A-001"


def test_that_an_icon_button_has_a_name(
    unnamed: Callable[..., list[str]], opened: Callable[..., Any]
) -> None:
    assert unnamed(opened(icon_button("refresh", "Read again"), 40, 40)) == []


def test_that_a_stale_fact_is_marked_in_words() -> None:
    label = AgeLabel()
    label.set(NOW - timedelta(hours=3), now=NOW, stale=True)
    assert label.text().endswith("stale")
    assert label.property("meaning") == "attention"
    label.set(None, now=NOW)
    assert label.text() == "never read"


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=5), "5 days ago"),
    ],
)
def test_that_ages_are_told_in_plain_words(age: timedelta, words: str) -> None:
    assert age_text(NOW - age, NOW) == words


def test_that_the_day_is_told_when_it_is_not_today() -> None:
    assert clock_text(NOW - timedelta(days=2), NOW).startswith("19 Nov ")
    assert "2025" in clock_text(NOW - timedelta(days=365), NOW)


@pytest.mark.parametrize(
    ("word", "area", "summary", "meaning"),
    [
        ("visible", "closed", "Visible, under Closed", "good"),
        ("not_visible", None, "Not visible", "bad"),
        ("cannot_tell", None, "Cannot tell", "unknown"),
        ("not_offered", None, "Not offered", "bad"),
    ],
)
def test_that_a_verdict_is_told_in_words_and_its_own_colour(
    word: str, area: str | None, summary: str, meaning: str, opened: Callable[..., Any]
) -> None:
    view = VerdictView()
    view.show_verdict(verdict(word, area=area), now=NOW)
    opened(view, 400, 200)
    headline = view.findChildren(PlainLabel)[0]
    assert (headline.text(), headline.property("meaning")) == (summary, meaning)
    assert view.accessibleName() == summary


def test_that_each_check_has_its_line_and_the_fix_stands_on_the_line_that_failed(
    opened: Callable[..., Any],
) -> None:
    asked: list[str] = []
    view = VerdictView()
    view.fix_requested.connect(asked.append)
    view.show_verdict(
        verdict(
            "not_visible",
            Check("booked", Result.PASS, "Booked 1 Mar 2026.", "a", as_of=NOW),
            Check(
                "private_label", Result.FAIL, "EASTERN is mapped to no site.", "b", fix="Map it to a site."
            ),
            Check("synced", Result.UNKNOWN, "ASPIRE did not answer.", "c"),
        ),
        now=NOW,
        fixes={"private_label": "Map label…"},
    )
    opened(view, 400, 300)
    names = [
        line.accessibleName() for line in view.findChildren(QWidget) if line.objectName().startswith("check_")
    ]
    assert names == [
        "Holds: Booked 1 Mar 2026.",
        "Fails: EASTERN is mapped to no site.",
        "Cannot tell: ASPIRE did not answer.",
    ]
    line = view.findChild(QWidget, "check_private_label")
    assert line is not None
    assert "Map it to a site." in texts(line)
    press(line, "Map label…")
    assert asked == ["private_label"]


def test_that_a_primary_button_can_be_pressed_by_keyboard(opened: Callable[..., Any]) -> None:
    pressed: list[bool] = []
    made = opened(button("Save", lambda: pressed.append(True), kind="primary"), 100, 40)
    made.setFocus()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert pressed == [True]
