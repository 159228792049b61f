from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QToolButton, QWidget

from portal_admin.domain.fields import State
from portal_admin.services.desk import Desk
from portal_admin.services.fields import notes as field_notes
from portal_admin.ui import background
from portal_admin.ui.field_reference.page import FieldReferencePage
from portal_admin.ui.navigation import Target
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State as Panel
from tests.fixtures.desk import NOW
from tests.services.fields.snapshot import keep, register

CONTRACT = "0012-0045"


@pytest.fixture
def synced(desk: Desk) -> Desk:
    keep(desk, CONTRACT, at=NOW - timedelta(minutes=10))
    register(desk, "rolsen@prairie.example", account_oid=1, account_id="A-001")
    return desk


@pytest.fixture
def screen(page: Callable[..., Any], synced: Desk, settle: Callable[[], None]) -> FieldReferencePage:
    """The page as a rep finds it: the catalogue, the keyboard in the contract box."""
    made: FieldReferencePage = page(FieldReferencePage, synced)
    made.open(Target("field_reference"))
    settle()
    return made


def look_up(screen: FieldReferencePage, contract_id: str) -> None:
    """Type an id into the box and press Enter."""
    screen.contract.setFocus()
    screen.contract.edit.selectAll()
    QTest.keyClicks(screen.contract.edit, contract_id)
    QTest.keyClick(screen.contract.edit, Qt.Key.Key_Return)
    background.wait_idle()


def lines(screen: FieldReferencePage) -> dict[object, dict[str, str]]:
    """What the visible columns say, by field key."""
    view, model = screen.table.view, screen.table.model
    shown = [(i, c.key) for i, c in enumerate(model.columns) if not view.isColumnHidden(i)]
    return {row.key: {key: text_of(row.cells[i]) for i, key in shown} for row in model.rows}


def press(parent: QWidget, name: str) -> None:
    """Click the visible button of that name."""
    found = [
        made
        for kind in (QPushButton, QToolButton)
        for made in parent.findChildren(kind)
        if made.isVisible() and name in (made.text(), made.accessibleName())
    ]
    assert len(found) == 1, f"{len(found)} buttons are called {name}"
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)
    background.wait_idle()


def test_that_the_page_opens_on_the_whole_catalogue(screen: FieldReferencePage) -> None:
    found = lines(screen)
    assert len(found) == 150
    assert set(found["assets.serial_number"]) == {"field", "source", "record", "cadence"}
    assert found["assets.serial_number"]["record"] == "Equipment.SerialNumber"
    assert screen.summary.text().startswith("150 fields")
    assert screen.counters.isHidden()
    assert screen.contract.edit.hasFocus()


def test_that_a_contract_id_shows_both_values_and_the_first_difference(
    screen: FieldReferencePage, sandbox: Any
) -> None:
    sandbox.patch("Contracts", 10, NextDueDate="2027-01-01", RemainingBalance="45000.00")
    look_up(screen, CONTRACT)
    found = lines(screen)["contract.remaining_balance"]
    assert (found["portal"], found["aspire"], found["state"]) == ("46,210.55", "45,000.00", "Differs")
    assert "record" not in found
    assert screen.summary.text().startswith("Contract 0012-0045 · Prairie Hauling LLC · asked ")
    assert screen.table.current_key == "open_list.next_due"
    assert screen.details.title.text() == "Next payment due"
    assert screen.details.chip.text() == "Differs"
    assert screen.details.portal.value.text() == "1 Dec 2026"
    assert screen.details.aspire.value.text() == "1 Jan 2027"
    assert screen.details.wording.text() == (
        "Your next payment is due on 1 Jan 2027. Your portal still shows 1 Dec 2026; its next update is due at 14:05."
    )


def test_that_the_counters_count_and_filter(screen: FieldReferencePage, sandbox: Any) -> None:
    sandbox.patch("Contracts", 10, RemainingBalance="45000.00")
    look_up(screen, CONTRACT)
    press(screen, "Show only: 2 differ")
    assert set(lines(screen)) == {"open_list.balance", "contract.remaining_balance"}
    press(screen, "Show only: 2 differ")
    assert len(lines(screen)) == 150


