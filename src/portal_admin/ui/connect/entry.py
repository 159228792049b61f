"""The fields of the Connect page."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from portal_admin.errors import InvalidInput
from portal_admin.settings import Profile
from portal_admin.ui.connect.draft import Draft, FirstSite, Known, file_address
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.form import Form
from portal_admin.ui.widgets.text import PlainLabel


class EntryForm(QWidget):
    """Sections for the database, ASPIRE and the first site; `draft` is what is typed."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._replaces: str | None = None
        self._forms: list[Form] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.M)
        self._add_profile()
        self._add_database()
        self._add_aspire()
        self._add_site()
        self._choose()

    @property
    def first_control(self) -> QWidget:
        return self.name

    def _section(self, title: str) -> Form:
        form = Form()
        if title:
            self._column.addSpacing(Space.S)
            self._column.addWidget(PlainLabel(title, kind="section"))
        self._column.addWidget(form)
        self._forms.append(form)
        return form

    def _add_profile(self) -> None:
        form = self._section("")
        hint = self.tr("How the window and the command line call this connection, such as Production or UAT.")
        self.name = form.add("name", self.tr("&Name of the profile"), QLineEdit(), hint=hint)
        self.production = QCheckBox(self.tr("This is &production: mark the window in red"))
        form.column.addWidget(self.production)

    def _add_database(self) -> None:
        form = self._section(self.tr("Portal database"))
        self.new = QRadioButton(self.tr("A &new file on this computer"))
        self.existing = QRadioButton(self.tr("A database that &exists already"))
        self.new.setChecked(True)
        kinds = QButtonGroup(self)
        for choice in (self.new, self.existing):
            kinds.addButton(choice)
            form.column.addWidget(choice)
            choice.toggled.connect(self._choose)
        self.file = QLineEdit()
        self.browse: QPushButton = button(self.tr("&Browse…"))
        hint = self.tr("A SQLite file, for one desk. It is created when you save.")
        form.add("file", self.tr("&File"), self.file, hint=hint)
        row = QHBoxLayout()
        row.addWidget(self.browse)
        row.addStretch(1)
        self._browse_row = QWidget()
        row.setContentsMargins(0, 0, 0, 0)
        self._browse_row.setLayout(row)
        form.column.addWidget(self._browse_row)
        self.database_url = form.add(
            "database_url",
            self.tr("&Address of the database"),
            QLineEdit(),
            hint=self.tr(
                "sqlite:///C:/portal/portal.db or postgresql://user@server/database, without a password."
            ),
        )
        self._database = form

    def _add_aspire(self) -> None:
        form = self._section(self.tr("ASPIRE"))
        self.aspire_url = form.add("aspire_url", self.tr("A&ddress"), QLineEdit())
        self.aspire_url.setPlaceholderText("https://aspire.example.com/api")
        self.aspire_user = form.add("aspire_user", self.tr("&User name"), QLineEdit())
        self.password = form.add("password", self.tr("Pass&word"), QLineEdit())
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._aspire = form

    def _add_site(self) -> None:
        form = self._section(self.tr("First site"))
        self._site = form
        note = self.tr(
            "Only for a database that has no site yet. Leave it empty to do this on the Sites page."
        )
        form.column.addWidget(PlainLabel(note, kind="secondary", wrap=True))
        self.site_key = form.add(
            "site_key",
            self.tr("Short &key"),
            QLineEdit(),
            hint=self.tr("Letters, digits, - and _, such as north."),
        )
        self.site_name = form.add("site_name", self.tr("Na&me that people read"), QLineEdit())
        self.site_labels = form.add(
            "site_labels",
            self.tr("Private &labels"),
            QLineEdit(),
            hint=self.tr("Contracts with these labels are shown on the site. Separate them with commas."),
        )
        self.unlabelled = QCheckBox(self.tr("Also &contracts without a private label"))
        form.column.addWidget(self.unlabelled)

    def add_note(self, key: str, note: QWidget) -> None:
        """A line under a field of the ASPIRE section."""
        self._aspire.column.insertWidget(self._aspire.column.indexOf(self._aspire.fields[key]) + 1, note)

    def _choose(self) -> None:
        new = self.new.isChecked()
        self._database.fields["file"].setVisible(new)
        self._browse_row.setVisible(new)
        self._database.fields["database_url"].setVisible(not new)

    def fill(self, known: Known, profile: Profile | None) -> None:
        """Begin with a profile, or with the defaults of a new one; what was typed meanwhile stays."""
        if not self.file.text():
            self.file.setText(str(known.new_file))
        if profile is None:
            if not self.name.text():
                self.name.setText(self.tr("Main"))
            return
        self._replaces = profile.name
        self.name.setText(profile.name)
        self.production.setChecked(profile.production)
        self.existing.setChecked(True)
        self.database_url.setText(profile.database_url)
        self.aspire_url.setText(profile.aspire_url or "")
        self.aspire_user.setText(profile.aspire_user or "")
        self.password.setPlaceholderText(self.tr("unchanged"))

    def draft(self) -> Draft:
        """What is typed now."""
        typed = self.file.text().strip()
        # Path's own expanduser raises where there is no such user; a file can be called ~x, too.
        new_file = Path(os.path.expanduser(typed)) if self.new.isChecked() else None
        address = self.database_url.text().strip() if new_file is None else file_address(new_file)
        profile = Profile(
            name=self.name.text().strip(),
            database_url=address,
            aspire_url=self.aspire_url.text().strip() or None,
            aspire_user=self.aspire_user.text().strip() or None,
            production=self.production.isChecked(),
        )
        return Draft(profile, self.password.text(), new_file, self._first_site(), self._replaces)

    def _first_site(self) -> FirstSite | None:
        key, name = self.site_key.text().strip(), self.site_name.text().strip()
        labels = tuple(part.strip() for part in self.site_labels.text().split(",") if part.strip())
        if not (key or name or labels or self.unlabelled.isChecked()):
            return None
        return FirstSite(key, name, labels, self.unlabelled.isChecked())

    def clear_errors(self) -> None:
        """Take all errors away."""
        for form in self._forms:
            form.clear_errors()

    def show_error(self, error: InvalidInput) -> bool:
        """Put an error under its field; False when no field has that name."""
        return any(form.show_error(error) for form in self._forms)
