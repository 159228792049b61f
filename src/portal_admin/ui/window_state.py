"""What the window remembers between starts: geometry, theme, column widths; one ini file in the config folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import QByteArray, QSettings

from portal_admin.paths import config_folder
from portal_admin.ui.theme import Scheme

FILE = "window.ini"


def _kept() -> QSettings:
    return _opened(str(config_folder() / FILE))


@cache
def _opened(path: str) -> QSettings:
    return QSettings(path, QSettings.Format.IniFormat)


def _keep(key: str, value: object) -> None:
    kept = _kept()
    kept.setValue(key, value)
    kept.sync()


def column_widths(table: str) -> dict[str, int]:
    """The widths in px that were kept for a table, by column key."""
    entries = _kept().value(f"columns/{table}", [])
    pairs = (str(entry).rpartition("=") for entry in (entries if isinstance(entries, list) else [entries]))
    return {key: int(width) for key, _, width in pairs if key and width.isdecimal()}


def keep_column_widths(table: str, widths: Mapping[str, int]) -> None:
    """Keep the widths of a table's columns."""
    _keep(f"columns/{table}", [f"{key}={width}" for key, width in widths.items()])


def geometry() -> QByteArray:
    """The kept window geometry, empty at the first start."""
    value = _kept().value("window/geometry", QByteArray())
    return value if isinstance(value, QByteArray) else QByteArray()


def keep_geometry(value: QByteArray) -> None:
    """Keep the window's geometry."""
    _keep("window/geometry", value)


def scheme() -> Scheme:
    """The kept theme, System at the first start."""
    value = str(_kept().value("window/theme", Scheme.SYSTEM.value))
    return Scheme(value) if value in set(Scheme) else Scheme.SYSTEM


def keep_scheme(value: Scheme) -> None:
    """Keep the theme."""
    _keep("window/theme", value.value)