def test_that_stale_values_are_told_apart_from_equal_ones(
    page: Callable[..., Any], synced: Desk, settle: Callable[[], None]
) -> None:
    later = replace(synced, clock=lambda: NOW + timedelta(hours=1))
    made: FieldReferencePage = page(FieldReferencePage, later)
    made.open(Target("field_reference", contract=CONTRACT))
    settle()
    found = lines(made)
    assert found["contract.remaining_balance"]["state"] == "Stale"
    assert found["assets.serial_number"]["state"] == "Equal"
    made.table.select("contract.remaining_balance")
    assert "twice its cadence" in made.details.reason.text()
    assert made.details.portal.age.text().endswith("stale")


def test_that_fields_are_found_by_label_and_by_aspire_name(screen: FieldReferencePage) -> None:
    for typed in ("serial", "equipment.serialnumber", "Contract Explorer Serial"):
        screen.search.setFocus()
        QTest.keyClicks(screen.search, typed)
        QTest.keyClick(screen.search, Qt.Key.Key_Return)
        assert set(lines(screen)) == {"assets.serial_number"}
        QTest.keyClick(screen.search, Qt.Key.Key_Escape)
        background.wait_idle()
    assert len(lines(screen)) == 150


def test_that_no_field_found_is_said_and_can_be_undone(screen: FieldReferencePage) -> None:
    QTest.keyClicks(screen.search, "zzz")
    background.wait_idle()
    assert screen.table.state.state is Panel.NOTHING
    press(screen, "Show all fields")
    assert screen.table.state.state is Panel.CONTENT
    assert len(lines(screen)) == 150


def test_that_a_portal_screen_can_be_chosen_by_keyboard(screen: FieldReferencePage) -> None:
    screen.portal_screen.setFocus()
    QTest.keyClicks(screen.portal_screen, "Ass")
    assert screen.portal_screen.currentText() == "Assets"
    assert {key.split(".")[0] for key in map(str, lines(screen))} == {"assets"}


def test_that_an_unknown_contract_is_not_found_and_shows_no_old_values(screen: FieldReferencePage) -> None:
    look_up(screen, CONTRACT)
    look_up(screen, "9999-9999")
    assert screen.table.state.state is Panel.NOTHING
    assert lines(screen) == {}
    assert screen.details.isHidden()
    assert screen.summary.text() == ""
    press(screen, "Show all fields")
    assert len(lines(screen)) == 150
    assert screen.contract.contract_id == ""


def test_that_could_not_look_is_never_shown_as_not_found(screen: FieldReferencePage, sandbox: Any) -> None:
    sandbox.fault(path="/contracts", status=403, code="PermissionDenied")
    look_up(screen, "9999-9999")
    assert screen.table.state.state is Panel.FAILED
    sandbox.clear_faults()
    look_up(screen, CONTRACT)
    assert screen.table.state.state is Panel.CONTENT


def test_that_retry_asks_for_the_same_contract_again(screen: FieldReferencePage, sandbox: Any) -> None:
    sandbox.fault(path="/contracts", status=403, code="PermissionDenied")
    look_up(screen, "0130-0001")
    assert screen.table.state.state is Panel.FAILED
    sandbox.clear_faults()
    press(screen, "Retry")
    assert screen.summary.text().startswith("Contract 0130-0001 · Groupe Bélanger Ltée")
    assert "not yet on the portal" in screen.summary.text()
    assert lines(screen)["contract.contract_id"]["state"] == "Not stored"


def test_that_a_class_that_cannot_be_read_says_why_and_offers_retry(
    screen: FieldReferencePage, sandbox: Any
) -> None:
    sandbox.fault(path="/contracts/10/equipment", status=403, code="PermissionDenied")
    look_up(screen, CONTRACT)
    assert screen.messages.text.startswith("Equipment: ")
    found = lines(screen)
    assert (found["assets.serial_number"]["portal"], found["assets.serial_number"]["aspire"]) == (
        "FT-88121",
        "?",
    )
    assert found["assets.serial_number"]["state"] == "Not readable"
    assert found["contract.remaining_balance"]["state"] == "Equal"
    screen.table.select("assets.serial_number")
    assert screen.details.aspire.value.text() == "Could not be read"
    sandbox.clear_faults()
    press(screen.details, "Retry")
    assert lines(screen)["assets.serial_number"]["state"] == "Equal"
    assert screen.messages.text == ""


