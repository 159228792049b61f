"""The Operators screen: who works at the desks, and what each role may do."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services import operators
from portal_admin.services.change import permission_of
from portal_admin.services.operators import Operator
from portal_admin.ui.navigation import Target
from portal_admin.ui.operators.operator_rows import (
    matrix_columns,
    matrix_sections,
    operator_columns,
    operator_row,
    role_name,
)
from portal_admin.ui.operators.panels import AddPanel, RolePanel
from portal_admin.ui.override import override
from portal_admin.ui.page import Page, PageContext
from portal_admin.ui.tables.list_table import ListTable
from portal_admin.ui.theme import Size, Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

ADD, CHANGE = permission_of(operators.add), permission_of(operators.set_role)


class OperatorsPage(Page):
    """Operators above, the permission matrix below, side panels for adding and for roles."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._operators: dict[str, Operator] = {}
        self.new_button = self.header.set_primary(self.tr("New operator"), self.new_operator, icon="plus")
        set_tooltip(self.new_button, self.tr("New operator (Ctrl+N)"))
        self.rights.guard(self.new_button, ADD)
        self.role_button = self.header.add_action(self.tr("Change role…"), self.change_role, icon="edit")
        self.rights.guard(self.role_button, CHANGE)
        self.operators = ListTable(
            operator_columns(), name=self.tr("Operators"), memory="operators", always=2
        )
        self.matrix = ListTable(matrix_columns(), name=self.tr("What each role may do"), memory="matrix")
        self.matrix.set_sections(matrix_sections())
        self.enforced = self._enforced()
        self._lay_out()
        self._connect()
        self._selected()
        self.operators.view.setFocus()

    def _enforced(self) -> PlainLabel:
        if self.desk.engine.dialect.name == "sqlite":
            words = self.tr(
                "This portal database is a file, and a file enforces nothing: whoever can open it can change it. "
                "Here the roles keep honest people from mistakes; a database server enforces them."
            )
        else:
            words = self.tr(
                "The database server enforces the roles too, once its owner has run what “portal-admin db grants” "
                "prints; it is run again after roles have changed."
            )
        return PlainLabel(words, kind="secondary", wrap=True)

    def _lay_out(self) -> None:
        said = QWidget()
        row = QHBoxLayout(said)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(Mark("info", "secondary"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.enforced, 1)
        self.body.addWidget(said)
        self.body.addWidget(_framed(self.operators), 2)
        self._roles = QWidget()
        column = QVBoxLayout(self._roles)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(PlainLabel(self.tr("What each role may do"), kind="section"))
        column.addWidget(_framed(self.matrix), 1)
        self.body.addWidget(self._roles, 3)

    def _connect(self) -> None:
        shortcut = QShortcut(QKeySequence("Ctrl+N"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.new_operator)
        self.operators.current_changed.connect(lambda _key: self._selected())
        self.operators.opened.connect(lambda _key: self.change_role())

    @cached_property
    def add_panel(self) -> AddPanel:
        """The form for a new operator, made when it is first wanted."""
        made = AddPanel(self)
        made.added.connect(self._added)
        self._adopt(made)
        return made

    @cached_property
    def role_panel(self) -> RolePanel:
        """The form for another role, made when it is first wanted."""
        made = RolePanel(self)
        made.changed.connect(self._changed)
        made.stale.connect(self.refresh)
        self._adopt(made)
        return made

    def _adopt(self, panel: SidePanel) -> None:
        self.add_side_panel(panel)
        panel.closed.connect(self.role_button.show)
        panel.closed.connect(self._fit)

    def _fit(self) -> None:
        """A small window has no room for the matrix beside a panel, which tells what its role may do itself."""
        beside = any(panel.isVisible() for panel in self._panels)
        self._roles.setVisible(not beside or self.width() >= Size.NARROW_PAGE)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def open(self, _target: Target) -> None:
        self.refresh()

    @override
    def refresh(self) -> None:
        desk = self.desk
        self.operators.state.loading()
        self.run(lambda: operators.list_operators(desk), self._show, self._failed, replaces="read")

    def new_operator(self) -> None:
        """Open the form for a new operator."""
        if self.may(ADD):
            self._make_room()
            self.add_panel.start()
            self._fit()

    def change_role(self) -> None:
        """Open the form for the role of the selected operator."""
        found = self._current()
        if found is not None and self.may(CHANGE):
            self._make_room()
            self.role_panel.start(found)
            self._fit()

    def _make_room(self) -> None:
        for panel in self._panels:
            panel.close_panel()
        # A small window has no room for it beside a panel, and would grow before the line is laid out again.
        self.role_button.hide()
        line = self.header.layout()
        if line is not None:
            line.activate()

    def _current(self) -> Operator | None:
        return self._operators.get(str(self.operators.current_key))

    def _selected(self) -> None:
        self.role_button.setEnabled(self._current() is not None)
        words = self.tr("Give the selected operator another role, or none (Enter)")
        set_tooltip(self.role_button, words if self._current() else self.tr("Select an operator first."))

    def _show(self, found: tuple[Operator, ...]) -> None:
        self._operators = {one.name: one for one in found}
        now, me = self.desk.clock(), self.desk.operator
        self.operators.set_rows(operator_row(one, me=me, now=now) for one in found)
        self._selected()

    def _failed(self, error: DeskError) -> None:
        self.operators.state.failed(error, self.refresh, at=self.desk.clock())

    def _added(self, operator: Operator) -> None:
        words = self.tr("{name} is {role} now and can work at a desk.")
        self.messages.success(words.format(name=operator.name, role=role_name(operator.role)))
        self._read_and_select(operator)

    def _changed(self, before: Operator, after: Operator) -> None:
        if before.role is after.role:
            self.messages.info(self.tr("Nothing was changed."))
        else:
            words = (
                self.tr("{name} is {role} now.")
                if after.role
                else self.tr("{name} has no role any more and may do nothing.")
            )
            self.messages.success(
                words.format(name=after.name, role=role_name(after.role)),
                undo=lambda: self._undo(before, after),
            )
        self._read_and_select(after)

    def _undo(self, before: Operator, after: Operator) -> None:
        desk = self.desk

        def done(operator: Operator) -> None:
            words = self.tr("Undone. The role of {name} is as it was.")
            self.messages.success(words.format(name=operator.name))
            self._read_and_select(operator)

        self.run(
            lambda: operators.set_role(desk, name=after.name, role=before.role, version=after.version), done
        )

    def _read_and_select(self, operator: Operator) -> None:
        desk = self.desk

        def done(found: tuple[Operator, ...]) -> None:
            self._show(found)
            self.operators.select(operator.name)

        self.run(lambda: operators.list_operators(desk), done, self._failed, replaces="read")


def _framed(table: ListTable) -> QFrame:
    frame = QFrame()
    frame.setProperty("kind", "panel")
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(1, 1, 1, 1)
    inside.addWidget(table)
    return frame
