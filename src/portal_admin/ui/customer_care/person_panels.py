"""The side panels of one caller, made when they are first wanted, and what was typed in them stays with the caller."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Signal

from portal_admin.domain.lifecycle import Action, require
from portal_admin.domain.people import EndUser, LinkedAccount
from portal_admin.errors import Refused
from portal_admin.services.access_overview import Overview
from portal_admin.ui.customer_care.command_bar import FIRST
from portal_admin.ui.override import override
from portal_admin.ui.page import Page
from portal_admin.ui.panels.access.link_panel import LinkPanel
from portal_admin.ui.panels.access.link_saver import LinkSaver
from portal_admin.ui.panels.access.links_panel import LINK, UNLINK
from portal_admin.ui.panels.access.unlink_panel import UnlinkPanel
from portal_admin.ui.panels.cash.preview_side import CashPreviewSide
from portal_admin.ui.panels.person.approve_panel import ApprovePanel
from portal_admin.ui.panels.person.edit_panel import EditPanel
from portal_admin.ui.panels.person.email_panel import EmailPanel
from portal_admin.ui.panels.person.reset_panel import ResetPanel
from portal_admin.ui.panels.person.saved import Saved
from portal_admin.ui.panels.person.user_actions import PERMISSIONS, WITH_PANEL, UserActions
from portal_admin.ui.panels.person.user_rows import UserKey
from portal_admin.ui.panels.person.verify_panel import VerifyPanel
from portal_admin.ui.widgets.side_panel import SidePanel

Panel = TypeVar("Panel", bound=SidePanel)


class PersonPanels(QObject):
    """`changed` names the user who must be read again, `replaced` the one who took over; `moved`: a panel came or went.

    `unread` carries what is to be done once the links were read, without which nothing can be linked or unlinked.
    """

    changed = Signal(object)
    replaced = Signal(object)
    moved = Signal()
    access_wanted = Signal(object)
    unread = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.all: list[SidePanel] = []
        self.overview: Overview | None = None
        self.actions = UserActions(page)
        self.saved = Saved(page)
        self.actions.changed.connect(self.changed)
        self.saved.changed.connect(self._saved)

    @property
    def is_open(self) -> bool:
        """Whether a panel takes room."""
        return any(not panel.isHidden() for panel in self.all)

    @cached_property
    def edit(self) -> EditPanel:
        """The form for names."""
        made = EditPanel(self._page)
        made.saved.connect(self.saved.edited)
        made.change_email.connect(lambda user: self.act(Action.CHANGE_EMAIL, user))
        made.access_wanted.connect(self.access_wanted)
        return self.adopt(made)

    @cached_property
    def email(self) -> EmailPanel:
        """The form for another address."""
        made = EmailPanel(self._page)
        made.changed.connect(self.saved.email_changed)
        made.stale.connect(self.changed)
        return self.adopt(made)

    @cached_property
    def reset(self) -> ResetPanel:
        """The form that asks who is calling before a password is reset."""
        made = ResetPanel(self._page)
        made.queued.connect(self.actions.tell_queued)
        return self.adopt(made)

    @cached_property
    def verify(self) -> VerifyPanel:
        """The form that records who is calling."""
        made = VerifyPanel(self._page)
        made.verified.connect(self._verified)
        return self.adopt(made)

    @cached_property
    def approve(self) -> ApprovePanel:
        """The form in which a colleague vouches for a caller."""
        made = ApprovePanel(self._page)
        made.approved.connect(lambda _user, words: self._page.messages.success(words))
        return self.adopt(made)

    @cached_property
    def link(self) -> LinkPanel:
        """The form that links an account."""
        made = LinkPanel(self._page.desk)
        made.confirmed.connect(self._link)
        return self.adopt(made)

    @cached_property
    def unlink(self) -> UnlinkPanel:
        """The form that unlinks an account."""
        made = UnlinkPanel(self._page.desk)
        made.confirmed.connect(self._unlink)
        return self.adopt(made)

    @cached_property
    def cash(self) -> CashPreviewSide:
        """What an amount would pay."""
        return self.adopt(CashPreviewSide(self._page.desk))

    @cached_property
    def _saver(self) -> LinkSaver:
        return LinkSaver(self._page, self.link, self.unlink)

    def adopt(self, panel: Panel) -> Panel:
        """Put a panel at the right of the page and mind it; returns the panel."""
        self._page.add_side_panel(panel)
        panel.installEventFilter(self)
        self.all.append(panel)
        return panel

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self.moved.emit()
        return super().eventFilter(watched, event)

    def act(self, action: Action, user: EndUser) -> None:
        """Do an action of rule C, or open the form that it needs."""
        if not self._page.may(PERMISSIONS[action]):
            return
        try:
            require(action, user.status)
        except Refused as refusal:
            self._advise(refusal, user)
            return
        if action in WITH_PANEL:
            panel = {Action.EDIT: "edit", Action.CHANGE_EMAIL: "email"}.get(action, "reset")
            self.open(panel, user)
        else:
            self.actions.act(action, user)

    def _advise(self, refusal: Refused, user: EndUser) -> None:
        """Say what to do instead, and offer it."""
        instead = FIRST[user.status]
        label = {
            Action.RESEND: self.tr("Resend Registration Email"),
            Action.RESET: self.tr("Reset Password…"),
            Action.REACTIVATE: self.tr("Reactivate User"),
        }[instead]
        self._page.messages.warning(refusal.message, action=label, pressed=lambda: self.act(instead, user))

    def open(self, name: str, user: EndUser) -> None:
        """Open the panel of that name on a user, in place of another one."""
        panel = getattr(self, name)
        self.only(panel)
        panel.start(user)

    def open_link(self, account_id: str = "") -> None:
        """Open the form that links an account, on one when it is named."""
        if not self._page.may(LINK):
            return
        if self.overview is None:
            self.unread.emit(partial(self.open_link, account_id))
        else:
            self.only(self.link)
            self.link.show_for(self.overview, account_id)

    def open_unlink(self, account_id: str) -> None:
        """Open the preview of unlinking an account."""
        if not self._page.may(UNLINK):
            return
        if self.overview is None:
            self.unread.emit(partial(self.open_unlink, account_id))
        else:
            self.only(self.unlink)
            self.unlink.show_for(self.overview, account_id)

    def open_cash(self, contract_id: str) -> None:
        """Open the preview of what an amount would pay, on a contract when one is in hand."""
        self.only(self.cash)
        self.cash.start(contract_id)

    def close_cash(self) -> None:
        """Take that preview away, if there is one."""
        if "cash" in self.__dict__:
            self.cash.close_panel()

    def show_overview(self, overview: Overview) -> None:
        """The links were read again."""
        self.overview = overview
        for name in ("link", "unlink"):
            if name in self.__dict__:
                getattr(self, name).show_overview(overview)

    def only(self, wanted: SidePanel | None) -> None:
        """Close every other panel; what was typed in them stays."""
        for panel in self.all:
            if panel is not wanted:
                panel.close_panel()

    def _link(self, account_id: str, name: str) -> None:
        if self.overview is not None:
            self._saver.link(self.overview.contracts.user, account_id, name)

    def _unlink(self, account: LinkedAccount) -> None:
        if self.overview is not None:
            self._saver.unlink(self.overview.contracts.user, account)

    def _verified(self, words: str) -> None:
        self._page.messages.success(words)
        self.changed.emit(None)

    def _saved(self, key: UserKey) -> None:
        self.changed.emit(key)
        shown = self.overview.contracts.user if self.overview else None
        if shown is not None and key != UserKey(shown.site, shown.email):
            self.replaced.emit(key)
