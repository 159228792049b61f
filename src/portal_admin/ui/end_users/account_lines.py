"""One account as a search found it, and one that was chosen."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Verdict
from portal_admin.services.link_candidates import Candidate
from portal_admin.services.new_user import Choice
from portal_admin.ui.panels.person.contract_words import profile_words
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button, icon_button
from portal_admin.ui.widgets.comparison import Comparison
from portal_admin.ui.widgets.mark import Mark
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel

OFFERED = "offered"


def why_not(verdict: Verdict) -> str:
    """Why an account may not be linked, or why nobody can tell; empty when it is offered."""
    if verdict.verdict == OFFERED:
        return ""
    if verdict.cannot_tell:
        return verdict.doubt
    # All three on one contract is implied where one of the three fails by itself.
    told = [check for check in verdict.failed if check.name != "same_contract"] or list(verdict.failed)
    return " ".join(check.sentence for check in told)


class FoundAccount(QFrame):
    """A line of the search; `wanted` carries the account id."""

    wanted = Signal(str)

    def __init__(self, candidate: Candidate, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.candidate = candidate
        account, verdict = candidate.offer.account, candidate.offer.verdict
        self.account_id = account.account_id
        self.take: QPushButton | None = None
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(account.name))
        facts = profile_words(candidate.profile) if candidate.profile else self.tr("only in ASPIRE so far")
        words.addWidget(ElidedLabel(f"{account.account_id} · {facts}", kind="secondary"))
        reason = why_not(verdict)
        if reason:
            words.addWidget(PlainLabel(reason, kind="secondary", wrap=True))
        self.setAccessibleName(" ".join(filter(None, (account.name, account.account_id, reason))))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, Space.S, 0, 0)
        row.setSpacing(Space.S)
        top = Qt.AlignmentFlag.AlignTop
        if verdict.verdict != OFFERED:
            look = ("question", "unknown") if verdict.cannot_tell else ("block", "secondary")
            row.addWidget(Mark(*look), 0, top)
        row.addLayout(words, 1)
        self._added = PlainLabel(self.tr("added"), kind="secondary")
        self._added.hide()
        row.addWidget(self._added, 0, top)
        if verdict.verdict == OFFERED:
            self._add_button(row, self.tr("Add"), self.tr("Add {name}, {id}"), "plus")
        elif verdict.cannot_tell:
            self._add_button(row, self.tr("Ask ASPIRE"), self.tr("Ask ASPIRE about {name}, {id}"), "refresh")

    def set_chosen(self, chosen: bool) -> None:
        """Offer it, or say that it was added."""
        self._added.setVisible(chosen)
        if self.take is not None:
            self.take.setVisible(not chosen)

    def _add_button(self, row: QHBoxLayout, text: str, name: str, icon: str) -> None:
        account = self.candidate.offer.account
        self.take = button(text, lambda: self.wanted.emit(account.account_id), icon=icon)
        self.take.setAccessibleName(name.format(name=account.name, id=account.account_id))
        row.addWidget(self.take, 0, Qt.AlignmentFlag.AlignTop)


class ChosenAccount(QFrame):
    """An account that will be linked, with its look-alikes; `dropped` and `swapped` carry account ids."""

    dropped = Signal(str)
    swapped = Signal(str, str)

    def __init__(self, choice: Choice, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        offer, profile = choice.candidate.offer, choice.candidate.profile
        account_id = offer.account.account_id
        self.setAccessibleName(f"{offer.account.name} {account_id}")
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(offer.account.name))
        facts = profile_words(profile) if profile else self.tr("only in ASPIRE so far")
        words.addWidget(ElidedLabel(f"{account_id} · {facts}", kind="secondary"))
        reason = why_not(offer.verdict)
        if reason:
            words.addWidget(PlainLabel(reason, meaning=Meaning.BAD, wrap=True))
        top.addLayout(words, 1)
        remove = self.tr("Remove {name}, {id}").format(name=offer.account.name, id=account_id)
        self.remove = icon_button("cross", remove, lambda: self.dropped.emit(account_id))
        top.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        column.setSpacing(Space.S)
        column.addLayout(top)
        if profile is not None and choice.similar:
            swap = partial(self.swapped.emit, account_id)
            column.addWidget(Comparison(profile, choice.similar, choose=swap))
