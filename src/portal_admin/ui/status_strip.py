"""The strip at the bottom: profile, ASPIRE, database, sync age and operator, always in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import PlainLabel, quoted, set_tooltip

if TYPE_CHECKING:
    from datetime import datetime

    from portal_admin.domain.permissions import Role
    from portal_admin.services.pulse import Pulse
    from portal_admin.settings import Profile

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mssql": "SQL Server"}


class StatusStrip(QFrame):
    """Says in words what each fact is; colour only underlines it."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setAccessibleName(self.tr("Status"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        self._row.setSpacing(Space.XL)
        self.profile_mark = Mark("mark", "secondary")
        self.profile = PlainLabel()
        self.aspire = PlainLabel()
        self.database = PlainLabel()
        self.synced = PlainLabel()
        self.audit = PlainLabel()
        self.operator = PlainLabel()
        first = QHBoxLayout()
        first.setSpacing(Space.XS)
        first.addWidget(self.profile_mark)
        first.addWidget(self.profile)
        self._row.addLayout(first)
        for label in (self.aspire, self.database, self.synced, self.audit):
            self._row.addWidget(label)
        self._row.addStretch(1)
        self._row.addWidget(self.operator)
        self.say(self.tr("Starting…"))

    def say(self, text: str) -> None:
        """One sentence instead of the facts, while there is no desk."""
        self.profile.setText(text)
        self.profile.set_meaning(None)
        self.profile_mark.hide()
        for label in (self.aspire, self.database, self.synced, self.audit, self.operator):
            label.setText("")

    def show_profile(self, profile: Profile) -> None:
        """The profile's name, production in red."""
        self.profile_mark.set("server", "bad" if profile.production else "secondary")
        self.profile_mark.show()
        is_named_so = self.tr("production") in profile.name.casefold()
        words = self.tr("{name} (production)") if profile.production and not is_named_so else "{name}"
        self.profile.setText(words.format(name=profile.name))
        self.profile.set_meaning(Meaning.BAD if profile.production else None)

    def show_pulse(self, pulse: Pulse, now: datetime) -> None:
        """What the services found a moment ago."""
        self._show_aspire(pulse.aspire)
        database = DATABASES.get(pulse.database, pulse.database)
        is_file = pulse.database == "sqlite"
        words = self.tr("Database {kind}, enforces no roles") if is_file else self.tr("Database {kind}")
        hint = self.tr("A database file enforces nothing: roles keep honest people from mistakes.")
        if not pulse.database_answers:
            words = self.tr("Database {kind} does not answer, trying again")
        meaning = None if pulse.database_answers else Meaning.BAD
        self._fact(self.database, words.format(kind=database), meaning, hint if is_file else "")
        self._show_synced(pulse, now)
        doubtful = self.tr("The audit must be verified") if pulse.doubt else ""
        self._fact(self.audit, doubtful, Meaning.BAD if pulse.doubt else None, pulse.doubt or "")
        role = None if isinstance(pulse.role, DeskError) else pulse.role
        self.show_operator(pulse.operator, role)

    def show_operator(self, name: str, role: Role | None) -> None:
        """Who works at this desk, and as what."""
        self.operator.setText(f"{role or self.tr('Operator')}: {name}")

    def _show_aspire(self, aspire: float | DeskError | None) -> None:
        if aspire is None:
            self._fact(self.aspire, self.tr("No ASPIRE"), Meaning.ATTENTION)
        elif isinstance(aspire, DeskError):
            self._fact(self.aspire, aspire.title, Meaning.BAD, aspire.message)
        else:
            self._fact(self.aspire, self.tr("ASPIRE {ms} ms").format(ms=f"{aspire:.0f}"), None)

    def _show_synced(self, pulse: Pulse, now: datetime) -> None:
        from portal_admin.ui.widgets.ages import age_text, zone_text

        synced = pulse.synced
        if not pulse.database_answers:
            self._fact(self.synced, "", None)  # the fact before says it
        elif isinstance(synced, DeskError):
            self._fact(self.synced, synced.title, Meaning.BAD, synced.message)
        elif pulse.restored:
            self._fact(self.synced, self.tr("ASPIRE was restored: full sync needed"), Meaning.BAD)
        elif synced.as_of is None:
            self._fact(self.synced, self.tr("Never synced"), Meaning.ATTENTION)
        else:
            text = self.tr("Synced {age}").format(age=age_text(synced.as_of, now))
            stale = self.tr("{synced}, stale").format(synced=text) if synced.stale else text
            self._fact(
                self.synced, stale, Meaning.ATTENTION if synced.stale else None, zone_text(synced.as_of)
            )

    def _fact(self, label: PlainLabel, text: str, meaning: Meaning | None, hint: str = "") -> None:
        label.setText(text)
        label.set_meaning(meaning)
        set_tooltip(label, quoted(hint))
