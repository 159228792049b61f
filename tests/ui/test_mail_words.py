"""What the list and the details say of the last mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.mail import NO_SENDER, LastMail, MailKind, MailStatus
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.person.mail_words import hover_words, long_words, short_words
from tests.ui.portal_filling import fill_portal

NOON = datetime(2026, 11, 21, 12, 0).astimezone()
WEEK = timedelta(days=7)
QUEUED = LastMail(MailKind.REGISTRATION, MailStatus.QUEUED, NOON)
SENT = LastMail(MailKind.RESET, MailStatus.SENT, NOON, NOON + WEEK)
FAILED = LastMail(MailKind.RESET, MailStatus.FAILED, NOON, note="No such address.")


@pytest.mark.parametrize(
    ("mail", "later", "short", "long"),
    [
        (QUEUED, timedelta(), "Registration queued 12:00", "Registration mail queued 12:00, not yet sent."),
        (
            SENT,
            timedelta(),
            "Reset sent 12:00, expires 28 Nov 12:00",
            "Reset mail sent 12:00.\nIts link expires 28 Nov 12:00.",
        ),
        (
            SENT,
            WEEK,
            "Reset sent 21 Nov 12:00, expired 12:00",
            "Reset mail sent 21 Nov 12:00.\nIts link expired 12:00.",
        ),
        (FAILED, timedelta(), "Reset failed 12:00", "Reset mail failed 12:00.\nNo such address."),
    ],
)
def test_that_a_mail_is_told_in_one_line_and_in_sentences(
    mail: LastMail, later: timedelta, short: str, long: str
) -> None:
    assert short_words(mail, NOON + later) == short
    assert long_words(mail, NOON + later) == long


def test_that_the_full_times_and_the_reason_are_told_on_hover() -> None:
    assert len(hover_words(SENT).splitlines()) == 2
    assert hover_words(FAILED).endswith("No such address.")


def test_that_a_person_whose_site_has_no_sender_is_shown_waiting_and_a_second_click_queues_nothing(
    engine: object, offline_desk: object, page: Callable[..., EndUsersPage], settle: Callable[[], None]
) -> None:
    fill_portal(engine)  # type: ignore[arg-type]
    made = page(EndUsersPage, offline_desk)
    made.open(Target("end_users", site="NW", email="pat@prairie.example"))
    settle()
    for _ in range(2):
        made.details.buttons[Action.RESEND].click()
        settle()
    assert "was queued 0 s ago; it is on its way" in made.messages.text
    assert made.details.user is not None
    assert made.details.user.last_mail is not None
    assert made.details.user.last_mail.note == NO_SENDER
