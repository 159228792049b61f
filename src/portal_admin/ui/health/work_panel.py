"""Mails and imports: what waits, what was given up, what nobody ended."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.services.change import permission_of
from portal_admin.services.health import DeadLetter, Health, MailQueue
from portal_admin.services.imports.batches import Batch
from portal_admin.services.mail.queue import resend
from portal_admin.ui.rights import Rights
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.ages import age_text, clock_text
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.finding import FindingLine
from portal_admin.ui.widgets.scrolling import FormScroll
from portal_admin.ui.widgets.state_panel import StatePanel

ALL = ()  # of `send_again`: every mail that was given up


class Line(NamedTuple):
    """One fact, what to do about it, and the mails that its button sends again."""

    result: Result
    text: str
    fix: str = ""
    again: tuple[int, ...] | None = None
    name: str = ""


class WorkPanel(QFrame):
    """One line for each fact; lines that stay the same are left alone."""

    send_again = Signal(object)

    def __init__(self, rights: Rights, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rights = rights
        self.setProperty("kind", "panel")
        self._shown: list[Line] = []
        self._lines: list[QWidget] = []
        scroll = FormScroll(Space.L)
        scroll.setAccessibleName(self.tr("Mails and imports"))
        self._column = scroll.column
        self._column.addStretch(1)
        inner = QWidget()
        margins = QVBoxLayout(inner)
        margins.setContentsMargins(Space.L, Space.M, 0, Space.M)
        margins.addWidget(scroll)
        self.state = StatePanel(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.state)

    @property
    def lines(self) -> list[str]:
        """What is said."""
        return [f"{line.text} {line.fix}".strip() for line in self._shown]

    def show_health(self, found: Health) -> None:
        """Show how mails and imports are doing."""
        lines = [*self._mail(found), *map(partial(self._import, found=found), found.imports)]
        self.state.content()
        if lines == self._shown:
            return
        for widget in self._lines:
            widget.hide()
            widget.deleteLater()
        self._shown = lines
        self._lines = [self._widget(line) for line in lines]
        for position, made in enumerate(self._lines):
            self._column.insertWidget(position, made)

    def _widget(self, line: Line) -> QWidget:
        made = FindingLine(line.result, line.text, line.fix)
        again = line.again
        if again is not None:
            words = self.tr("Send all again") if again == ALL else self.tr("Send again")
            pressed = button(words, lambda: self.send_again.emit(again), kind="link")
            pressed.setAccessibleName(line.name)
            self._rights.guard(pressed, permission_of(resend))
            made.add_action(pressed)
        return made

    def _mail(self, found: Health) -> list[Line]:
        mail = found.mail
        lines = [self._queue(mail, found)]
        if mail.senderless:
            words = self.tr("Mails of {sites} wait because nobody said who they come from.")
            fix = self.tr("Run `portal-admin sites set-brand`, once for each site.")
            lines.append(Line(Result.FAIL, words.format(sites=", ".join(mail.senderless)), fix))
        if mail.last_sent is not None:
            words = self.tr("{n:,} mails were sent, the last one {age}.") if mail.sent != 1 else ""
            words = words or self.tr("1 mail was sent, {age}.")
            lines.append(Line(Result.PASS, words.format(n=mail.sent, age=age_text(mail.last_sent, found.at))))
        if mail.failed > 1:
            text = self.tr("{n:,} mails were given up.").format(n=mail.failed)
            lines.append(Line(Result.FAIL, text, again=ALL, name=self.tr("Send all of them again")))
        return lines + [self._letter(one, found) for one in mail.dead]

    def _queue(self, mail: MailQueue, found: Health) -> Line:
        if mail.oldest_queued is None:
            return Line(Result.PASS, self.tr("No mail waits to be sent."))
        words = self.tr("1 mail waits to be sent, since {at}.")
        if mail.queued != 1:
            words = self.tr("{n:,} mails wait to be sent, the oldest since {at}.")
        text = words.format(n=mail.queued, at=clock_text(mail.oldest_queued, found.at))
        if not mail.has_server:
            fix = self.tr(
                "No mail server is named, so none leaves. Name one with `portal-admin settings set mail.host HOST`."
            )
            return Line(Result.ADVICE, text, fix)
        if not mail.is_late(found.at):
            return Line(Result.PASS, text)
        fix = self.tr("See that the server runs `portal-admin mail send --every 1m`.")
        return Line(Result.ADVICE, text, fix)

    def _letter(self, letter: DeadLetter, found: Health) -> Line:
        words = {
            "registration": self.tr("The registration mail to {to} ({site}) of {at} was given up."),
            "reset": self.tr("The reset mail to {to} ({site}) of {at} was given up."),
        }[letter.kind]
        at = clock_text(letter.created_at, found.at)
        text = words.format(to=letter.recipient, site=letter.site, at=at)
        name = self.tr("Send again to {to}").format(to=letter.recipient)
        return Line(Result.FAIL, text, letter.failure, again=(letter.id,), name=name)

    def _import(self, one: Batch, found: Health) -> Line:
        words = self.tr("{who} is importing {file} into {site}: {done:,} of {rows:,} rows are done.")
        fix = ""
        if one.runner is None:
            words = self.tr(
                "The import of {file} into {site}, begun {at} by {who}, stopped at {done:,} of {rows:,} rows."
            )
            fix = self.tr("Resume it on the Import page: each row takes effect once, whoever goes on.")
        at = clock_text(one.created_at, found.at)
        told = {"who": one.created_by, "file": one.file_name, "site": one.site, "at": at}
        text = words.format(**told, done=one.counts.read, rows=one.total)
        return Line(Result.PASS if one.runner else Result.ADVICE, text, fix)