@pytest.mark.parametrize(
    "fault", [{"refuse_sign_in": True, "expire_token": True}, {"drop": "before"}], ids=str
)
def test_that_without_aspire_the_portals_values_stay_and_no_row_is_called_equal(
    screen: FieldReferencePage, sandbox: Any, fault: dict[str, Any]
) -> None:
    sandbox.fault(**fault)
    look_up(screen, CONTRACT)
    shown = lines(screen)
    assert shown["contract.remaining_balance"]["portal"] == "46,210.55"
    assert {line["state"] for line in shown.values()} <= {"Not readable", "Portal only", "Does not apply"}
    assert screen.messages.text


def test_that_value_and_wording_are_copied(screen: FieldReferencePage) -> None:
    look_up(screen, CONTRACT)
    screen.table.select("contract.remaining_balance")
    clipboard = QGuiApplication.clipboard()
    for name, text in (
        ("Copy what the portal shows", "46,210.55"),
        ("Copy what ASPIRE says", "46,210.55"),
        ("Copy the wording", "Your remaining balance is 46,210.55; that is not a payoff quote."),
    ):
        press(screen.details, name)
        assert clipboard.text() == text


def test_that_a_note_and_a_verification_are_kept_with_their_history(
    screen: FieldReferencePage, synced: Desk
) -> None:
    screen.table.select("assets.serial_number")
    assert screen.details.stamp.text() == "Not yet verified by this company."
    screen.details.note.setFocus()
    QTest.keyClicks(screen.details.note, "Matches UAT.")
    QTest.keyClick(screen.details.note, Qt.Key.Key_Return)
    background.wait_idle()
    assert screen.messages.text == "Note saved."
    assert screen.details.note.text() == ""
    press(screen.details, "Verified today")
    assert screen.details.stamp.text() == "Verified by this company on 21 Nov 2026 (tester)"
    newest, oldest = screen.details.history.text().splitlines()
    assert newest.endswith("verified")
    assert oldest.endswith("Matches UAT.")
    assert len(field_notes.history(synced)["assets.serial_number"]) == 2


def test_that_a_note_being_typed_waits_with_its_field(screen: FieldReferencePage) -> None:
    screen.table.select("assets.serial_number")
    QTest.keyClicks(screen.details.note, "Matches U")
    screen.table.select("assets.description")
    assert screen.details.note.text() == ""
    screen.table.select("assets.serial_number")
    assert screen.details.note.text() == "Matches U"


def test_that_an_empty_note_is_refused_at_its_field_and_a_long_one_keeps_its_text(
    screen: FieldReferencePage,
) -> None:
    screen.table.select("assets.serial_number")
    press(screen.details, "Add note")
    assert screen.details.form.fields["note"].error == "Type a note first."
    screen.details.note.setText("x" * 2001)
    press(screen.details, "Add note")
    assert "at most" in screen.details.form.fields["note"].error
    assert len(screen.details.note.text()) == 2001


def test_that_text_from_outside_is_never_rendered(screen: FieldReferencePage, sandbox: Any) -> None:
    nasty = "<img src='file:///etc/passwd'><b>bold</b>"
    sandbox.patch("Accounts", 1, Name=nasty)
    look_up(screen, CONTRACT)
    screen.table.select("contract.customer")
    assert screen.details.aspire.value.text() == nasty
    assert screen.details.aspire.value.textFormat() == Qt.TextFormat.PlainText
    assert nasty in screen.details.wording.text()


