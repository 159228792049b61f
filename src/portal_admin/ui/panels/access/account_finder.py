"""Searching accounts on a user's site: offered ones first, then the others with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.link_candidates import OFFERED, Candidate, Candidates, search
from portal_admin.ui import background
from portal_admin.ui.override import override
from portal_admin.ui.panels.access import words
from portal_admin.ui.panels.access.account_results import AccountResults, Result
from portal_admin.ui.panels.access.bar import Bar
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.state_panel import StatePanel

HEIGHT = 5 * Size.ROW
_LOOKS = {
    "offered": ("check", Meaning.GOOD),
    "not_offered": ("block", Meaning.BAD),
    "cannot_tell": ("question", Meaning.UNKNOWN),
}


class AccountFinder(QWidget):
    """Emits `picked` with an account id as the selection moves, `lost` when nothing is selected any more."""

    picked = Signal(str)
    lost = Signal()
    taken = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._site = ""
        self._linked: Collection[str] = ()
        self._wanted = ""
        self.search = SearchField(
            self.tr("Find an account"), placeholder=self.tr("Account name or account id")
        )
        self.search.searched.connect(self._search)
        self.results = AccountResults(self.tr("Accounts found"))
        self.results.chosen.connect(self.picked)
        self.state = StatePanel(self.results)
        self.note = Bar()
        self._frame = QFrame()
        self._frame.setProperty("kind", "panel")
        inner = QVBoxLayout(self._frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        for part in (self.search, self.note, self._frame):
            column.addWidget(part)
        for watched in (self.search, self.results):
            watched.installEventFilter(self)
        self.invite()

    def search_on(self, site: str, linked: Collection[str]) -> None:
        """Search on that site; `linked` accounts are marked."""
        self._site, self._linked = site, linked

    def invite(self) -> None:
        """Nothing is searched yet; what was typed stays."""
        self.results.show_results(())
        self.note.say("", Meaning.NEUTRAL, "info")
        self.state.nothing(
            self.tr("Type part of the account's name, or its id. Offered accounts come first."), icon="search"
        )
        self._frame.setFixedHeight(HEIGHT)

    def look_for(self, account_id: str) -> None:
        """Select an account, searching for it when it is not in the list."""
        if not self.results.select(account_id):
            self._wanted = account_id
            self.search.setText(account_id)
            self._search(account_id)

    def look_again(self) -> None:
        """Search again for what is typed."""
        self._search(self.search.text().strip())

    def _search(self, text: str) -> None:
        if not text:
            self.lost.emit()
            self.invite()
            return
        site = self._site
        self.state.loading(self.tr("Searching the portal's copy and ASPIRE…"))
        background.run(
            self,
            lambda: search(self._desk, site=site, text=text),
            lambda found: self._found(text, found),
            lambda error: self._failed(text, error),
            replaces="search",
        )

    def _found(self, text: str, found: Candidates) -> None:
        self.state.content()
        self.note.say(self._note(found), Meaning.UNKNOWN, "question")
        ids = [one.offer.account.account_id for one in found.found]
        kept = self._wanted or self.results.selected
        self._wanted = ""
        self.results.show_results(self._lines(found))
        if not ids:
            self.state.nothing(
                self.tr("Neither the portal nor ASPIRE has an account that matches “{text}”.").format(
                    text=text
                )
            )
        self._frame.setFixedHeight(min(self.results.wanted_height(), 2 * HEIGHT) if ids else HEIGHT)
        if not self.results.select(kept if kept in ids else ids[0] if len(ids) == 1 else ""):
            self.lost.emit()

    def _failed(self, text: str, error: DeskError) -> None:
        self.lost.emit()
        self.results.show_results(())
        self.state.failed(error, lambda: self._search(text), at=self._desk.clock())
        self._frame.setFixedHeight(2 * HEIGHT)

    def _note(self, found: Candidates) -> str:
        if found.unread:
            return self.tr("ASPIRE could not be searched, so newer accounts may be missing. {why}").format(
                why=found.unread
            )
        if found.withheld:
            return self.tr("ASPIRE withheld {n} of the accounts that match from this login.").format(
                n=found.withheld
            )
        return self.tr("More accounts match than are shown: type more of the name.") if found.more else ""

    def _lines(self, found: Candidates) -> Iterator[Result]:
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
        if one.offer.verdict.verdict == OFFERED and one.profile is not None:
            said = f"{words.roles(one.profile.roles)} · {words.on_site(one.profile)}"
        else:
            said = words.refusal(one.offer.verdict)
        if account.account_id in self._linked:
            icon, meaning, said = (
                "link",
                Meaning.NEUTRAL,
                self.tr("Linked already · {said}").format(said=said),
            )
        return Result(account.account_id, account.name, said, icon, meaning)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the search box into the results; Enter there takes the selected account."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.results.enter()
                return True
            if watched is self.results and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.taken.emit()
                return True
        return super().eventFilter(watched, event)
