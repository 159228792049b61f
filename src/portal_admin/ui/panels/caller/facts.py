"""The facts of the selected contract: what the portal shows, what ASPIRE says now, equal or not, each with its age."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.contract_facts import NOTHING_KEPT, UNREAD, ContractFacts
from portal_admin.domain.fields import State
from portal_admin.domain.text import id_key
from portal_admin.errors import DeskError, NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.fields.facts import contract_facts
from portal_admin.ui import background
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.panels.access.why_panel import PICK_PAUSE
from portal_admin.ui.panels.caller.fact_lines import FactLines
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.ages import age_text, clock_text, zone_text
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip


class ContractFactsPanel(QFrame):
    """`show_contract` reads once the selection rests, and only while the panel is seen; `opened` leads to all fields."""

    opened = Signal(object)

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self._desk = desk
        self._wanted = ""
        self._is_due = False
        self.facts: ContractFacts | None = None
        self.title = ElidedLabel(kind="strong")
        self.age = PlainLabel(kind="secondary")
        self.copy_button = CopyButton(self.tr("Copy these facts"), self.as_text)
        self.retry_button = button(self.tr("Retry"), self.refresh, kind="link")
        self.all_button = button(self.tr("All fields"), self._open_all, kind="link")
        self.lines = FactLines()
        self.problem = PlainLabel(kind="secondary", meaning=Meaning.UNKNOWN, wrap=True)
        self.state = StatePanel(self.lines)
        self._build()
        self._invite()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.title, 1)
        for part in (self.age, self.retry_button, self.copy_button, self.all_button):
            head.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        column.setSpacing(Space.XS)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self.state, 1)

    def show_contract(self, contract_id: str) -> None:
        """Show the facts of a contract, any id; an empty one shows nothing."""
        if id_key(contract_id) == id_key(self._wanted):
            return
        self._wanted = contract_id
        background.forget(self)
        self._forget()
        if not contract_id:
            self._invite()
            return
        self.title.setText(contract_id)
        self.state.loading()
        background.later(self, PICK_PAUSE, self.refresh, replaces="pick")

    def refresh(self) -> None:
        """Read again, now or as soon as the panel is seen."""
        wanted, desk = self._wanted, self._desk
        self._is_due = not self.isVisible()
        if not wanted or self._is_due:
            return
        self.state.loading()
        background.run(
            self, lambda: contract_facts(desk, contract_id=wanted), self._show, self._failed, replaces="facts"
        )

    def as_text(self) -> str:
        """The facts as lines of text."""
        if self.facts is None:
            return ""
        return "\n".join(
            self.tr("{name}: portal {portal}, ASPIRE {aspire}").format(
                name=one.name, portal=one.portal, aspire=one.aspire
            )
            for one in self.facts.facts
        )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_due:
            self.refresh()

    def _invite(self) -> None:
        self.title.setText(self.tr("Facts of the contract"))
        self.state.nothing(self.tr("Select a contract, or ask Why? about any id."))

    def _forget(self) -> None:
        """What is shown belongs to another contract."""
        self.facts = None
        self.lines.clear()
        self.age.setText("")
        self.problem.hide()
        self.state.content()
        for part in (self.copy_button, self.all_button, self.retry_button):
            part.hide()

    def _failed(self, error: DeskError) -> None:
        self._forget()
        if isinstance(error, NotFound):
            self.state.nothing(error.message, icon="document")
        else:
            self.state.failed(error, self.refresh, at=self._desk.clock())

    def _show(self, found: ContractFacts) -> None:
        self.facts = found
        self.title.setText(" · ".join(filter(None, (found.contract_id, found.customer, found.currency))))
        self._tell_age(found, self._desk.clock())
        self.lines.show_facts(found)
        self.copy_button.show()
        self.all_button.show()
        self.state.content()

    def _tell_age(self, found: ContractFacts, now: datetime) -> None:
        live = self.tr("live {time}").format(time=clock_text(found.looked_at, now))
        partly = any(fact.aspire != UNREAD for fact in found.facts)
        stored = found.stored_at
        if stored is None:
            words = live if found.is_live else self.tr("not received")
        elif found.is_live:
            words = live
        elif partly:
            words = self.tr("{live}, not all of it").format(live=live)
        else:
            words = self.tr("stored, {age}").format(age=age_text(stored, now))
        self.age.setText(words)
        set_tooltip(self.age, zone_text(stored) if stored is not None and not found.is_live else "")
        self.age.set_meaning(None if found.is_live else Meaning.UNKNOWN)
        said = found.problem or _unreadable(found) or _not_received(found)
        self.problem.setText(said)
        self.problem.set_meaning(None if found.is_live else Meaning.UNKNOWN)
        self.problem.setVisible(bool(said))
        self.retry_button.setVisible(not found.is_live)

    def _open_all(self) -> None:
        self.opened.emit(Target("field_reference", contract=self._wanted))


def _unreadable(found: ContractFacts) -> str:
    """Why a side could not be read though ASPIRE answered, told once."""
    reasons = (fact.reason for fact in found.facts if fact.state is State.NOT_READABLE)
    return next(filter(None, reasons), "")


def _not_received(found: ContractFacts) -> str:
    """Why the portal's side is empty, told once."""
    reasons = {fact.reason for fact in found.facts if fact.state is State.NOT_STORED and fact.reason}
    return next(iter(reasons), "") if all(f.portal == NOTHING_KEPT for f in found.facts) else ""
