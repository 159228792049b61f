"""The End users screen: filter, page, create, edit and the actions of rule C."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from portal_admin.domain.lifecycle import Action, require
from portal_admin.domain.people import EndUser, Site
from portal_admin.domain.text import canonical_email
from portal_admin.errors import DeskError, NotFound, Refused
from portal_admin.services import access_overview, early_resets, sites, users
from portal_admin.services.access_overview import Overview
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.services.early_resets import Caution
from portal_admin.ui.end_users.create_panel import CreatePanel
from portal_admin.ui.end_users.details import UserDetails
from portal_admin.ui.end_users.file_actions import FileActions
from portal_admin.ui.end_users.filter_bar import FilterBar
from portal_admin.ui.end_users.user_table import UserTable
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.panels.person.approve_panel import ApprovePanel
from portal_admin.ui.panels.person.edit_panel import EditPanel
from portal_admin.ui.panels.person.email_panel import EmailPanel
from portal_admin.ui.panels.person.reset_panel import ResetPanel
from portal_admin.ui.panels.person.saved import Saved
from portal_admin.ui.panels.person.user_actions import PERMISSIONS, WITH_PANEL, UserActions
from portal_admin.ui.panels.person.user_rows import UserFilters, UserKey, key_of
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import set_tooltip

CREATE = permission_of(users.create_user)


def _look(desk: Desk, key: UserKey) -> tuple[Overview, Caution]:
    """One user with what the rep must be cautious of."""
    found = access_overview.overview(desk, site=key.site, email=key.email)
    return found, early_resets.caution(desk, site=key.site, email=key.email)


class EndUsersPage(Page):
    """Table and details, with a side panel for creating, editing and changing an address."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._sites: tuple[Site, ...] | None = None
        self._wanted: UserKey | None = None
        self._to_edit: object = None
        self._to_create: Target | None = None
        self.new_button = self.header.set_primary(self.tr("New end user"), self.new_user, icon="plus")
        set_tooltip(self.new_button, self.tr("New end user (Ctrl+N)"))
        self.rights.guard(self.new_button, CREATE)
        self.files = FileActions(self, shown=self._shown, opening=self._only, adopt=self._adopt)
        self.filters = FilterBar()
        self.table = UserTable(self.desk, nothing=self._tell_nothing)
        self.details = UserDetails(self.rights)
        self.actions_of_user = UserActions(self)
        self.saved = Saved(self)
        self._lay_out()
        self._panels: list[SidePanel] = []
        self._connect()
        self.filters.search.setFocus()

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(frame, 1)
        row.addWidget(self.details)
        self.body.addWidget(self.filters)
        self.body.addLayout(row, 1)

    def _connect(self) -> None:
        self.filters.changed.connect(self._filter)
        self.table.counted.connect(self._counted)
        self.table.unread.connect(self._unread)
        self.table.current_changed.connect(self._select)
        self.table.opened.connect(self._open_editor)
        self.details.asked.connect(self._act)
        self.details.access_wanted.connect(self._go_to_access)
        self.details.history_wanted.connect(self._go_to_history)
        self.details.approval_wanted.connect(self._approve)
        self.actions_of_user.changed.connect(self._reveal)
        self.saved.changed.connect(self._reveal)
        for keys, call in self._keys():
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    def _keys(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return ("Ctrl+N", self.new_user), ("Ctrl+F", self._focus_filter), ("Ctrl+R", self._reset)

    # The panels are made when they are first wanted, so that the page is quickly there.

    @cached_property
    def create_panel(self) -> CreatePanel:
        """The form for a new end user."""
        made = CreatePanel(self)
        made.created.connect(self.saved.created)
        made.show_user.connect(self._show_other)
        made.set_sites(self._sites or ())
        self._adopt(made)
        return made

    @cached_property
    def edit_panel(self) -> EditPanel:
        """The form for names."""
        made = EditPanel(self)
        made.saved.connect(self.saved.edited)
        made.change_email.connect(lambda user: self._act(Action.CHANGE_EMAIL, user))
        made.access_wanted.connect(self._go_to_access)
        self._adopt(made)
        return made

    @cached_property
    def email_panel(self) -> EmailPanel:
        """The form for another address."""
        made = EmailPanel(self)
        made.changed.connect(self.saved.email_changed)
        made.stale.connect(self._reveal)
        self._adopt(made)
        return made

    @cached_property
    def reset_panel(self) -> ResetPanel:
        """The form that asks who is calling before a password is reset."""
        made = ResetPanel(self)
        made.queued.connect(self.actions_of_user.tell_queued)
        self._adopt(made)
        return made

    @cached_property
    def approve_panel(self) -> ApprovePanel:
        """The form in which a colleague vouches for a caller."""
        made = ApprovePanel(self)
        made.approved.connect(lambda _user, words: self.messages.success(words))
        self._adopt(made)
        return made

    def _adopt(self, panel: SidePanel) -> None:
        self.add_side_panel(panel)
        panel.closed.connect(self._place_details)
        self._panels.append(panel)

    @override
    def open(self, target: Target) -> None:
        self._to_create = target if target.site and target.email and target.account else None
        if target.site and target.email and not target.account:
            self.filters.clear_quietly()
            self._wanted = UserKey(target.site, canonical_email(target.email))
        self._read(site=target.site if target.site and not target.email else None)

    @override
    def refresh(self) -> None:
        self._read(site=None)

    def new_user(self) -> None:
        """Open the form for a new end user, or say that a site or another role is needed first."""
        if not self.may(CREATE):
            return
        if self._sites == ():
            self.messages.warning(
                self.tr("An end user belongs to a site, and there is none yet."),
                action=self.tr("Create a site"),
                pressed=self._go_to_sites,
            )
            return
        self._only(self.create_panel)
        self.create_panel.start(self.filters.filters.site)

    def _begin_for(self, target: Target) -> None:
        """Open the form for somebody who is to get a user; it opens and saves nothing."""
        if target.site and target.email and target.account and self.may(CREATE):
            known = {one.key.casefold(): one.key for one in self._sites or ()}
            self._only(self.create_panel)
            self.create_panel.start_for(
                known.get(target.site.casefold(), target.site), target.email, target.account
            )

    def _read(self, *, site: str | None) -> None:
        desk = self.desk
        self.table.source.acquire()
        self.table.state.loading()

        def done(found: tuple[Site, ...]) -> None:
            self._sites = found
            self.filters.set_sites(found)
            if "create_panel" in self.__dict__:
                self.create_panel.set_sites(found)
            wanted_new, self._to_create = self._to_create, None
            if wanted_new is not None:
                self._begin_for(wanted_new)
            known = {one.key.casefold(): one.key for one in found}
            if site is not None and site.casefold() in known:
                self.filters.show_only(known[site.casefold()])
            else:
                wanted, self._wanted = self._wanted, None
                self.table.show_filtered(self.filters.filters, reveal=wanted, missing=self._tell_missing)
                if site is not None:
                    self.messages.warning(self.tr("There is no site {key}.").format(key=site))

        self.run(lambda: sites.list_sites(desk), done, self._could_not_read, replaces="sites")

    def _could_not_read(self, error: DeskError) -> None:
        self.table.state.failed(error, self.refresh, at=self.desk.clock())
        self._unread()

    def _counted(self, count: int) -> None:
        self.filters.tell(count)
        self._place_details()

    def _unread(self) -> None:
        self.filters.tell_unknown()
        self.details.hide()

    def _shown(self) -> tuple[UserFilters, int]:
        return self.filters.filters, self.table.count

    def _filter(self, filters: UserFilters) -> None:
        self.table.set_filters(filters)

    def _tell_nothing(self, state: StatePanel) -> None:
        if self.filters.filters.are_set:
            text = self.tr("No end user matches the filters.")
            state.nothing(text, action=self.tr("Clear filters"), pressed=self.filters.clear, icon="search")
        elif self._sites:
            text = self.tr("No end users yet. Create the first one and link it to an account.")
            state.nothing(text, action=self.tr("New end user"), pressed=self.new_user, icon="people")
        else:
            text = self.tr("No end users yet, and no site for them. Create a site first.")
            state.nothing(text, action=self.tr("Create a site"), pressed=self._go_to_sites, icon="sites")

    def _select(self, key: object) -> None:
        if not isinstance(key, UserKey):
            self.details.show_nobody()
            return
        desk = self.desk
        self.details.state.loading()
        self.run(
            lambda: _look(desk, key),
            lambda looked: self._show_overview(*looked),
            self._could_not_show,
            replaces="details",
        )

    def _show_overview(self, overview: Overview, caution: Caution) -> None:
        if self.table.current_key == key_of(overview.contracts.user):
            self.details.show_overview(overview, caution, self.desk.clock())
            wanted, self._to_edit = self._to_edit, None
            if wanted == self.table.current_key:
                self._open_editor(wanted)

    def _could_not_show(self, error: DeskError) -> None:
        self.details.user = None
        if isinstance(error, NotFound):
            self.details.state.nothing(error.message, action=self.tr("Read again"), pressed=self.refresh)
        else:
            again = self.table.current_key
            self.details.state.failed(error, lambda: self._select(again), at=self.desk.clock())

    def _open_editor(self, key: object) -> None:
        user = self.details.user
        if user is not None and key_of(user) == key:
            self._act(Action.EDIT, user)
        else:
            self._to_edit = key  # opened as soon as it is read

    def _act(self, action: Action, user: EndUser) -> None:
        if not self.may(PERMISSIONS[action]):
            return
        if action in WITH_PANEL:
            panel = self._panel_of(action)
            self._only(panel)
            panel.start(user)
        else:
            self.actions_of_user.act(action, user)

    def _panel_of(self, action: Action) -> EditPanel | EmailPanel | ResetPanel:
        if action is Action.EDIT:
            return self.edit_panel
        return self.email_panel if action is Action.CHANGE_EMAIL else self.reset_panel

    def _reset(self) -> None:
        user = self.details.user
        if user is not None and self.may(PERMISSIONS[Action.RESET]):
            try:
                require(Action.RESET, user.status)
            except Refused as refusal:
                self.messages.info(refusal.message)
            else:
                self._act(Action.RESET, user)

    def _approve(self, user: EndUser) -> None:
        self._only(self.approve_panel)
        self.approve_panel.start(user)

    def _reveal(self, key: UserKey) -> None:
        if not self.isVisible():
            self._wanted = key  # when the page is shown again
            return
        self.table.show_filtered(self.filters.filters, reveal=key, missing=self._unhide)

    def _unhide(self, key: UserKey) -> None:
        # A row that was just saved is shown even where the filters would hide it.
        self.filters.clear_quietly()
        self.table.show_filtered(self.filters.filters, reveal=key, missing=self._tell_missing)

    def _tell_missing(self, key: UserKey) -> None:
        words = self.tr("There is no end user {email} on site {site}.")
        self.messages.warning(words.format(email=key.email, site=key.site))

    def _show_other(self, key: UserKey) -> None:
        self.create_panel.close_panel()
        self._reveal(key)

    def _only(self, wanted: SidePanel) -> None:
        for panel in self._panels:
            if panel is not wanted:
                panel.close_panel()
        self.details.hide()

    def _place_details(self) -> None:
        # They make room for a panel, and say nothing where there is nobody to select.
        somebody = self.table.count > 0 or self.filters.filters.are_set
        self.details.setVisible(somebody and all(panel.isHidden() for panel in self._panels))

    def _focus_filter(self) -> None:
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def _go_to_access(self, user: EndUser) -> None:
        self.navigator.go("account_access", site=user.site, email=user.email)

    def _go_to_history(self, user: EndUser) -> None:
        self.navigator.go("audit", site=user.site, email=user.email)

    def _go_to_sites(self) -> None:
        self.navigator.go("sites")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.table.source.acquire()
        super().showEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.table.source.release()
