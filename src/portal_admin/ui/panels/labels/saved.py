"""Tells on a page that labels were saved, and takes it back on Undo."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.people import Site
from portal_admin.services import sites
from portal_admin.ui.page import Page
from portal_admin.ui.panels.labels.change_view import ToldChange, tell


def tell_saved(page: Page, before: Site, change: ToldChange, again: Callable[[], None]) -> None:
    """Say who gained and lost what, with Undo; `again` reads the page again, now and after the undo."""
    words = _tr("Labels of {key} were saved. {change}").format(key=before.key, change=change.words)
    page.messages.success(words, undo=lambda: _undo(page, before, change.site, again))
    again()


def _undo(page: Page, before: Site, after: Site, again: Callable[[], None]) -> None:
    desk = page.desk

    def done(change: ToldChange) -> None:
        words = _tr("Undone. Labels of {key} are as they were. {change}")
        page.messages.success(words.format(key=before.key, change=change.words))
        again()

    page.run(
        lambda: tell(
            sites.set_labels(
                desk,
                key=before.key,
                labels=before.labels,
                unlabelled=before.unlabelled,
                version=after.version,
            )
        ),
        done,
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabelsSaved", text)
