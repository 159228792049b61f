"""Linking an account: search on the user's site, see what would change, compare look-alikes, then link."""

from __future__ import annotations

from PySide6.QtCore import Signal

from portal_admin.domain.people import EndUser
from portal_admin.services.access_overview import Overview
from portal_admin.services.desk import Desk
from portal_admin.ui import background
from portal_admin.ui.panels.access.account_finder import AccountFinder
from portal_admin.ui.panels.access.candidate_view import CandidateView
from portal_admin.ui.widgets.conflict_view import ConflictView, account_ids, user_lines
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.text import PlainLabel


class LinkPanel(SidePanel):
    """Emits `confirmed` with id and name of the account to link; the page saves, because it outlives the panel."""

    confirmed = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._overview: Overview | None = None
        self._is_saving = False
        self.subject = PlainLabel(kind="secondary", wrap=True)
        self.finder = AccountFinder(desk)
        self.candidate = CandidateView(desk)
        self.conflict = ConflictView(
            self.tr("Somebody else saved this user meanwhile. Nothing was linked, and your choice is kept."),
            self.tr("What it changes was worked out anew. Link again to go on."),
            can_take=False,
        )
        for part in (self.conflict, self.subject, self.finder, self.candidate):
            self.body.addWidget(part)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self.link_button = self.add_button(
            self.tr("Link account"), self._confirm, kind="primary", icon="link"
        )
        self.finder.picked.connect(self._pick)
        self.finder.lost.connect(self.candidate.forget)
        self.finder.taken.connect(self.link_button.setFocus)
        self.candidate.choose_instead.connect(self.finder.look_for)
        self.candidate.judged.connect(self._judged)
        self.closed.connect(self._drop_answers)
        self._judged()

    def show_for(self, overview: Overview, account_id: str = "") -> None:
        """Open for a user; a named account is searched and chosen, otherwise what was typed stays."""
        before, user = self._overview, overview.contracts.user
        is_same = before is not None and before.contracts.user.id == user.id
        self.show_overview(overview)
        self.subject.setText(
            self.tr("For {name} on site {site}").format(name=user.name, site=overview.site.name)
        )
        self.messages.clear()
        self.conflict.clear()
        self.open_panel(self.tr("Link account"), focus=self.finder.search)
        if not is_same:
            self.candidate.forget()
            self.finder.invite()
        if account_id:
            self.finder.look_for(account_id)
        elif self.finder.search.text().strip():
            self.finder.look_again()

    def show_overview(self, overview: Overview) -> None:
        """The user was read again, so that accounts linked meanwhile are known."""
        before, self._overview = self._overview, overview
        linked = {card.account.account_id for card in overview.cards}
        self.finder.search_on(overview.site.key, linked)
        examined = self.candidate.examined
        if before is not None and examined is not None and _was_changed(before, overview):
            self.candidate.pick(overview, examined.candidate.offer.account.account_id)

    def saving(self, is_saving: bool) -> None:
        """While the link is being saved the button says so."""
        self._is_saving = is_saving
        self._judged()

    def show_conflict(self, was: EndUser, theirs: EndUser, account_id: str) -> None:
        """Somebody else saved the user first: what they made of it, beside the link wanted here."""
        self.conflict.show_conflict(user_lines(was, theirs, accounts=f"{account_ids(was)}, {account_id}"))

    def linked(self, user: EndUser) -> None:
        """It is linked: the next search starts afresh, unless the panel serves another person by now."""
        self.saving(False)
        if self._overview is None or self._overview.contracts.user.id != user.id:
            return
        self.finder.search.clear()
        self.finder.invite()
        self.candidate.forget()
        self.close_panel()

    def _pick(self, account_id: str) -> None:
        if self._overview is not None:
            self.candidate.pick(self._overview, account_id)

    def _judged(self) -> None:
        self.link_button.setText(self.tr("Linking…") if self._is_saving else self.tr("Link account"))
        self.link_button.setEnabled(self.candidate.may_link and not self._is_saving)
        self.link_button.setAccessibleDescription(self.candidate.reason.text)

    def _drop_answers(self) -> None:
        background.forget(self.finder)
        background.forget(self.candidate)

    def _confirm(self) -> None:
        examined = self.candidate.examined
        if examined is not None and self.candidate.may_link:
            account = examined.candidate.offer.account
            self.confirmed.emit(account.account_id, account.name)


def _was_changed(before: Overview, after: Overview) -> bool:
    """Whether the same user has another version."""
    old, new = before.contracts.user, after.contracts.user
    return old.id == new.id and old.version != new.version
