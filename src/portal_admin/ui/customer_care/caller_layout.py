"""How one caller's page is made up, built piece by piece so that the window never stops for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QSplitter, QVBoxLayout, QWidget

from portal_admin.ui import background
from portal_admin.ui.customer_care.aspire_line import AspireLine
from portal_admin.ui.customer_care.caller_strip import CallerStrip
from portal_admin.ui.customer_care.command_bar import CommandBar
from portal_admin.ui.customer_care.lower_tabs import LowerTabs, at_top
from portal_admin.ui.customer_care.note_editor import NoteEditor
from portal_admin.ui.customer_care.notes_part import CallerNotes
from portal_admin.ui.customer_care.person_panels import PersonPanels
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.access.links_panel import LinksPanel
from portal_admin.ui.panels.caller.contracts import CallerContracts
from portal_admin.ui.panels.caller.events import CallerEvents
from portal_admin.ui.panels.caller.facts import ContractFactsPanel
from portal_admin.ui.panels.caller.why import CallerWhy
from portal_admin.ui.panels.enrolment.caller_attempts import CallerAttempts
from portal_admin.ui.panels.payment.caller_payments import CallerPayments
from portal_admin.ui.panels.person.user_rows import UserKey
from portal_admin.ui.panels.requests.caller_requests import CallerRequests
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.state_panel import StatePanel

NOTE_WIDTH = Size.CARD
# An open side panel takes the place of the parts where the page is lower than this.
ROOM_FOR_ALL = Size.FORM
# Below this width the note stands under the parts, and an open side panel takes the place of Why?.
ROOM_FOR_TWO = 2 * Size.CARD + Size.NAVIGATION
UNBOUNDED = 16_777_215
SHARE_OF_CONTRACTS = 58  # in 100 of the height
Part = TypeVar("Part", bound=QWidget)


class CallerLayout(Page):
    """Override `built`, which is called once everything is there; `state` shows what the view is waiting for."""

    strip: CallerStrip
    commands_bar: CommandBar
    aspire: AspireLine
    contracts: CallerContracts
    why: CallerWhy
    note: NoteEditor
    parts: LowerTabs
    links: LinksPanel
    links_state: StatePanel
    facts: ContractFactsPanel
    payments: CallerPayments
    notes: CallerNotes

    shown_first = Signal()

    def __init__(self, context: PageContext, key: UserKey) -> None:
        super().__init__(context)
        self.setObjectName("caller")
        self.header.hide()
        self.column.setContentsMargins(0, Space.S, 0, Space.M)
        self.column.setSpacing(Space.S)
        self.key = key
        self.is_built = False
        self._stages: Iterator[None] | None = None
        self.panels = PersonPanels(self)
        whole = QWidget()
        self._above = QVBoxLayout(whole)
        self._above.setContentsMargins(0, 0, 0, 0)
        self._above.setSpacing(Space.S)
        self.state = StatePanel(whole)
        self.state.setMinimumWidth(Size.CARD)  # or an open side panel would widen the window
        self.body.addWidget(self.state, 1)

    def built(self) -> None:
        """Everything is there."""
        raise NotImplementedError

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stages is None:
            self._stages = self._build()
            self.state.loading()
            self._build_on()
            self.shown_first.emit()

    def _build_on(self) -> None:
        """The next piece; in between the window paints and takes keystrokes."""
        if self._stages is not None and next(self._stages, self) is None:
            background.later(self, 0, self._build_on, replaces="build")
        else:
            self.is_built = True
            self._fit()
            self.split.setSizes([SHARE_OF_CONTRACTS, 100 - SHARE_OF_CONTRACTS])
            self.built()

    def _build(self) -> Iterator[None]:
        # Whole before its parts: a widget that moves to another parent is styled anew with all that is in it.
        self._split_in_two()
        self.strip = self._placed(CallerStrip())
        yield
        self.commands_bar = self._placed(CommandBar(self.rights))
        self.aspire = self._placed(AspireLine(self.desk))
        yield
        self.contracts = CallerContracts(self.desk)
        self._upper_row.insertWidget(0, self.contracts, 4)
        yield
        self.why = CallerWhy(self.desk, self.navigator, self.rights)
        self._upper_row.addWidget(self.why, 3)
        yield
        self.parts = LowerTabs()
        self._lower_row.addWidget(self.parts, 1)
        name = self.context.profile.name if self.context.profile else ""
        self.note = NoteEditor(self.desk, self.rights, profile=name, site=self.key.site, email=self.key.email)
        self._lower_row.addWidget(self.note)
        yield
        yield from self._build_parts()

    def _build_parts(self) -> Iterator[None]:
        self.links = LinksPanel(self.rights)
        self.links.setProperty("kind", "")  # the tabs around it are the panel
        self.links_state = StatePanel(at_top(self.links))
        self.parts.add(self.tr("Acco&unts"), self.links_state)
        yield
        self.facts = ContractFactsPanel(self.desk)
        self.facts.setProperty("kind", "")
        self.parts.add(self.tr("&Facts"), self.facts, scrolls=True)
        yield
        self.payments = CallerPayments(self.desk)
        self.parts.add(self.tr("&Payments"), self.payments)
        yield
        self.parts.add(self.tr("En&rolment"), CallerAttempts(self.desk))
        yield
        self.parts.add(self.tr("Re&quests"), CallerRequests(self.desk))
        yield
        self.parts.add(self.tr("E&vents"), CallerEvents(self.desk))
        yield
        self.notes = CallerNotes(self.desk)
        self.parts.add(self.tr("No&tes"), self.notes)
        yield

    def _placed(self, part: Part) -> Part:
        self._above.insertWidget(self._above.count() - 1, part)
        return part

    def _split_in_two(self) -> None:
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("quiet")
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(Space.M)
        self._above.addWidget(self.split, 1)
        self._upper_row, self._lower_row = self._half(), self._half()
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)

    def _half(self) -> QBoxLayout:
        half = QWidget()
        self.split.addWidget(half)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, half)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        return row

    def _fit(self) -> None:
        if not self.is_built:
            return
        width = self.width() - (Size.SIDE_PANEL if self.panels.is_open else 0)
        roomy = width >= ROOM_FOR_TWO
        self.body.setContentsMargins(0, 0, Space.M if self.panels.is_open else Space.XL, 0)
        self.why.setVisible(roomy or not self.panels.is_open)
        self.parts.setVisible(roomy or not self.panels.is_open or self.height() >= ROOM_FOR_ALL)
        wanted = QBoxLayout.Direction.LeftToRight if roomy else QBoxLayout.Direction.TopToBottom
        self._lower_row.setDirection(wanted)
        self.note.setMinimumWidth(NOTE_WIDTH if roomy else 0)
        self.note.setMaximumWidth(NOTE_WIDTH if roomy else UNBOUNDED)
        self.note.setMaximumHeight(UNBOUNDED if roomy else 4 * Size.ROW)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
