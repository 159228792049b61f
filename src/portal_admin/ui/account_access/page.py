"""Account access: choose a person, see what their portal shows and why, link and unlink accounts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from portal_admin.domain.people import LinkedAccount
from portal_admin.errors import DeskError, NotFound
from portal_admin.services import access
from portal_admin.services.access_overview import Overview, linked_people, overview
from portal_admin.services.desk import Desk
from portal_admin.ui.account_access.offer_panel import OfferPanel
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.access.chooser import Choice, PersonChooser, person_row
from portal_admin.ui.panels.access.contract_rows import AreaRows, prepare
from portal_admin.ui.panels.access.contracts_panel import ContractsPanel
from portal_admin.ui.panels.access.link_panel import LinkPanel
from portal_admin.ui.panels.access.link_saver import LinkSaver
from portal_admin.ui.panels.access.links_panel import LINK, UNLINK, LinksPanel
from portal_admin.ui.panels.access.person_strip import PersonStrip
from portal_admin.ui.panels.access.unlink_panel import UnlinkPanel
from portal_admin.ui.panels.access.viewers import PeopleView
from portal_admin.ui.panels.access.why_panel import WhyPanel
from portal_admin.ui.tables.rows import Row
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel

RECENT_AT_MOST = 12
# Below this width an open side panel takes the place of the right column.
SIDE_COLUMN = Size.SIDE_PANEL - 2 * Size.ROW
ROOM_FOR_THREE = SIDE_COLUMN + Size.FORM + Size.SIDE_PANEL


def _look(desk: Desk, site: str, email: str) -> tuple[Overview, AreaRows]:
    """One user with the rows of their list, read and prepared off the UI thread."""
    found = overview(desk, site=site, email=email)
    return found, prepare(found)


class AccountAccessPage(Page):
    """The people view while nobody is chosen, else the person in view."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._choice: Choice | None = None
        self._link_later = ""
        self._ask_later = ""
        self._is_new_person = False
        self._recent: dict[Choice, Row] = {}
        self._overview: Overview | None = None
        self.chooser = PersonChooser(self.desk)
        self.people = PeopleView()
        self.offer = OfferPanel(self.desk)
        self.strip = PersonStrip()
        self.contracts = ContractsPanel(self._open_link_panel)
        self.links = LinksPanel(self.rights)
        self.why = WhyPanel(self.desk, self.navigator)
        self.link_panel = LinkPanel(self.desk)
        self.unlink_panel = UnlinkPanel(self.desk)
        self._saver = LinkSaver(self, self.link_panel, self.unlink_panel)
        self._build()
        self._connect()
        self._show_recent()

    # Opening

    @override
    def open(self, target: Target) -> None:
        if target.site and target.email:
            self._ask_later = target.contract or ""
            self._choose(Choice(target.site, target.email))
            self._link_later = target.account or ""
        elif target.contract or target.account:
            # A site beside an account asks whether it can be linked there.
            site = None if target.contract else target.site
            self._choose(Choice(site, contract=target.contract, account=target.account))
        elif self._choice is not None:
            self.refresh()
        else:
            self.chooser.setFocus()

    @override
    def refresh(self) -> None:
        choice = self._choice
        if choice is None:
            self._show_recent()
        elif choice.email:
            self._read_overview()
            self.why.ask_again()
        else:
            self._read_people(choice)

    # Building

    def _build(self) -> None:
        self.header.actions_row.addWidget(self.chooser)
        self.chooser.offer(self)
        # The whole before its parts: a widget that moves to another parent is styled anew with all that is in it.
        self._stack = QStackedWidget()
        self._stack.setMinimumWidth(Size.CARD)  # or an open side panel would widen the window
        self.body.addWidget(self._stack, 1)
        self._listing = QWidget()
        self._stack.addWidget(self._listing)
        person = QWidget()
        self.state = StatePanel(person)
        self._stack.addWidget(self.state)
        self._right = QWidget(person)
        self._right.setMinimumWidth(SIDE_COLUMN)
        self._fill_person(person)
        self._fill_listing()
        for panel in (self.link_panel, self.unlink_panel):
            self.add_side_panel(panel)

    def _fill_person(self, person: QWidget) -> None:
        whole = QVBoxLayout(person)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        whole.addWidget(self.strip)
        columns = QHBoxLayout()
        columns.setSpacing(Space.L)
        whole.addLayout(columns, 1)
        columns.addWidget(self.contracts, 3)
        columns.addWidget(self._right, 2)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(Space.M)
        right.addWidget(self.links, 2)
        right.addWidget(self.why, 3)

    def _fill_listing(self) -> None:
        row = QHBoxLayout(self._listing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        row.addWidget(self.people, 3)
        row.addWidget(self.offer, 2)

    def _connect(self) -> None:
        self.chooser.chosen.connect(self._choose)
        self.people.chosen.connect(self._choose)
        self.people.closed.connect(self._close_people)
        self.contracts.picked.connect(self.why.pick)
        self.contracts.asked.connect(self.why.ask)
        self.why.person_chosen.connect(self._choose)
        self.why.link_wanted.connect(self._open_link_panel)
        self.links.link.connect(self._open_link_panel)
        self.links.unlink.connect(self._open_unlink_panel)
        self.link_panel.confirmed.connect(self._link)
        self.unlink_panel.confirmed.connect(self._unlink)
        for panel in (self.link_panel, self.unlink_panel):
            panel.closed.connect(lambda: self._fit())

    # Choosing

    def _choose(self, choice: Choice) -> None:
        self._link_later = ""
        changed = choice != self._choice
        self._choice = choice
        if changed:
            self.messages.clear()
            self._close_panels()
        if choice.email:
            self._stack.setCurrentWidget(self.state)
            self._read_overview(fresh=changed)
        else:
            self._ask_later = choice.contract or ""
            self._stack.setCurrentWidget(self._listing)
            self._read_people(choice)

    def _close_people(self) -> None:
        self._choice = None
        self._show_recent()
        self.chooser.setFocus()

    def _show_recent(self) -> None:
        self.offer.hide()
        self.people.show_recent(self._recent.values(), self.chooser.setFocus)

    def _read_people(self, choice: Choice) -> None:
        self.offer.setVisible(choice.account is not None)
        if choice.contract:
            wanted = choice.contract
            self.people.wait(
                self.tr("Who can see contract {id}").format(id=wanted),
                self.tr(
                    "Who is not Active sees it once Active. Choose a person, here or above, to see why or why not."
                ),
                self.tr("Area, and through which account"),
            )
            self.run(
                lambda: access.who(self.desk, contract_id=wanted),
                lambda found: self.people.show_viewers(found, now=self.desk.clock()),
                self._people_failed,
                replaces="people",
            )
        elif choice.account:
            wanted = choice.account
            self.offer.show_account(wanted, choice.site)
            self.people.wait(
                self.tr("Who is linked to account {id}").format(id=wanted),
                self.tr("Choose a person to see what the link opens."),
            )
            self.run(
                lambda: linked_people(self.desk, account_id=wanted),
                self.people.show_linked,
                self._people_failed,
                replaces="people",
            )

    def _people_failed(self, error: DeskError) -> None:
        if isinstance(error, NotFound):
            self.people.table.state.nothing(error.message, icon="document")
        else:
            self.people.table.state.failed(error, self.refresh, at=self.desk.clock())

    # The person in view

    def _read_overview(self, *, fresh: bool = False) -> None:
        choice = self._choice
        if choice is None or choice.site is None or choice.email is None:
            return
        site, email = choice.site, choice.email
        if fresh:
            self._overview = None
            self._is_new_person = True
        self.state.loading()
        self.run(
            lambda: _look(self.desk, site, email),
            lambda looked: self._show_overview(*looked),
            self._overview_failed,
            replaces="overview",
        )

    def _overview_failed(self, error: DeskError) -> None:
        self._overview = None
        if isinstance(error, NotFound):
            self.state.nothing(
                error.message, action=self.tr("Find a person"), pressed=self.chooser.setFocus, icon="person"
            )
        else:
            self.state.failed(error, self.refresh, at=self.desk.clock())

    def _show_overview(self, found: Overview, rows: AreaRows) -> None:
        self._overview = found
        self.state.content()
        self.strip.show_overview(found)
        self.contracts.show_overview(found, rows, now=self.desk.clock())
        self.links.show_overview(found)
        self.link_panel.show_overview(found)
        self.unlink_panel.show_overview(found)
        user = found.contracts.user
        self.why.show_user(user, self._ask_later)
        self._ask_later = ""
        if self._is_new_person:
            self._is_new_person = False
            if not self.link_panel.isVisible():
                self.why.contract.setFocus()
        choice = Choice(user.site, user.email)
        self._recent.pop(choice, None)
        self._recent = {choice: person_row(user), **self._recent}
        while len(self._recent) > RECENT_AT_MOST:
            self._recent.popitem()
        self.chooser.recent = list(self._recent.values())
        if self._link_later:
            account, self._link_later = self._link_later, ""
            if account not in self.links.cards:
                self._open_link_panel(account)

    # Linking

    def _open_link_panel(self, account_id: str = "") -> None:
        if self._overview is None or not self.may(LINK):
            return
        self.unlink_panel.close_panel()
        self._fit(opening=self.link_panel)
        self.link_panel.show_for(self._overview, account_id)

    def _open_unlink_panel(self, account_id: str) -> None:
        if self._overview is None or not self.may(UNLINK):
            return
        self.link_panel.close_panel()
        self._fit(opening=self.unlink_panel)
        self.unlink_panel.show_for(self._overview, account_id)

    def _link(self, account_id: str, name: str) -> None:
        if self._overview is not None:
            self._saver.link(self._overview.contracts.user, account_id, name)

    def _unlink(self, account: LinkedAccount) -> None:
        if self._overview is not None:
            self._saver.unlink(self._overview.contracts.user, account)

    # Room and keys

    def _close_panels(self) -> None:
        for panel in (self.link_panel, self.unlink_panel):
            panel.close_panel()

    def _fit(self, *, opening: SidePanel | None = None) -> None:
        panels: tuple[SidePanel, ...] = (self.link_panel, self.unlink_panel)
        is_open = any(panel is opening or not panel.isHidden() for panel in panels)
        self._right.setVisible(not is_open or self.width() >= ROOM_FOR_THREE)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and any(
            not panel.isHidden() for panel in (self.link_panel, self.unlink_panel)
        ):
            self._close_panels()
            return
        super().keyPressEvent(event)
