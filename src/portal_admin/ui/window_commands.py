"""Every command of the application, for the find box: what the page in view can do, all pages, and the window's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QAbstractButton

from portal_admin.ui.find_entry import Entry, Section
from portal_admin.ui.navigation import Target
from portal_admin.ui.pages import keys_of
from portal_admin.ui.theme import Scheme

if TYPE_CHECKING:
    from portal_admin.ui.main_window import MainWindow
    from portal_admin.ui.page import Page

# Where a button tells its keys: "New end user (Ctrl+N)".
KEYS = re.compile(r"\(((?:(?:Ctrl|Alt|Shift)\+)+\S+|F\d+)\)")


def commands(window: MainWindow) -> list[Section]:
    """The commands by where they belong."""
    page = window.current_page
    own = [] if page is None else [Section(page.context.spec.title, list(_of_page(page)))]
    return [*own, Section(_tr("Pages"), _pages(window)), Section(_tr("Commands"), _of_window(window))]


def _of_page(page: Page) -> Iterator[Entry]:
    told = page.commands()
    for title, keys, call in told:
        yield Entry("play", title, "", call, shortcut=keys)
    titles = {title for title, _, _ in told}
    for button in page.header.findChildren(QAbstractButton):
        name = button.text().replace("&", "") or button.accessibleName()
        # A button that is disabled says by itself why; here it would only be in the way.
        if name and name not in titles and button.isVisibleTo(page) and button.isEnabled():
            told_keys = KEYS.search(button.toolTip())
            yield Entry("play", name, "", button.click, shortcut=told_keys[1] if told_keys else "")


def _pages(window: MainWindow) -> list[Entry]:
    return [
        Entry(
            spec.icon,
            spec.title,
            spec.purpose,
            partial(window.open, Target(spec.id)),
            shortcut=keys_of(place),
        )
        for place, spec in enumerate(window.specs.values())
    ]


def _of_window(window: MainWindow) -> list[Entry]:
    themes = (
        ("sun", _tr("Light theme"), Scheme.LIGHT),
        ("moon", _tr("Dark theme"), Scheme.DARK),
        ("system", _tr("Theme like the system"), Scheme.SYSTEM),
    )
    calls: Sequence[tuple[str, str, str, Callable[[], object]]] = (
        ("refresh", _tr("Read this page again"), "F5", window.refresh),
        ("undo", _tr("Back"), "Alt+Left", window.back),
        *((icon, text, "", partial(window.set_scheme, scheme)) for icon, text, scheme in themes),
        ("info", _tr("About Portal Admin and its keys"), "F1", window.show_about),
        ("cross", _tr("Quit"), "Ctrl+Q", window.close),
    )
    return [Entry(icon, text, "", call, shortcut=keys) for icon, text, keys, call in calls]


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)
