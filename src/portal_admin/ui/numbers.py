"""How numbers are written: as the machine's language does, and readably where it names none."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def group_digits() -> None:
    """Write 4,339 also where no language is set, as on a server or in a container, whose C locale groups nothing."""
    if QLocale().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
