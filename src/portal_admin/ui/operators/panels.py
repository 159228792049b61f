"""The side panels that let somebody work at the desks, and that change a role."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from portal_admin.domain.permissions import Role
from portal_admin.domain.text import operator_key
from portal_admin.errors import Conflict, DeskError, InvalidInput, Refused
from portal_admin.services import operators
from portal_admin.services.change import permission_of
from portal_admin.services.operators import Operator
from portal_admin.ui.operators.operator_rows import role_name
from portal_admin.ui.operators.role_choice import RoleChoice
from portal_admin.ui.page import Page
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.conflict_view import ConflictLine, ConflictView
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel

ADD, CHANGE = "add", "change"
OFFERED = tuple(reversed(Role))


class AddPanel(SidePanel):
    """`added` carries the new Operator."""

    added = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("New operator"), parent=page)
        self._page = page
        self.form = Form()
        hint = self.tr(
            "As the person signs in: to Windows for a database file, to the server for a database server."
        )
        self.name = self.form.add("name", self.tr("&Name"), QLineEdit(), hint=hint)
        self.choice = RoleChoice(OFFERED)
        self.body.addWidget(self.form)
        self.body.addWidget(PlainLabel(self.tr("Role"), kind="strong"))
        self.body.addWidget(self.choice)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.save_button = self.add_button(self.tr("Add operator"), self.save, kind="primary", icon="plus")
        page.rights.guard(self.save_button, permission_of(operators.add))
        self.name.returnPressed.connect(self.save)
        self.choice.choose(Role.CSR)

    def start(self) -> None:
        """Open the form with what was typed before."""
        self.messages.clear()
        self.open_panel(focus=self.name)

    def save(self) -> None:
        """Add the operator."""
        if not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.form.clear_errors()
        desk, name, role = self._page.desk, self.name.text(), self.choice.role
        if role is None:
            return
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: operators.add(desk, name=name, role=role), self._saved, self._failed, replaces=ADD
        )

    def _saved(self, operator: Operator) -> None:
        self.save_button.setEnabled(True)
        self.name.clear()
        self.choice.choose(Role.CSR)
        self.close_panel()
        self.added.emit(operator)

    def _failed(self, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if self.isHidden():
            self._page.messages.error(error)
        elif isinstance(error, Refused):
            self.form.show_error(InvalidInput(error.message, field="name"))
        elif not (isinstance(error, InvalidInput) and self.form.show_error(error)):
            self.messages.error(error)


class RolePanel(SidePanel):
    """`changed` carries the Operator before and after, `stale` says that somebody else changed one."""

    changed = Signal(object, object)
    stale = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("Change role"), parent=page)
        self._page = page
        self.operator: Operator | None = None
        self.subject = PlainLabel(wrap=True)
        self.conflict = ConflictView(
            self.tr("Somebody else changed this role meanwhile. Nothing of yours was saved."),
            self.tr("Save again to put yours in place of theirs."),
            can_take=False,
        )
        self.choice = RoleChoice((*OFFERED, None))
        self.own = PlainLabel(
            self.tr("This is your own role: somebody else must give it back to you."),
            meaning=Meaning.ATTENTION,
            wrap=True,
        )
        left = self.tr(
            "Who left gets “No role”: the name stays in this list, so that the audit's names stay explained."
        )
        for part in (
            self.conflict,
            self.subject,
            self.own,
            self.choice,
            PlainLabel(left, kind="secondary", wrap=True),
        ):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.save_button = self.add_button(self.tr("Save role"), self.save, kind="primary")
        page.rights.guard(self.save_button, permission_of(operators.set_role))

    def start(self, operator: Operator) -> None:
        """Open on an operator."""
        self.messages.clear()
        self.conflict.clear()
        self.operator = operator
        self._tell(operator)
        self.own.setVisible(operator_key(operator.name) == operator_key(self._page.desk.operator))
        self.choice.choose(operator.role, now=operator.role)
        title = self.tr("Change role of {name}").format(name=operator.name)
        self.open_panel(title, focus=self.choice.buttons[operator.role])

    def _tell(self, operator: Operator) -> None:
        words = self.tr("{name} is {role} now.") if operator.role else self.tr("{name} has no role now.")
        self.subject.setText(words.format(name=operator.name, role=role_name(operator.role)))

    def save(self) -> None:
        """Change the role."""
        before, desk, role = self.operator, self._page.desk, self.choice.role
        if before is None or not self.save_button.isEnabled():
            return
        self.messages.clear()
        self.save_button.setEnabled(False)
        self._page.run(
            lambda: operators.set_role(desk, name=before.name, role=role, version=before.version),
            lambda after: self._saved(before, after),
            lambda error: self._failed(before, error),
            replaces=CHANGE,
        )

    def _saved(self, before: Operator, after: Operator) -> None:
        self.save_button.setEnabled(True)
        self.close_panel()
        self.changed.emit(before, after)

    def _failed(self, before: Operator, error: DeskError) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, Conflict):
            self._look_at_theirs(before)
            self.stale.emit()
        if self.isHidden():
            self._page.messages.error(error)
        elif not isinstance(error, Conflict):
            self.messages.error(error)

    def _look_at_theirs(self, before: Operator) -> None:
        desk = self._page.desk

        def done(found: tuple[Operator, ...]) -> None:
            theirs = next((one for one in found if one.name == before.name), None)
            if theirs is None or self.operator != before:
                return
            self.operator = theirs  # a further Save is made with theirs in view
            self._tell(theirs)
            was, now, yours = (role_name(one) for one in (before.role, theirs.role, self.choice.role))
            self.conflict.show_conflict([ConflictLine(self.tr("Role"), was, now, yours)])

        self._page.run(lambda: operators.list_operators(desk), done, self.messages.error)
