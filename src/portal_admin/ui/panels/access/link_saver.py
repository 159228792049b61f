"""Saves links and unlinks, tells what was done, and takes it back."""

from __future__ import annotations

from collections.abc import Callable

from portal_admin.domain.people import EndUser, LinkedAccount
from portal_admin.errors import Conflict, DeskError
from portal_admin.services import links, people
from portal_admin.services.links import Changed
from portal_admin.ui.page import Page
from portal_admin.ui.panels.access.link_panel import LinkPanel
from portal_admin.ui.panels.access.unlink_panel import UnlinkPanel
from portal_admin.ui.panels.access.words import tr


class LinkSaver:
    """Works for a page, which outlives its side panels: what was saved is told though the panel is closed."""

    def __init__(self, page: Page, link_panel: LinkPanel, unlink_panel: UnlinkPanel) -> None:
        self._page = page
        self._desk = page.desk
        self._link_panel = link_panel
        self._unlink_panel = unlink_panel

    def link(self, user: EndUser, account_id: str, name: str) -> None:
        """Link an account to the user as it was read."""
        self._link_panel.saving(True)
        self._page.run(
            lambda: links.add(
                self._desk, site=user.site, email=user.email, account_ids=[account_id], version=user.version
            ),
            lambda changed: self._linked(changed, account_id, name),
            lambda error: self._failed(
                error,
                self._link_panel,
                user,
                lambda now: self._link_panel.show_conflict(user, now, account_id),
            ),
        )

    def unlink(self, user: EndUser, account: LinkedAccount) -> None:
        """Unlink an account from the user as it was read."""
        self._unlink_panel.saving(True)
        self._page.run(
            lambda: links.remove(
                self._desk,
                site=user.site,
                email=user.email,
                account_id=account.account_id,
                version=user.version,
            ),
            lambda changed: self._unlinked(changed, account),
            lambda error: self._failed(
                error, self._unlink_panel, user, lambda now: self._unlink_panel.show_conflict(user, now)
            ),
        )

    def _linked(self, changed: Changed, account_id: str, name: str) -> None:
        user = changed.user
        self._link_panel.linked(user)
        said = tr("Linked {name} ({id}) to {user}.").format(name=name, id=account_id, user=user.name)

        def undo() -> None:
            self._take_back(
                lambda: links.remove(
                    self._desk, site=user.site, email=user.email, account_id=account_id, version=user.version
                ),
                tr("Undone: {id} is not linked to {user} any more.").format(id=account_id, user=user.name),
            )

        if changed.warnings:
            said = " ".join((said, *changed.warnings))
            self._page.messages.warning(said, action=tr("Undo"), pressed=undo)
        else:
            self._page.messages.success(said, undo=undo)
        self._page.refresh()

    def _unlinked(self, changed: Changed, account: LinkedAccount) -> None:
        self._unlink_panel.saving(False)
        self._unlink_panel.close_panel()
        user = changed.user

        def undo() -> None:
            self._take_back(
                lambda: links.undo_remove(self._desk, site=user.site, email=user.email, account=account),
                tr("Undone: {id} is linked to {user} again.").format(id=account.account_id, user=user.name),
            )

        said = tr("Unlinked {name} ({id}) from {user}.")
        self._page.messages.success(
            said.format(name=account.name, id=account.account_id, user=user.name), undo=undo
        )
        self._page.refresh()

    def _take_back(self, work: Callable[[], Changed], said: str) -> None:
        def done(_changed: Changed) -> None:
            self._page.messages.success(said)
            self._page.refresh()

        self._page.run(work, done)

    def _failed(
        self,
        error: DeskError,
        panel: LinkPanel | UnlinkPanel,
        user: EndUser,
        show_conflict: Callable[[EndUser], None],
    ) -> None:
        panel.saving(False)
        if not isinstance(error, Conflict):
            (panel.messages if panel.isVisible() else self._page.messages).error(error)
            return
        if not panel.isVisible():
            self._page.messages.error(error)

        def show(theirs: EndUser) -> None:
            show_conflict(theirs)
            self._page.refresh()  # what the other operator saved is shown; nothing was written

        self._page.run(
            lambda: people.show_user(self._desk, site=user.site, email=user.email),
            show,
            panel.messages.error,
        )
