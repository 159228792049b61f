"""Choosing the accounts of a new end user: search, offered first, and what the choice opens."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from portal_admin.errors import DeskError
from portal_admin.services import link_candidates, links, new_user
from portal_admin.services.desk import Desk
from portal_admin.services.link_candidates import Candidates
from portal_admin.services.links import NewUserPreview
from portal_admin.services.new_user import Choice
from portal_admin.ui import background
from portal_admin.ui.end_users.account_lines import OFFERED, ChosenAccount, FoundAccount, why_not
from portal_admin.ui.override import override
from portal_admin.ui.panels.person.contract_words import hidden_words, opened_words
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.scrolling import bring_up
from portal_admin.ui.widgets.search_field import SearchField
from portal_admin.ui.widgets.state_panel import StatePanel
from portal_admin.ui.widgets.text import PlainLabel

HIDDEN_SHOWN = 4
FOUND_SHOWN = 16  # a longer list is not read but narrowed, and building it would stall the window
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class AccountPicker(QWidget):
    """`account_ids` are the chosen ones; `changed` follows every choice."""

    changed = Signal()

    def __init__(self, desk: Desk, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._site: str | None = None
        self._choices: dict[str, Choice] = {}
        self.search = SearchField(self.tr("Find an account by name or id"))
        self.search.searched.connect(self._search)
        self.search.installEventFilter(self)
        self.lines: list[FoundAccount] = []
        self.results = QWidget()
        self._result_column = _column(self.results, 0)
        self.state = StatePanel(self.results)
        self.state.hide()
        self.told = PlainLabel(kind="error", wrap=True)
        self.told.hide()
        self._chosen = QWidget()
        self._chosen_column = _column(self._chosen, Space.S)
        self._chosen.hide()
        self.preview = PlainLabel(kind="strong", wrap=True)
        self.hidden = PlainLabel(kind="secondary", wrap=True)
        column = _column(self, Space.S)
        for widget in (self._chosen, self.preview, self.hidden, self.search, self.told, self.state):
            column.addWidget(widget)
        self.preview.hide()
        self.hidden.hide()
        self.setFocusProxy(self.search)
        self.set_site(None)

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The ids of the chosen accounts in the order of choosing."""
        return tuple(self._choices)

    def set_site(self, site: str | None) -> None:
        """Offer for another site; what was chosen is judged anew for it."""
        if site == self._site and site is not None:
            return
        self._site = site
        self.search.setEnabled(site is not None)
        self.search.setPlaceholderText(
            self.tr("Account name or id") if site else self.tr("Choose the site first")
        )
        self.state.hide()
        self.told.hide()
        if site is None:
            return
        for account_id in self.account_ids:
            self._examine(account_id)
        self._search(self.search.text().strip())

    def choose(self, account_id: str) -> None:
        """Choose an account, if the site offers it; otherwise say why not."""
        self._examine(account_id)

    def clear(self) -> None:
        """Forget the choice and the search."""
        background.forget(self)
        self._choices.clear()
        self.search.clear()
        self.state.hide()
        self.told.hide()
        self._show_choice()

    def _search(self, text: str) -> None:
        self.told.hide()
        if not text or self._site is None:
            self.state.hide()
            return
        desk, site = self._desk, self._site
        self.state.show()
        self.state.loading(self.tr("Still searching; ASPIRE is slow to answer…"))
        background.run(
            self,
            lambda: link_candidates.search(desk, site=site, text=text),
            self._show_found,
            lambda error: self.state.failed(error, lambda: self._search(text), at=desk.clock()),
            replaces="search",
        )

    def _show_found(self, found: Candidates) -> None:
        if not found.found:
            self.state.nothing(self.tr("No account has that name or id."), icon="search")
            return
        _empty(self._result_column)
        self.lines = []
        titles = {
            OFFERED: self.tr("Offered ({n})"),
            "cannot_tell": self.tr("Cannot tell ({n})"),
            "not_offered": self.tr("Not offered ({n})"),
        }
        shown = found.found[:FOUND_SHOWN]
        for verdict, title in titles.items():
            group = [one for one in shown if one.offer.verdict.verdict == verdict]
            if group:
                self._result_column.addSpacing(Space.S)
                self._result_column.addWidget(PlainLabel(title.format(n=len(group)), kind="strong"))
            for candidate in group:
                line = FoundAccount(candidate)
                line.set_chosen(line.account_id in self._choices)
                line.wanted.connect(self._examine)
                if line.take is not None:
                    line.take.installEventFilter(self)
                self.lines.append(line)
                self._result_column.addWidget(line)
        for note in self._notes(found):
            self._result_column.addWidget(PlainLabel(note, kind="secondary", wrap=True))
        self.state.content()
        bring_up(self.search)  # it stands low in a long form: its answers would come up below the edge

    def _notes(self, found: Candidates) -> Iterable[str]:
        if found.more or len(found.found) > FOUND_SHOWN:
            yield self.tr("There are more. Type more of the name, or the account id.")
        if found.unread:
            yield self.tr("ASPIRE was not searched, so new accounts may be missing. {why}").format(
                why=found.unread
            )
        if found.withheld:
            yield self.tr("ASPIRE withheld {n} of the accounts that match from this login.").format(
                n=found.withheld
            )

    def _examine(self, account_id: str, instead_of: str | None = None) -> None:
        if self._site is None:
            return
        desk, site = self._desk, self._site
        self.told.hide()

        def done(choice: Choice) -> None:
            if site == self._site:
                self._examined(choice, instead_of)

        background.run(
            self,
            lambda: new_user.examine(desk, site=site, account_id=account_id),
            done,
            lambda error: self._tell(f"{error.title}. {error.message}"),
            replaces=f"examine {account_id}",
        )

    def _examined(self, choice: Choice, instead_of: str | None) -> None:
        offer = choice.candidate.offer
        account_id = offer.account.account_id
        if offer.verdict.verdict != OFFERED and account_id not in self._choices:
            word = self.tr("Cannot tell") if offer.verdict.cannot_tell else self.tr("Not offered")
            self._tell(f"{account_id}: {word}. {why_not(offer.verdict)}")
            return
        self._choices = {key: kept for key, kept in self._choices.items() if key != instead_of}
        self._choices[account_id] = choice
        self._show_choice()
        self.search.setFocus()
        self.search.selectAll()
        bring_up(self._chosen)

    def _tell(self, words: str) -> None:
        self.told.setText(words)
        self.told.show()

    def _drop(self, account_id: str) -> None:
        self._choices.pop(account_id, None)
        self._show_choice()
        self.search.setFocus()

    def _show_choice(self) -> None:
        _empty(self._chosen_column)
        for choice in self._choices.values():
            line = ChosenAccount(choice)
            line.dropped.connect(self._drop)
            line.swapped.connect(lambda mine, other: self._examine(other, instead_of=mine))
            self._chosen_column.addWidget(line)
        self._chosen.setVisible(bool(self._choices))
        for found in self.lines:
            found.set_chosen(found.account_id in self._choices)
        self._show_preview()
        self.changed.emit()

    def _show_preview(self) -> None:
        desk, site, account_ids = self._desk, self._site, self.account_ids
        self.preview.setVisible(bool(account_ids))
        self.hidden.hide()
        if not account_ids or site is None:
            return
        self.preview.setText(self.tr("Working out what this opens…"))
        background.run(
            self,
            lambda: links.preview_new(desk, site=site, account_ids=account_ids),
            self._previewed,
            self._unpreviewed,
            replaces="preview",
        )

    def _previewed(self, preview: NewUserPreview) -> None:
        self.preview.set_meaning(None)
        self.preview.setText(opened_words(preview))
        lines = [hidden_words(one) for one in preview.hidden[:HIDDEN_SHOWN]]
        if len(preview.hidden) > HIDDEN_SHOWN:
            lines.append(self.tr("and {n} more").format(n=len(preview.hidden) - HIDDEN_SHOWN))
        if preview.freshness.stale:
            lines.append(self.tr("The portal's copy of ASPIRE is out of date, so this may have changed."))
        self.hidden.setText("\n".join(lines))
        self.hidden.setVisible(bool(lines))

    def _unpreviewed(self, error: DeskError) -> None:
        self.preview.set_meaning(Meaning.UNKNOWN)
        self.preview.setText(self.tr("Cannot tell yet what this opens."))
        self.hidden.setText(error.message)
        self.hidden.show()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Up and Down walk from the search through the lines that can be added.
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = STEPS.get(Qt.Key(event.key()))
            stops = [self.search, *(line.take for line in self.lines if line.take and line.take.isVisible())]
            if step is not None and watched in stops:
                stops[min(max(stops.index(watched) + step, 0), len(stops) - 1)].setFocus()
                return True
        return super().eventFilter(watched, event)


def _column(holder: QWidget, spacing: int) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing)
    return column


def _empty(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
