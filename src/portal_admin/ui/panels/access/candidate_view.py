"""One account that might be linked: what it would change, accounts like it, and the picker's verdict."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.access_overview import Overview
from portal_admin.services.desk import Desk
from portal_admin.services.link_candidates import OFFERED, Examined, examine
from portal_admin.ui import background
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.bar import Bar
from portal_admin.ui.panels.access.preview import PreviewView
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.comparison import Comparison
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.verdict_view import VerdictView

PAUSE = 200


class CandidateView(QWidget):
    """Emits `judged` when it is known whether the account may be linked; `choose_instead` carries a look-alike's id."""

    judged = Signal()
    choose_instead = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._overview: Overview | None = None
        self.examined: Examined | None = None
        self.reason = Bar()
        self.verdict = VerdictView()
        self.verdict.fix_requested.connect(lambda _check: self._again())
        self._again: Callable[[], object] = self.forget
        inner = QWidget()
        self._parts = QVBoxLayout(inner)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(Space.M)
        self.state = StatePanel(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(self.reason)
        column.addWidget(self.state)
        self.hide()

    @property
    def may_link(self) -> bool:
        """Whether the picker offers the account and it is not linked yet."""
        return self.examined is not None and not self._why_not(self.examined)

    def forget(self) -> None:
        """No account is chosen."""
        background.forget(self)
        self.examined = None
        self._clear()
        self.reason.say("", Meaning.NEUTRAL, "lock")
        self.hide()
        self.judged.emit()

    def pick(self, overview: Overview, account_id: str) -> None:
        """Look at an account once the selection rests on it: each look asks ASPIRE."""
        self._wait(account_id)
        background.later(self, PAUSE, lambda: self.look(overview, account_id), replaces="examine")

    def look(self, overview: Overview, account_id: str) -> None:
        """Judge one account live and preview the link."""
        self._overview = overview
        self._again = lambda: self.look(overview, account_id)
        user = overview.contracts.user
        self._wait(account_id)
        background.run(
            self,
            lambda: examine(self._desk, site=user.site, email=user.email, account_id=account_id),
            lambda examined: self._show(examined, overview),
            self._failed,
            replaces="examine",
        )

    def _wait(self, account_id: str) -> None:
        self.examined = None
        self.reason.say("", Meaning.NEUTRAL, "lock")
        self.show()
        self.state.loading(self.tr("Asking ASPIRE about {id}…").format(id=account_id))
        self.judged.emit()

    def _failed(self, error: DeskError) -> None:
        self._clear()
        self.state.failed(error, self._again, at=self._desk.clock())
        self.judged.emit()

    def _show(self, examined: Examined, overview: Overview) -> None:
        self.examined = examined
        self._clear()
        self.state.content()
        self.reason.say(self._why_not(examined), Meaning.NEUTRAL, "lock")
        offer, own = examined.candidate.offer, examined.candidate.profile
        if examined.preview is not None and not self._is_linked(examined):
            say = words.HiddenWords(overview.site, overview.sites, overview.settings.admitted_roles)
            preview = examined.preview
            self._parts.addWidget(PreviewView(words.gains(preview), preview.gained, preview.hidden, say))
        elif examined.unpreviewed:
            missing = Bar()
            missing.say(examined.unpreviewed, Meaning.UNKNOWN, "question")
            self._parts.addWidget(missing)
        if own is not None and examined.similar:
            linked = _linked_ids(overview)
            choose = self.choose_instead.emit
            self._parts.addWidget(Comparison(own, examined.similar, choose=choose, linked=linked))
        self._show_verdict(examined, f"{offer.account.name} ({offer.account.account_id})")
        self.judged.emit()

    def _show_verdict(self, examined: Examined, subject: str) -> None:
        """The refusal comes first, the reasons for an offer last."""
        verdict = examined.candidate.offer.verdict
        fixes = {verdict.unknown[0].name: self.tr("Retry")} if verdict.cannot_tell else {}
        self.verdict.show_verdict(words.brief(verdict), now=self._desk.clock(), subject=subject, fixes=fixes)
        place = self._parts.count() if verdict.verdict == OFFERED else 0
        self._parts.insertWidget(place, self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        self.verdict.show()

    def _clear(self) -> None:
        while (item := self._parts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is None:
                continue
            widget.hide()
            if widget is not self.verdict:
                widget.deleteLater()

    def _is_linked(self, examined: Examined) -> bool:
        return examined.candidate.offer.account.account_id in _linked_ids(self._overview)

    def _why_not(self, examined: Examined) -> str:
        verdict = examined.candidate.offer.verdict
        if self._is_linked(examined):
            return self.tr("Linked to this user already.")
        if verdict.cannot_tell:
            return self.tr("Cannot be linked until ASPIRE answers.")
        if verdict.verdict == OFFERED:
            return ""
        return self.tr("Cannot be linked: the rules do not offer it on this site.")


def _linked_ids(overview: Overview | None) -> set[str]:
    return {card.account.account_id for card in overview.cards} if overview else set()