def test_that_everything_can_be_done_by_keyboard(
    screen: FieldReferencePage, settle: Callable[[], None]
) -> None:
    look_up(screen, CONTRACT)
    screen.table.view.setFocus()
    QTest.keyClick(screen.table.view, Qt.Key.Key_Home)
    first = screen.table.current_key
    QTest.keyClick(screen.table.view, Qt.Key.Key_Down)
    assert screen.table.current_key != first
    assert screen.details.field is not None
    assert screen.details.field.key == screen.table.current_key
    reached = set()
    for _ in range(40):
        widget = QApplication.focusWidget()
        assert widget is not None
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert {
        screen.search,
        screen.details.note,
        screen.details.verify_button,
        screen.details.copy_wording,
    } <= reached


def test_that_tab_order_and_names_serve_a_screen_reader(
    screen: FieldReferencePage, unnamed: Callable[[QWidget], list[str]]
) -> None:
    assert unnamed(screen) == []
    look_up(screen, CONTRACT)
    assert unnamed(screen) == []


def test_that_the_guide_of_the_contract_is_exported(screen: FieldReferencePage, tmp_path: Path) -> None:
    look_up(screen, CONTRACT)
    for action, ending in zip(screen.export_menu.actions(), ("xlsx", "html", "pdf"), strict=True):
        action.trigger()
        dialog = screen.findChildren(QFileDialog)[-1]
        edit = dialog.findChild(QLineEdit)
        assert edit is not None
        assert edit.text() == f"field-reference-{CONTRACT}.{ending}"
        edit.setText(str(tmp_path / f"guide.{ending}"))
        dialog.accept()
        background.wait_idle()
        assert screen.messages.text.endswith(f"guide.{ending}.")
    sheet = openpyxl.load_workbook(tmp_path / "guide.xlsx")["Field reference"]
    assert sheet.max_row == 151
    assert "Prairie Hauling LLC" in (tmp_path / "guide.html").read_text(encoding="utf-8")
    assert (tmp_path / "guide.pdf").read_bytes().startswith(b"%PDF")


def test_that_an_export_that_fails_says_so(screen: FieldReferencePage, tmp_path: Path) -> None:
    from portal_admin.services.fields.export import write_html

    screen._export(tmp_path / "no such folder" / "guide.html", write_html)
    background.wait_idle()
    assert "could not be written" in screen.messages.text


def test_that_recent_contracts_are_offered_again_newest_first(screen: FieldReferencePage) -> None:
    for contract_id in (CONTRACT, "0020-0001", CONTRACT.lower()):
        look_up(screen, contract_id)
    assert [screen.contract.itemText(i) for i in range(screen.contract.count())] == [CONTRACT, "0020-0001"]


def test_that_the_page_can_close_while_aspire_is_being_asked(
    screen: FieldReferencePage, sandbox: Any
) -> None:
    sandbox.fault(latency=0.2)
    screen.contract.setCurrentText(CONTRACT)
    screen.contract.ask()
    screen.close()
    assert background.drain(5)


def test_that_the_items_of_the_table_are_sound(screen: FieldReferencePage, qtmodeltester: Any) -> None:
    tester = QAbstractItemModelTester(
        screen.table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, screen
    )
    look_up(screen, CONTRACT)
    qtmodeltester.check(screen.table.model)
    tester.deleteLater()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1088, 690), (850, 470)], ids=["usual", "doubled"])
def test_that_the_page_paints_in_both_schemes_and_at_double_size(
    screen: FieldReferencePage, render: Callable[..., Path], scheme: str, size: tuple[int, int]
) -> None:
    screen.resize(*size)
    look_up(screen, CONTRACT)
    assert render(screen, f"field-reference-{size[0]}", scheme).stat().st_size > 10_000
    assert screen.width() == size[0], "the content must not force the window wider"
    assert screen.height() == size[1], "the content must not force the window higher"


def test_that_every_state_has_its_own_look_and_word() -> None:
    from portal_admin.domain.field_words import STATE_WORDS
    from portal_admin.ui.field_reference.lines import LOOKS

    assert set(LOOKS) == set(State) == set(STATE_WORDS)
    assert len({look.icon for look in LOOKS.values()}) == len(LOOKS)
