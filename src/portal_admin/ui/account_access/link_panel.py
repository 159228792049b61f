"""Linking an account: search on the user's site, see what would change, compare look-alikes, then link."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.access_overview import Overview
from portal_admin.services.desk import Desk
from portal_admin.services.link_candidates import OFFERED, Candidate, Candidates, Examined, examine, search
from portal_admin.services.links import LinkPreview
from portal_admin.ui import background
from portal_admin.ui.account_access import words
from portal_admin.ui.account_access.account_results import AccountResults, Result
from portal_admin.ui.account_access.bar import Bar
from portal_admin.ui.account_access.comparison import Comparison
from portal_admin.ui.account_access.preview import PreviewView
from portal_admin.ui.override import override
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.side_panel import SidePanel
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel
from portal_admin.ui.widgets.verdict_view import VerdictView

EXAMINE_PAUSE = 200
RESULTS_HEIGHT = 5 * Size.ROW
_LOOKS = {
    "offered": ("check", Meaning.GOOD),
    "not_offered": ("block", Meaning.BAD),
    "cannot_tell": ("question", Meaning.UNKNOWN),
}


class LinkPanel(SidePanel):
    """Emits `confirmed` with id and name of the account to link; the page saves, because it outlives the panel."""

    confirmed = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._overview: Overview | None = None
        self._wanted = ""
        self.examined: Examined | None = None
        self.search = SearchField(
            self.tr("Find an account"), placeholder=self.tr("Account name or account id")
        )
        self.search.searched.connect(self._search)
        self.results = AccountResults(self.tr("Accounts found"))
        self.results.chosen.connect(self._pick)
        self.results_state = StatePanel(self.results)
        self.note = Bar()
        self.detail = QVBoxLayout()
        self.detail_state = StatePanel(self._holder(self.detail))
        self.verdict = VerdictView()
        self.verdict.fix_requested.connect(lambda _check: self._examine(self.results.selected))
        self.reason = Bar()
        self._lay_out()

    # What the page calls

    def show_for(self, overview: Overview, account_id: str = "") -> None:
        """Open for a user; a named account is searched and chosen, otherwise what was typed stays."""
        before = self._overview.contracts.user if self._overview else None
        self._overview = overview
        user = overview.contracts.user
        other_user = before is None or (before.site, before.email) != (user.site, user.email)
        if other_user:
            self._forget_choice()
            self.results.show_results(())
            self._invite()
        self.subject.setText(
            self.tr("For {name} on site {site}").format(name=user.name, site=overview.site.name)
        )
        self.open_panel(self.tr("Link account"), focus=self.search)
        if account_id:
            self.search.setText(account_id)
            self._wanted = account_id
            self._search(account_id)
        elif self.search.text().strip() and (other_user or self.examined is None):
            self._search(self.search.text().strip())
        elif self.examined is not None:
            self._examine(self.examined.candidate.offer.account.account_id)

    def saving(self, is_saving: bool) -> None:
        """While the link is being saved the button says so."""
        self._link.setText(self.tr("Linking…") if is_saving else self.tr("Link account"))
        self._link.setEnabled(not is_saving and self._may_link())

    def linked(self) -> None:
        """It is linked: the next search starts afresh."""
        self.saving(False)
        self._forget_choice()
        self.search.clear()
        self.results.show_results(())
        self._invite()
        self.close_panel()

    # Building

    def _lay_out(self) -> None:
        self.subject = PlainLabel(kind="secondary", wrap=True)
        frame = QFrame()
        frame.setProperty("kind", "panel")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.results_state)
        self._frame = frame
        self.body.addWidget(self.subject)
        self.body.addWidget(self.search)
        self.body.addWidget(self.note)
        self.body.addWidget(frame)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.detail_state)
        self.add_button(self.tr("Cancel"), self.close_panel)
        self._link = self.add_button(self.tr("Link account"), self._confirm, kind="primary", icon="link")
        for watched in (self.search, self.results):
            watched.installEventFilter(self)
        self._forget_choice()
        self._invite()

    def _holder(self, layout: QVBoxLayout) -> QWidget:
        holder = QWidget()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        holder.setLayout(layout)
        return holder

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the search box into the results, Enter there to the button that links."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.results.enter()
                return True
            if watched is self.results and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._link.setFocus()
                return True
        return super().eventFilter(watched, event)

    # Searching

    def _invite(self) -> None:
        self.note.say("", Meaning.NEUTRAL, "info")
        self.results_state.nothing(
            self.tr("Type part of the account's name, or its id. Offered accounts come first."), icon="search"
        )
        self._frame.setFixedHeight(RESULTS_HEIGHT)

    def _search(self, text: str) -> None:
        overview = self._overview
        if overview is None or self.isHidden():
            return
        if not text:
            self._forget_choice()
            self._invite()
            return
        site = overview.site.key
        self.results_state.loading(self.tr("Searching the portal's copy and ASPIRE…"))
        background.run(
            self,
            lambda: search(self._desk, site=site, text=text),
            lambda found: self._found(text, found),
            lambda error: self._search_failed(text, error),
            replaces="search",
        )

    def _found(self, text: str, found: Candidates) -> None:
        self.results_state.content()
        self.note.say(self._note(found), Meaning.UNKNOWN, "question")
        if not found.found:
            self._forget_choice()
            self.results.show_results(())
            self.results_state.nothing(
                self.tr("Neither the portal nor ASPIRE has an account that matches “{text}”.").format(
                    text=text
                )
            )
            self._frame.setFixedHeight(RESULTS_HEIGHT)
            return
        kept = self._wanted or self.results.selected
        ids = [one.offer.account.account_id for one in found.found]
        self.results.show_results(self._lines(found))
        self._frame.setFixedHeight(min(self.results.wanted_height(), 2 * RESULTS_HEIGHT))
        wanted = kept if kept in ids else ids[0] if len(ids) == 1 else ""
        if not self.results.select(wanted):
            self._forget_choice()
        self._wanted = ""

    def _note(self, found: Candidates) -> str:
        if found.unread:
            return self.tr("ASPIRE could not be searched, so newer accounts may be missing. {why}").format(
                why=found.unread
            )
        return self.tr("More accounts match than are shown: type more of the name.") if found.more else ""

    def _search_failed(self, text: str, error: DeskError) -> None:
        self._forget_choice()
        self.results_state.failed(error, lambda: self._search(text), at=self._desk.clock())
        self._frame.setFixedHeight(2 * RESULTS_HEIGHT)

    def _lines(self, found: Candidates) -> Iterable[Result]:
        titles = {
            "offered": self.tr("Offered on this site"),
            "not_offered": self.tr("Not offered, because …"),
            "cannot_tell": self.tr("Cannot tell whether it is offered"),
        }
        for verdict, title in titles.items():
            some = [one for one in found.found if one.offer.verdict.verdict == verdict]
            if some:
                yield Result("", title)
            yield from (self._line(one) for one in some)

    def _line(self, one: Candidate) -> Result:
        icon, meaning = _LOOKS[one.offer.verdict.verdict]
        account = one.offer.account
        linked = account.account_id in self._linked_ids()
        if one.offer.verdict.verdict == OFFERED and one.profile is not None:
            said = f"{words.roles(one.profile.roles)} · {words.on_site(one.profile)}"
        else:
            said = words.refusal(one.offer.verdict)
        if linked:
            icon, meaning, said = (
                "link",
                Meaning.NEUTRAL,
                self.tr("Linked already · {said}").format(said=said),
            )
        return Result(account.account_id, account.name, said, icon, meaning, linked)

    def _linked_ids(self) -> set[str]:
        return {card.account.account_id for card in self._overview.cards} if self._overview else set()

    # One account

    def _forget_choice(self) -> None:
        self.examined = None
        self._clear_detail()
        self.detail_state.hide()
        self._say_why_not("")
        self._link.setEnabled(False)

    def _clear_detail(self) -> None:
        while (item := self.detail.takeAt(0)) is not None:
            widget = item.widget()
            if widget is self.verdict:
                self.verdict.hide()
            elif widget is not None:
                widget.hide()
                widget.deleteLater()

    def _pick(self, account_id: str) -> None:
        self._link.setEnabled(False)
        self._say_why_not("")
        self.detail_state.show()
        self.detail_state.loading(self.tr("Asking ASPIRE about {id}…").format(id=account_id))
        background.later(self, EXAMINE_PAUSE, lambda: self._examine(account_id), replaces="examine")

    def _examine(self, account_id: str) -> None:
        overview = self._overview
        if overview is None:
            return
        user = overview.contracts.user
        self.detail_state.show()
        self.detail_state.loading(self.tr("Asking ASPIRE about {id}…").format(id=account_id))
        background.run(
            self,
            lambda: examine(self._desk, site=user.site, email=user.email, account_id=account_id),
            self._show_examined,
            lambda error: self._examine_failed(account_id, error),
            replaces="examine",
        )

    def _examine_failed(self, account_id: str, error: DeskError) -> None:
        self.examined = None
        self._clear_detail()
        self.detail_state.failed(error, lambda: self._examine(account_id), at=self._desk.clock())

    def _show_examined(self, examined: Examined) -> None:
        self.examined = examined
        self._clear_detail()
        self.detail_state.content()
        offer, own = examined.candidate.offer, examined.candidate.profile
        offered = offer.verdict.verdict == OFFERED
        if examined.preview is not None and self._overview is not None and not self._is_linked():
            self.detail.addWidget(self._preview(examined.preview, self._overview))
        elif examined.unpreviewed:
            missing = Bar()
            self.detail.addWidget(missing)
            missing.say(examined.unpreviewed, Meaning.UNKNOWN, "question")
        if own is not None and examined.similar:
            self.detail.addWidget(Comparison(own, examined.similar, self._linked_ids(), self._choose_instead))
        subject = f"{offer.account.name} ({offer.account.account_id})"
        fixes = {} if offered or not offer.verdict.cannot_tell else {"exists": self.tr("Retry")}
        self.verdict.show_verdict(
            words.brief(offer.verdict), now=self._desk.clock(), subject=subject, fixes=fixes
        )
        place = self.detail.count() if offered else 0
        self.detail.insertWidget(place, self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        self.verdict.show()
        self._say_why_not(self._why_not())
        self._link.setEnabled(self._may_link())

    def _preview(self, preview: LinkPreview, overview: Overview) -> PreviewView:
        say = words.HiddenWords(overview.site, overview.sites, overview.settings.admitted_roles)
        return PreviewView(words.gains(preview), preview.gained, preview.hidden, say)

    def _choose_instead(self, account_id: str) -> None:
        if not self.results.select(account_id):
            self.search.setText(account_id)
            self._wanted = account_id
            self._search(account_id)

    def _say_why_not(self, reason: str) -> None:
        self.reason.say(reason, Meaning.NEUTRAL, "lock")
        self._link.setAccessibleDescription(reason)

    def _is_linked(self) -> bool:
        return self.examined is not None and (
            self.examined.candidate.offer.account.account_id in self._linked_ids()
        )

    def _may_link(self) -> bool:
        return not self._why_not() and self.examined is not None

    def _why_not(self) -> str:
        if self.examined is None:
            return ""
        verdict = self.examined.candidate.offer.verdict
        if self._is_linked():
            return self.tr("Linked to this user already.")
        if verdict.cannot_tell:
            return self.tr("Cannot be linked until ASPIRE answers.")
        if verdict.verdict == OFFERED:
            return ""
        return self.tr("Cannot be linked: the rules do not offer it on this site.")

    def _confirm(self) -> None:
        if self.examined is not None and self._may_link():
            account = self.examined.candidate.offer.account
            self.confirmed.emit(account.account_id, account.name)
