"""Customer care: who is calling, and a tab for each caller."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from portal_admin.domain.text import canonical_email
from portal_admin.errors import DeskError
from portal_admin.ui import background, recent_callers
from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.kept_tabs import KeptTab, KeptTabs
from portal_admin.ui.customer_care.start_view import StartView
from portal_admin.ui.customer_care.tab_row import TabRow
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.theme import Space

NUMBERED = 9
log = logging.getLogger(__name__)


class CustomerCarePage(Page):
    """Tab 0 finds somebody; every other tab is one CallerView, which keeps all that was typed and chosen in it."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.header.hide()
        self.column.setContentsMargins(Space.XL, Space.XS, 0, 0)
        self.column.setSpacing(0)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._profile = context.profile.name if context.profile else ""
        self._kept = KeptTabs(self._profile, self.desk.operator)
        self._offered: tuple[KeptTab, ...] = ()
        self._is_read = False
        self.start = StartView(self.desk, context.spec)
        self.tabs = TabRow()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, Space.XL, 0)
        row.addWidget(self.tabs)
        self.body.addLayout(row)
        self.body.addWidget(self.stack, 1)
        self._connect()
        self.run(self._kept.read, self._offer, self._not_kept)
        self._read_recent()
        self.start.begin()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._switched)
        self.tabs.closed.connect(self.close_tab)
        self.start.chosen.connect(self._go)
        self.start.who.chosen.connect(self._go)
        self.start.who.access_wanted.connect(self._to_access)
        self.start.who.rehearsal_wanted.connect(self._to_rehearsal)
        self.start.restored.connect(self.restore_tabs)
        self.start.dismissed.connect(self._dismiss)
        keys: list[tuple[str, Callable[[], object]]] = [
            ("Ctrl+T", self.find_caller),
            ("Ctrl+W", self.close_current),
            ("Ctrl+Tab", partial(self._step, 1)),
            ("Ctrl+Shift+Tab", partial(self._step, -1)),
            ("Ctrl+PgDown", partial(self._step, 1)),
            ("Ctrl+PgUp", partial(self._step, -1)),
        ]
        # Ctrl and a number are the pages of the window.
        keys += [(f"Alt+{number}", partial(self._show_tab, number)) for number in range(1, NUMBERED + 1)]
        for sequence, call in keys:
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    @override
    def commands(self) -> Sequence[tuple[str, str, Callable[[], object]]]:
        own: list[tuple[str, str, Callable[[], object]]] = [
            (self.tr("Find a caller"), "Ctrl+T", self.find_caller),
            (self.tr("Next caller"), "Ctrl+Tab", partial(self._step, 1)),
            (self.tr("Close this caller"), "Ctrl+W", self.close_current),
        ]
        view = self.current_view
        return [*own, *(view.commands() if view is not None else ())]

    # Opening

    @property
    def views(self) -> list[CallerView]:
        """The callers, in the order of their tabs."""
        found = (self.stack.widget(place) for place in range(1, self.stack.count()))
        return [view for view in found if isinstance(view, CallerView)]

    @property
    def current_view(self) -> CallerView | None:
        """The caller in view, None on the first tab."""
        view = self.stack.currentWidget()
        return view if isinstance(view, CallerView) else None

    @override
    def open(self, target: Target) -> None:
        if target.site and target.email:
            view = self._view_of(target.site, target.email)
            self.tabs.setCurrentIndex(self.stack.indexOf(view))
            if target.contract:
                view.ask(target.contract)
        elif target.contract or target.account:
            self.tabs.setCurrentIndex(0)
            self.start.ask_who(target)

    @override
    def refresh(self) -> None:
        view = self.current_view
        if view is not None:
            view.refresh()
        else:
            self._read_recent()

    def find_caller(self) -> None:
        """Go to the field that finds somebody."""
        self.tabs.setCurrentIndex(0)
        self.start.begin()

    def _go(self, target: Target) -> None:
        if target.screen == self.context.spec.id:
            self.open(target)
        else:
            self.navigator.open.emit(target)

    def _view_of(self, site: str, email: str, name: str = "") -> CallerView:
        address = canonical_email(email)
        for view in self.views:
            if (view.key.site.casefold(), view.key.email) == (site.casefold(), address):
                return view
        view = CallerView(self.context, site, address, name)
        view.opened.connect(self._go)
        view.named.connect(lambda _name: self._name(view))
        view.dirty.connect(lambda _dirty: self._name(view))
        self.stack.addWidget(view)
        self.tabs.add(address, address)
        self._name(view)
        return view

    def _name(self, view: CallerView) -> None:
        place = self.stack.indexOf(view)
        if place > 0:
            site = view.key.site
            words = f"{view.name or view.key.email}, {site}"
            told = f"{view.name} {view.key.email}, {site}".strip()
            self.tabs.name(place, words, told, dirty=view.is_dirty)
        self._keep()

    # Tabs

    def _switched(self, place: int) -> None:
        before = self.stack.currentWidget()
        self.stack.setCurrentIndex(place)
        view = self.current_view
        if view is None:
            self._read_recent()
            self.start.begin()
        elif view is not before:
            (view.focusWidget() or view.first).setFocus()

    def _step(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    def _show_tab(self, number: int) -> None:
        if number <= len(self.views):
            self.tabs.setCurrentIndex(number)

    def close_current(self) -> None:
        """Close the caller in view; a note that was typed stays on this machine for the next time."""
        self.close_tab(self.tabs.currentIndex())

    def close_tab(self, place: int) -> None:
        """Close one caller."""
        view = self.stack.widget(place)
        if not isinstance(view, CallerView):
            return
        unsaved = view.is_dirty
        self.tabs.removeTab(place)
        self.stack.removeWidget(view)
        self.stack.setCurrentIndex(self.tabs.currentIndex())
        view.hide()  # what was typed is kept
        background.forget(view)
        view.deleteLater()
        self._keep()
        after = self.current_view
        ((after.focusWidget() or after.first) if after else self.start.field).setFocus()
        if unsaved:
            words = self.tr(
                "The note to {who} is not saved. It is kept on this machine until you open them again."
            )
            self.messages.warning(
                words.format(who=view.name or view.key.email),
                action=self.tr("Open again"),
                pressed=partial(self._go, Target("customer_care", *view.key)),
            )

    # What is kept on this machine

    def _offer(self, tabs: tuple[KeptTab, ...]) -> None:
        self._offered, self._is_read = tabs, True
        self.start.offer_tabs(tabs)
        self._keep()

    def restore_tabs(self) -> None:
        """Open the callers of the last session."""
        offered, self._offered = self._offered, ()
        self.start.offer_tabs(())
        for tab in offered:
            self._view_of(tab.site, tab.email, tab.name)
        if offered:
            self.tabs.setCurrentIndex(1)

    def _dismiss(self) -> None:
        self._offered = ()
        self.start.offer_tabs(())
        self._keep()
        self.start.begin()

    def _keep(self) -> None:
        if not self._is_read:
            return  # what the last session left must not be written over unread
        open_now = {(view.key.site.casefold(), view.key.email) for view in self.views}
        left = tuple(tab for tab in self._offered if (tab.site.casefold(), tab.email) not in open_now)
        if left != self._offered:
            self._offered = left
            self.start.offer_tabs(left)
        self._kept.put([*(view.kept for view in self.views), *self._offered])
        background.run(self, self._kept.write, lambda _done: None, self._not_kept, replaces="keep")

    def _not_kept(self, error: DeskError) -> None:
        # The tabs themselves are there; only a restart would miss them.
        log.warning("the open callers could not be kept: %s", error.kind)

    def _read_recent(self) -> None:
        profile = self._profile
        self.run(
            lambda: recent_callers.recent_callers(profile),
            lambda found: self.start.show_recent(found, self.desk.clock()),
            replaces="recent",
        )

    def _to_access(self, target: Target) -> None:
        self.navigator.go("account_access", contract=target.contract, account=target.account)

    def _to_rehearsal(self, target: Target) -> None:
        self.navigator.go("enrolment", contract=target.contract)
