"""One caller: everything about one person on one site, on one screen; what is typed and chosen stays with the tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import EndUser, Status
from portal_admin.errors import CouldNotLook, DeskError, NotFound
from portal_admin.services import verification
from portal_admin.services.access_overview import Overview
from portal_admin.services.caller import CallerProfile, caller_profile
from portal_admin.services.change import permission_of
from portal_admin.ui import background, recent_callers
from portal_admin.ui.customer_care.caller_layout import CallerLayout
from portal_admin.ui.customer_care.case_actions import CaseActions
from portal_admin.ui.customer_care.command_bar import KEYS
from portal_admin.ui.customer_care.kept_tabs import KeptTab
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import PageContext
from portal_admin.ui.panels.access.chooser import Choice
from portal_admin.ui.panels.caller.fixes import CallerFixes
from portal_admin.ui.panels.person.user_actions import offers
from portal_admin.ui.panels.person.user_rows import UserKey
from portal_admin.ui.recent_callers import RecentCaller
from portal_admin.ui.tab_order import stops


class CallerView(CallerLayout):
    """`named` carries the person's name once known, `dirty` whether a note is unsaved, `opened` another Target."""

    named = Signal(str)
    dirty = Signal(bool)
    opened = Signal(object)

    def __init__(self, context: PageContext, site: str, email: str, name: str = "") -> None:
        super().__init__(context, UserKey(site, email))
        self.user: EndUser | None = None
        self._name = name
        self._found: CallerProfile | None = None
        self._ask_later = ""
        self._once_read: Callable[[], None] | None = None
        self._has_begun = False
        self.case = CaseActions(self)
        self.shown_first.connect(self._read)

    @override
    def built(self) -> None:
        self.fixes = CallerFixes(self, self.panels, self.why, self.refresh)
        self._connect()
        self.aspire.ask()
        if self._found is not None:
            self._show(self._found)

    def _connect(self) -> None:
        self.strip.opened.connect(self.opened)
        self.parts.opened.connect(self.opened)
        self.facts.opened.connect(self.opened)
        self.contracts.selected.connect(self._pick)
        self.contracts.asked.connect(self._ask)
        self.contracts.read.connect(self._show_overview)
        self.contracts.counted.connect(self._contracts_counted)
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
        self.panels.unread.connect(self._wait_for_links)
        self.payments.preview_wanted.connect(partial(self._command, "would_pay"))
        self.panels.access_wanted.connect(lambda _user: self._command("access"))
        self.note.written.connect(lambda _note: self.notes.refresh())
        self.note.is_dirty_changed.connect(self.dirty)
        for _title, keys, call in self.commands():
            if not keys:
                continue
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    @override
    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        if not self.is_built:
            return ()
        return (
            (self.tr("Call note"), "Ctrl+N", self.note.begin),
            (self.tr("Why? about a contract"), "Ctrl+Y", self._focus_why),
            *self._actions(),
            (self.tr("Link account…"), "Ctrl+L", self.panels.open_link),
            *self._cash_commands(),
            (self.tr("Verify caller…"), "Ctrl+Shift+V", partial(self._command, "verify")),
            (self.tr("Approve for a colleague…"), "", partial(self._command, "approve")),
            (self.tr("Copy the case pack"), "Ctrl+Shift+P", partial(self._command, "case")),
            (self.tr("Save case pack as…"), "", partial(self._command, "save_case")),
        )

    def _cash_commands(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        if self._payments_on:
            yield self.tr("What would a payment pay?…"), "", partial(self._command, "would_pay")

    def _actions(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """Those of rule C that have keys, and the others while the status offers them."""
        for offer in offers(self.user.status if self.user else Status.ACTIVE):
            keys = KEYS.get(offer.action, "")
            if keys or offer.instead is None:
                yield offer.label, keys, partial(self._act, offer.action)

    # Reading

    @property
    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self.contracts.panel.table.view if self.is_built else self

    @property
    def kept(self) -> KeptTab:
        """What is remembered of the tab."""
        return KeptTab(*self.key, self.name)

    @property
    def name(self) -> str:
        """The person's name, as it is known so far."""
        return self.user.name if self.user else self._name

    @property
    def is_dirty(self) -> bool:
        """Whether a note was typed that is not saved."""
        return self.is_built and self.note.is_dirty

    @property
    def _payments_on(self) -> bool:
        return self._found is None or self._found.policy.payments_enabled

    def ask(self, contract_id: str) -> None:
        """Ask Why? about a contract, as soon as the person is known."""
        if self.user is None or not self.is_built:
            self._ask_later = contract_id
        else:
            self._ask(contract_id)
            self.contracts.select(contract_id)

    @override
    def refresh(self) -> None:
        if not self.is_built:
            return
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
        profile = self.context.profile.name if self.context.profile else ""
        recent_callers.note_caller(profile, seen)
        return found

    def _show(self, found: CallerProfile) -> None:
        self._found = found
        if not self.is_built:
            return
        is_first, self.user = self.user is None, found.user
        self.key = UserKey(found.user.site, found.user.email)
        self.strip.show_profile(found, self.desk.clock())
        self.commands_bar.show_user(found.user, payments=self._payments_on)
        self.aspire.show_age(found.freshness)
        self.state.content()
        self.contracts.show_caller(found.user)
        # Switched off on the portal means that nothing of payments is seen here, either (rule F).
        self.parts.switch_off(self.payments, not self._payments_on)
        if not self._payments_on:
            self.panels.close_cash()
        self.parts.show_caller(found.user)
        asked, self._ask_later = self._ask_later, ""
        self.why.show_user(found.user)
        if is_first:
            self.named.emit(found.user.name)
        if asked:
            self.ask(asked)

    def _contracts_counted(self, count: int) -> None:
        background.later(self, 0, self._begin, replaces="begin")
        if count < 0:
            words = self.tr(
                "The linked accounts are read together with the contracts, which could not be read."
            )
            self.links_state.failed(CouldNotLook(words), self.contracts.refresh, at=self.desk.clock())
            self.parts.count(0, count)
            then, self._once_read = self._once_read, None
            if then is not None:
                background.later(self, 0, then, replaces="once read")

    def _begin(self) -> None:
        """Once the contracts are there, the keyboard begins at them, unless it is at work elsewhere already."""
        begun, self._has_begun = self._has_begun, True
        focused = QApplication.focusWidget() or self
        at_work = any(
            part.isAncestorOf(focused) for part in (self.note, self.why, self.parts, *self.panels.all)
        )
        if not begun and self.isVisible() and not at_work:
            found = stops(self.contracts)
            # Where they could not be read, Retry and not the id above it.
            retry = [one for one in found if isinstance(one, QAbstractButton)]
            (self.first if self.first in found else next(iter(retry), self.parts.bar)).setFocus()

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
        self.links_state.content()
        self.parts.count(0, len(overview.cards))
        self.panels.show_overview(overview)
        then, self._once_read = self._once_read, None
        if then is not None:
            then()

    def _wait_for_links(self, then: Callable[[], None]) -> None:
        """Linking and unlinking begin once the links were read; why they could not be is said."""
        if self.user is None:
            return  # the page itself says why it could not be read
        if self.contracts.state.is_loading:
            self._once_read = then
            return
        words = self.tr(
            "Nothing can be linked or unlinked yet: the linked accounts are read together with the contracts, which "
            "could not be read."
        )
        self.messages.warning(words, action=self.tr("Retry"), pressed=partial(self._read_links, then))

    def _read_links(self, then: Callable[[], None]) -> None:
        self._once_read = then
        self.contracts.refresh()

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
            if self.may(permission_of(verification.verify)):
                self.panels.open(name, user)
        elif name == "would_pay":
            self.panels.open_cash(self.why.asked or self.contracts.current or "")
        elif name == "case":
            self.case.copy(self.key, self.why.asked)
        elif name == "save_case":
            self.case.choose_file(self.key, self.why.asked)
        else:
            screen = {"access": "account_access", "history": "audit"}.get(name, name)
            self.navigator.go(screen, site=user.site, email=user.email)

    def _open_other(self, choice: Choice) -> None:
        self.opened.emit(Target("customer_care", choice.site, choice.email, contract=self.why.asked or None))


def _target(key: UserKey) -> Target:
    return Target("customer_care", site=key.site, email=key.email)
