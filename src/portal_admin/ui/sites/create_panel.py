"""The side panel that creates a site; what was typed stays until it is saved or cleared."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from portal_admin.errors import DeskError, InvalidInput, Refused
from portal_admin.services import sites
from portal_admin.services.sites import KnownLabel
from portal_admin.ui.page import Page
from portal_admin.ui.panels.labels.label_choice import LabelChoice, Mapping
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.side_panel import SidePanel

SAVE = "create"


class CreatePanel(SidePanel):
    """`created` carries the new Site."""

    created = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(self.tr("New site"), parent=page)
        self._page = page
        self._known: tuple[KnownLabel, ...] = ()
        self.form = Form()
        self.key = self.form.add(
            "key",
            self.tr("&Key"),
            QLineEdit(),
            hint=self.tr(
                "Short and lasting, such as NW. Letters, digits, - and _; it cannot be changed later."
            ),
        )
        self.name = self.form.add(
            "name", self.tr("&Name"), QLineEdit(), hint=self.tr("As borrowers know the brand.")
        )
        self.choice = self.form.add(
            "label",
            self.tr("&Private labels"),
            LabelChoice(),
            hint=self.tr("The site shows the booked contracts of these labels. They can be changed later."),
        )
        self.body.addWidget(self.form)
        self.clear_button = self.add_button(self.tr("Clear form"), self.clear_form)
        self.save_button = self.add_button(self.tr("Create site"), self.save, kind="primary")
        for edit in (self.key, self.name):
            edit.returnPressed.connect(self.save)

    def start(self, known: tuple[KnownLabel, ...]) -> None:
        """Open the form with what was typed before."""
        self._known = known
        self.choice.show_labels(known, self.choice.mapping, own=None)
        self.open_panel(focus=self.key)

    def clear_form(self) -> None:
        """Start afresh."""
        self.messages.clear()
        self.form.clear_errors()
        self.key.clear()
        self.name.clear()
        self.choice.typed.clear()
        self.choice.show_labels(self._known, Mapping(), own=None)
        self.key.setFocus()

    def save(self) -> None:
        """Create the site; blank fields say so at once."""
        self.messages.clear()
        self.form.clear_errors()
        key, name, mapping = self.key.text(), self.name.text(), self.choice.mapping
        blank = False
        for text, field, words in (
            (name, "name", self.tr("Type a name.")),
            (key, "key", self.tr("Type a key.")),
        ):
            if not text.strip():
                blank = self.form.show_error(InvalidInput(words, field=field))
        if blank or not self.save_button.isEnabled():
            return
        desk = self._page.desk
        self._busy(True)
        self._page.run(
            lambda: sites.create_site(
                desk, key=key, name=name, labels=mapping.labels, unlabelled=mapping.unlabelled
            ),
            self._saved,
            self._failed,
            replaces=SAVE,
        )

    def _busy(self, busy: bool) -> None:
        for widget in (self.form, self.clear_button, self.save_button):
            widget.setEnabled(not busy)

    def _saved(self, site: object) -> None:
        self._busy(False)
        self.clear_form()
        self.close_panel()
        self.created.emit(site)

    def _failed(self, error: DeskError) -> None:
        self._busy(False)
        if self.isHidden():
            self._page.messages.error(error, retry=lambda: self.start(self._known))
        elif isinstance(error, InvalidInput) and self.form.show_error(error):
            return
        elif isinstance(error, Refused):
            self.form.show_error(InvalidInput(error.message, field="key"))
        else:
            self.messages.error(error, retry=self.save)
