"""One caller: everything about one person on one site, on one screen; what is typed and chosen stays with the tab."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QSplitter, QVBoxLayout, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser
from portal_admin.errors import DeskError, NotFound
from portal_admin.services.access_overview import Overview
from portal_admin.services.caller import CallerProfile, caller_profile
from portal_admin.ui import recent_callers
from portal_admin.ui.customer_care.aspire_line import AspireLine
from portal_admin.ui.customer_care.caller_strip import CallerStrip
from portal_admin.ui.customer_care.case_actions import CaseActions
from portal_admin.ui.customer_care.command_bar import CommandBar
from portal_admin.ui.customer_care.kept_tabs import KeptTab
from portal_admin.ui.customer_care.lower_tabs import LowerTabs
from portal_admin.ui.customer_care.note_editor import NoteEditor
from portal_admin.ui.customer_care.notes_part import CallerNotes
from portal_admin.ui.customer_care.person_panels import PersonPanels
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.access.chooser import Choice
from portal_admin.ui.panels.access.links_panel import LinksPanel
from portal_admin.ui.panels.caller.contracts import CallerContracts
from portal_admin.ui.panels.caller.events import CallerEvents
from portal_admin.ui.panels.caller.facts import ContractFactsPanel
from portal_admin.ui.panels.caller.fixes import CallerFixes
from portal_admin.ui.panels.caller.why import CallerWhy
from portal_admin.ui.panels.enrolment.caller_attempts import CallerAttempts
from portal_admin.ui.panels.payment.caller_payments import CallerPayments
from portal_admin.ui.panels.person.user_rows import UserKey
from portal_admin.ui.panels.requests.caller_requests import CallerRequests
from portal_admin.ui.recent_callers import RecentCaller
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.state_panel import StatePanel

NOTE_WIDTH = Size.CARD
# An open side panel takes the place of the parts where the page is lower than this.
ROOM_FOR_ALL = Size.FORM
# Below this width the note stands under the parts, and an open side panel takes the place of Why?.
ROOM_FOR_TWO = 2 * Size.CARD + Size.NAVIGATION


class CallerView(Page):
    """`named` carries the person's name once known, `dirty` whether a note is unsaved, `opened` another Target."""

    named = Signal(str)
    dirty = Signal(bool)
    opened = Signal(object)

    def __init__(self, context: PageContext, site: str, email: str) -> None:
        super().__init__(context)
        self.setObjectName("caller")
        self.header.hide()
        self.column.setContentsMargins(0, Space.S, 0, Space.M)
        self.column.setSpacing(Space.S)
        self.key = UserKey(site, email)
        self.user: EndUser | None = None
        self._ask_later = ""
        self._profile = context.profile.name if context.profile else ""
        self.strip = CallerStrip()
        self.commands_bar = CommandBar(self.rights)
        self.aspire = AspireLine(self.desk)
        self.contracts = CallerContracts(self.desk)
        self.why = CallerWhy(self.desk, self.navigator, self.rights)
        self.links = LinksPanel(self.rights)
        self.facts = ContractFactsPanel(self.desk)
        for inside in (self.links, self.facts):
            inside.setProperty("kind", "")  # the tabs around it are the panel
        self.payments = CallerPayments(self.desk)
        self.notes = CallerNotes(self.desk)
        self.note = NoteEditor(self.desk, self.rights, profile=self._profile, site=site, email=email)
        self.parts = LowerTabs()
        self.panels = PersonPanels(self)
        self.fixes = CallerFixes(self, self.panels, self.why, self.refresh)
        self.case = CaseActions(self)
        self._lay_out()
        self._connect()
        self._read()
        self.aspire.ask()

    # Building

    def _lay_out(self) -> None:
        self.parts.add(self.tr("Acco&unts"), self.links)
        self.parts.add(self.tr("&Facts"), self.facts, scrolls=True)
        for title, part in (
            (self.tr("&Payments"), self.payments),
            (self.tr("En&rolment"), CallerAttempts(self.desk)),
            (self.tr("Re&quests"), CallerRequests(self.desk)),
            (self.tr("E&vents"), CallerEvents(self.desk)),
            (self.tr("No&tes"), self.notes),
        ):
            self.parts.add(title, part)
        self._upper_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._upper_row.setSpacing(Space.M)
        self._upper_row.addWidget(self.contracts, 4)
        self._upper_row.addWidget(self.why, 3)
        self._lower_row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lower_row.setSpacing(Space.M)
        self._lower_row.addWidget(self.parts, 1)
        self._lower_row.addWidget(self.note)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("quiet")
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(Space.M)
        for row in (self._upper_row, self._lower_row):
            half = QWidget()
            row.setContentsMargins(0, 0, 0, 0)
            half.setLayout(row)
            self.split.addWidget(half)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for above in (self.strip, self.commands_bar, self.aspire):
            column.addWidget(above)
        column.addWidget(self.split, 1)
        self.state = StatePanel(whole)
        self.state.setMinimumWidth(Size.CARD)  # or an open side panel would widen the window
        self.body.addWidget(self.state, 1)

    def _connect(self) -> None:
        self.strip.opened.connect(self.opened)
        self.parts.opened.connect(self.opened)
        self.facts.opened.connect(self.opened)
        self.contracts.selected.connect(self._pick)
        self.contracts.asked.connect(self._ask)
        self.contracts.read.connect(self._show_overview)
        self.contracts.link_wanted.connect(self.panels.open_link)
        self.why.opened.connect(self.opened)
        self.why.person_chosen.connect(self._open_other)
        self.links.link.connect(self.panels.open_link)
        self.links.unlink.connect(self.panels.open_unlink)
        self.commands_bar.asked.connect(self._act)
        self.commands_bar.wanted.connect(self._command)
        self.panels.changed.connect(lambda _key: self.refresh())
        self.panels.replaced.connect(lambda key: self.opened.emit(_target(key)))
        self.panels.moved.connect(self._fit)
        self.panels.access_wanted.connect(lambda _user: self._command("access"))
        self.note.written.connect(lambda _note: self.notes.refresh())
        self.note.is_dirty_changed.connect(self.dirty)
        for _title, keys, call in self.commands():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    @override
    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        return (
            (self.tr("Call note"), "Ctrl+N", self.note.begin),
            (self.tr("Edit User…"), "Ctrl+E", partial(self._act, Action.EDIT)),
            (self.tr("Reset Password…"), "Ctrl+R", partial(self._act, Action.RESET)),
            (self.tr("Change Email…"), "Ctrl+Shift+E", partial(self._act, Action.CHANGE_EMAIL)),
            (self.tr("Verify caller…"), "Ctrl+Shift+V", partial(self._command, "verify")),
            (self.tr("Link account…"), "Ctrl+L", self.panels.open_link),
            (self.tr("Copy the case pack"), "Ctrl+Shift+P", partial(self._command, "case")),
            (self.tr("Why? about a contract"), "Ctrl+Y", self._focus_why),
        )

    # Reading

    @property
    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.contracts.panel.table.view

    @property
    def kept(self) -> KeptTab:
        """What is remembered of the tab."""
        return KeptTab(*self.key, self.user.name if self.user else "")

    def ask(self, contract_id: str) -> None:
        """Ask Why? about a contract, as soon as the person is known."""
        if self.user is None:
            self._ask_later = contract_id
        else:
            self._ask(contract_id)
            self.contracts.select(contract_id)

    @override
    def refresh(self) -> None:
        self._read()
        self.aspire.ask()
        self.why.ask_again()
        self.facts.refresh()

    def _read(self) -> None:
        site, email = self.key
        if self.user is None:
            self.state.loading()
        self.run(lambda: self._look(site, email), self._show, self._could_not_read, replaces="profile")

    def _look(self, site: str, email: str) -> CallerProfile:
        found = caller_profile(self.desk, site=site, email=email)
        user = found.user
        seen = RecentCaller(user.site, user.email, user.name, self.desk.clock())
        recent_callers.note_caller(self._profile, seen)
        return found

    def _show(self, found: CallerProfile) -> None:
        is_first, self.user = self.user is None, found.user
        self.key = UserKey(found.user.site, found.user.email)
        self.strip.show_profile(found, self.desk.clock())
        self.commands_bar.show_user(found.user)
        self.aspire.show_age(found.freshness)
        self.state.content()
        self.contracts.show_caller(found.user)
        # Switched off on the portal means that nothing of payments is seen here, either (rule F).
        self.parts.switch_off(self.payments, not found.policy.payments_enabled)
        self.parts.show_caller(found.user)
        asked, self._ask_later = self._ask_later, ""
        self.why.show_user(found.user)
        if is_first:
            self.named.emit(found.user.name)
            if self.isVisible() and not self.note.isAncestorOf(self.focusWidget() or self):
                self.first.setFocus()
        if asked:
            self.ask(asked)

    def _could_not_read(self, error: DeskError) -> None:
        if self.user is not None:
            self.messages.error(error, retry=self.refresh)
        elif isinstance(error, NotFound):
            self.state.nothing(
                error.message, action=self.tr("Read again"), pressed=self.refresh, icon="person"
            )
        else:
            self.state.failed(error, self.refresh, at=self.desk.clock())

    def _show_overview(self, overview: Overview) -> None:
        self.links.show_overview(overview)
        self.parts.count(0, len(overview.cards))
        self.panels.show_overview(overview)

    # Doing

    def _pick(self, contract_id: str) -> None:
        self.why.pick(contract_id)
        self.facts.show_contract(contract_id)

    def _ask(self, contract_id: str) -> None:
        self.why.ask(contract_id)
        self.facts.show_contract(contract_id)
        self.note.offer_contract(contract_id)

    def _focus_why(self) -> None:
        self.why.contract.setFocus()
        self.why.contract.selectAll()

    def _act(self, action: Action) -> None:
        if self.user is not None:
            self.panels.act(action, self.user)

    def _command(self, name: str) -> None:
        user = self.user
        if user is None:
            return
        if name in ("verify", "approve"):
            self.panels.open(name, user)
        elif name == "case":
            self.case.copy(self.key, self.why.asked)
        elif name == "save_case":
            self.case.choose_file(self.key, self.why.asked)
        else:
            screen = {"access": "account_access", "history": "audit"}.get(name, name)
            self.navigator.go(screen, site=user.site, email=user.email)

    def _open_other(self, choice: Choice) -> None:
        self.opened.emit(Target("customer_care", choice.site, choice.email, contract=self.why.asked or None))

    # Room and keys

    def _fit(self) -> None:
        width = self.state.width() if not self.panels.is_open else self.width() - Size.SIDE_PANEL
        roomy = width >= ROOM_FOR_TWO
        self.why.setVisible(roomy or not self.panels.is_open)
        self.parts.setVisible(roomy or not self.panels.is_open or self.height() >= ROOM_FOR_ALL)
        wanted = QBoxLayout.Direction.LeftToRight if roomy else QBoxLayout.Direction.TopToBottom
        self._lower_row.setDirection(wanted)
        self.note.setMinimumWidth(NOTE_WIDTH if roomy else 0)
        self.note.setMaximumWidth(NOTE_WIDTH if roomy else 16_777_215)
        self.note.setMaximumHeight(16_777_215 if roomy else 4 * Size.ROW)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _target(key: UserKey) -> Target:
    return Target("customer_care", site=key.site, email=key.email)
