"""The Audit screen: who did what, a person's story, and the proof that nothing was changed."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from portal_admin.domain.audit_words import Event
from portal_admin.domain.permissions import Permission, Role, refusal
from portal_admin.errors import DeskError
from portal_admin.services import audit_list
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.roles import my_role
from portal_admin.ui.audit.details import EventDetails, Looked, look
from portal_admin.ui.audit.event_table import EventTable
from portal_admin.ui.audit.export_panel import AuditExportPanel
from portal_admin.ui.audit.filter_bar import FilterBar
from portal_admin.ui.audit.story_view import StoryView
from portal_admin.ui.audit.verify_bar import VerifyBar
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import set_tooltip


class AuditPage(Page):
    """Events with their details, or one person's story in their place."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.verify_button = self.header.set_primary(self.tr("Verify"), self._verify, icon="check")
        set_tooltip(self.verify_button, self.tr("Prove that no line was changed, put in or taken away"))
        self.export_button = self.header.add_action(self.tr("Export…"), self._export, icon="download")
        self.proof = VerifyBar(self.desk)
        self.filters = FilterBar(self.desk.clock)
        self.table = EventTable(self.desk, nothing=self._tell_nothing)
        self.details = EventDetails()
        self.story = StoryView(self.desk)
        self.places = QStackedWidget()
        self._lay_out()
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
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.filters)
        column.addLayout(row, 1)
        self.places.addWidget(self._list)
        self.places.addWidget(self.story)
        self.body.addWidget(self.proof)
        self.body.addWidget(self.places, 1)

    def _connect(self) -> None:
        self.filters.changed.connect(self.table.set_filters)
        self.table.counted.connect(self._counted)
        self.table.unread.connect(self._unread)
        self.table.current_changed.connect(self._select)
        self.table.opened.connect(self._open_story_of_row)
        self.details.story_wanted.connect(self._tell_story)
        self.details.line_wanted.connect(self.show_line)
        self.details.operation_wanted.connect(self.filters.show_operation)
        self.proof.line_wanted.connect(self.show_line)
        self.story.left.connect(self._show_list)
        self.story.access_wanted.connect(
            lambda site, email: self.navigator.go("account_access", site=site, email=email)
        )
        shortcut = QShortcut(QKeySequence("Ctrl+F"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._focus_filter)

    @cached_property
    def export_panel(self) -> AuditExportPanel:
        """The form for an export; it takes the place of the details."""
        made = AuditExportPanel(self)
        self.add_side_panel(made)
        made.closed.connect(self._place_details)
        return made

    @override
    def open(self, target: Target) -> None:
        if target.site and target.email:
            self._show_story(target.site, target.email)
        else:
            self._show_list()
            if self.focusWidget() in (
                None,
                self.verify_button,
            ):  # the first control is not what people come for
                self.filters.search.setFocus()
        self._read()

    @override
    def refresh(self) -> None:
        self._read()
        if self.places.currentWidget() is self.story:
            self.story.refresh()

    def show_line(self, line: int) -> None:
        """Select a line of the audit, without the filters that hide it."""
        self.filters.clear_quietly()
        self._show_list()
        self.table.show_filtered(AuditFilter(), select=line)

    def _read(self) -> None:
        desk = self.desk
        self.table.show_filtered(self.filters.filters)
        self.run(
            lambda: audit_list.choices(desk),
            self.filters.set_choices,
            lambda _error: None,
            replaces="choices",
        )
        self.run(lambda: my_role(desk), self._allow, lambda _error: None, replaces="role")

    def _allow(self, role: Role | None) -> None:
        reason = refusal(role, Permission.EXPORT)
        self.export_button.setEnabled(reason is None)
        words = reason or self.tr("Write the events that the table shows to a file")
        set_tooltip(self.export_button, words)
        self.export_button.setAccessibleDescription(words)

    def _counted(self, count: int) -> None:
        self.filters.tell(count)
        self._place_details()

    def _unread(self) -> None:
        self.filters.tell_unknown()
        self.details.hide()

    def _tell_nothing(self, state: StatePanel) -> None:
        if self.filters.filters.is_set:
            state.nothing(
                self.tr("No event matches the filters."),
                action=self.tr("Clear filters"),
                pressed=self.filters.clear,
                icon="search",
            )
        else:
            state.nothing(self.tr("Nothing was done yet. Every change will stand here."), icon="history")

    def _select(self, key: object) -> None:
        if not isinstance(key, int):
            self.details.show_none()
            return
        desk = self.desk
        self.details.state.loading()
        self.run(lambda: look(desk, key), self._show_looked, self._could_not_look, replaces="details")

    def _show_looked(self, looked: Looked | None) -> None:
        if looked is None:
            self.details.show_none()
        elif self.table.current_key == looked.event.line.id:
            self.details.show_event(looked, self.desk.clock())

    def _could_not_look(self, error: DeskError) -> None:
        again = self.table.current_key
        self.details.state.failed(error, lambda: self._select(again), at=self.desk.clock())

    def _open_story_of_row(self, key: object) -> None:
        desk = self.desk
        if isinstance(key, int):
            self.run(
                lambda: audit_list.page(desk, [key]),
                lambda found: self._tell_story(found[0]) if found else None,
                replaces="open",
            )

    def _tell_story(self, event: Event) -> None:
        if event.line.site and "@" in event.line.subject:
            self._show_story(event.line.site, event.line.subject)

    def _show_story(self, site: str, email: str) -> None:
        self.places.setCurrentWidget(self.story)
        self.export_button.hide()
        self.story.show_person(site, email)
        self.story.timeline.setFocus()

    def _show_list(self) -> None:
        if self.places.currentWidget() is self._list:
            return
        self.places.setCurrentWidget(self._list)
        self.export_button.show()
        self.table.view.setFocus()

    def _verify(self) -> None:
        self.proof.verify()

    def _export(self) -> None:
        self.details.hide()
        self.export_panel.start(self.filters.filters, self.table.count)

    def _place_details(self) -> None:
        # They make room for a panel and in a narrow window, and say nothing where there is nothing to select.
        panel = "export_panel" in self.__dict__ and not self.export_panel.isHidden()
        somebody = self.table.count > 0 or self.filters.filters.is_set
        self.details.setVisible(somebody and not panel)

    def _focus_filter(self) -> None:
        self._show_list()
        self.filters.search.setFocus()
        self.filters.search.selectAll()
