"""Who is calling, in two lines: name, status, email, site, last mail, MFA, whether verified, and their other users."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.verification import LABELS, Verification
from portal_admin.services.caller import CallerProfile
from portal_admin.ui.navigation import Target
from portal_admin.ui.override import override
from portal_admin.ui.panels.person.caution_view import CautionView
from portal_admin.ui.panels.person.mail_words import MAIL_MEANINGS, short_words
from portal_admin.ui.theme import Meaning, Size, Space
from portal_admin.ui.widgets.ages import clock_text
from portal_admin.ui.widgets.buttons import CopyButton, button
from portal_admin.ui.widgets.chip import StatusChip
from portal_admin.ui.widgets.text import ElidedLabel, PlainLabel, set_tooltip

OTHERS_SHOWN = 3


class CallerStrip(QWidget):
    """`opened` carries the Target of the same person's user on another site."""

    opened = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(kind="section")
        self.name.setMaximumWidth(Size.SIDE_PANEL)
        self.chip = StatusChip()
        self.email = ElidedLabel()
        self.site = PlainLabel(kind="secondary")
        self.verified = StatusChip()
        self.mail = ElidedLabel(kind="secondary")
        self.facts = ElidedLabel(kind="secondary")
        self.advice = PlainLabel(kind="secondary", meaning=Meaning.ATTENTION, wrap=True)
        self.caution = CautionView()
        self.others = QWidget()
        self._others = QHBoxLayout(self.others)
        self._others.setContentsMargins(0, 0, 0, 0)
        self._others.setSpacing(Space.XS)
        first = self._first = QHBoxLayout()
        first.setSpacing(Space.M)
        address = QHBoxLayout()
        address.setSpacing(Space.XS)
        address.addWidget(self.email)
        address.addWidget(CopyButton(self.tr("Copy email address"), self.email.text))
        first.addWidget(self.name)
        first.addWidget(self.chip)
        first.addLayout(address)
        first.addWidget(self.site)
        first.addStretch(1)
        first.addWidget(self.others)
        second = QHBoxLayout()
        second.setSpacing(Space.M)
        second.addWidget(self.verified)
        second.addWidget(self.mail)
        second.addWidget(self.facts, 1)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.advice)
        column.addWidget(self.caution)

    def show_profile(self, found: CallerProfile, now: datetime) -> None:
        """Show one person."""
        user = found.user
        self.name.setText(user.name)
        # The name is the last to give way when the line gets short; a hint holds the old minimum.
        self.name.setMinimumWidth(0)
        self.name.setMinimumWidth(min(self.name.sizeHint().width(), Size.CARD // 4))
        self.email.setText(user.email)
        self.email.setMinimumWidth(Size.CARD // 4)
        self.email.setAccessibleName(self.tr("Email {email}").format(email=user.email))
        self.chip.set(user.status.value)
        self.site.setText(self.tr("on {site}").format(site=user.site))
        set_tooltip(self.site, found.site.name)
        self._show_verified(found.verified, now)
        self._show_mail(user, now)
        mfa = (
            self.tr("MFA: code by email at each sign-in")
            if found.policy.mfa_required
            else self.tr("MFA: not required")
        )
        created = self.tr("created {time}").format(time=clock_text(user.created_at, now))
        # The tab is hidden as it is on the portal, and whoever asks where it went needs an answer.
        off = "" if found.policy.payments_enabled else self.tr("payments are switched off")
        self.facts.setText(" · ".join(filter(None, (found.site.name, off, mfa, created))))
        self.advice.setText(self._advice(user.status))
        self.advice.setVisible(bool(self.advice.text()))
        self.caution.show_past(found.caution, now)
        self._show_others(found.others)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside a side panel the users on other sites get a line of their own."""
        super().resizeEvent(event)
        wanted = self._first if self.width() >= Size.FORM else self._column
        if wanted.indexOf(self.others) < 0:
            wanted.addWidget(self.others, 0, Qt.AlignmentFlag.AlignLeft)

    def _show_verified(self, found: Verification | None, now: datetime) -> None:
        if found is None:
            self.verified.set(self.tr("Caller not verified"), Meaning.NEUTRAL)
            set_tooltip(self.verified, self.tr("Needed before a reset and a change of email."))
            return
        until = clock_text(found.until, now)
        self.verified.set(self.tr("Caller verified until {time}").format(time=until), Meaning.GOOD)
        by = self.tr("{method}, by {who}").format(method=LABELS[found.method], who=found.operator)
        set_tooltip(self.verified, by)

    def _show_mail(self, user: EndUser, now: datetime) -> None:
        mail = user.last_mail
        self.mail.setText(self.tr("No mail to this person yet") if mail is None else short_words(mail, now))
        self.mail.set_meaning(MAIL_MEANINGS[mail.status][0] if mail else None)

    def _advice(self, status: Status) -> str:
        return {
            Status.PENDING: self.tr(
                "Cannot sign in yet: Resend Registration Email. Reset Password is not offered while Pending, "
                "whatever the vendor's article says."
            ),
            Status.INACTIVE: self.tr("Cannot sign in: Reactivate User first, then Reset Password if needed."),
        }.get(status, "")

    def _show_others(self, others: tuple[EndUser, ...]) -> None:
        while (item := self._others.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for other in others[:OTHERS_SHOWN]:
            self._others.addWidget(self._other_button(other))
        self.others.setVisible(bool(others))
        more = others[OTHERS_SHOWN:]
        if more:
            label = PlainLabel(self.tr("and {n} more").format(n=len(more)), kind="secondary")
            set_tooltip(label, "\n".join(f"{one.site}, {one.status.value}" for one in more))
            self._others.addWidget(label)

    def _other_button(self, other: EndUser) -> QWidget:
        words = self.tr("also on {site}, {status}").format(site=other.site, status=other.status.value)
        target = Target("customer_care", site=other.site, email=other.email)
        made = button(words.replace("&", "&&"), lambda: self.opened.emit(target), kind="link")
        set_tooltip(made, self.tr("Open {name} on site {site}").format(name=other.name, site=other.site))
        return made
