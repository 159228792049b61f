"""How attempts to enrol are told."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.enrolment_attempts import Attempt, Outcome
from portal_admin.ui.theme import Meaning


def tr(text: str) -> str:
    """In the language in use."""
    return QCoreApplication.translate("Enrolment", text)


def outcome(found: Outcome) -> str:
    """An outcome as one word or two."""
    return {
        Outcome.ACCEPTED: tr("Accepted"),
        Outcome.REFUSED: tr("Refused"),
        Outcome.CANNOT_TELL: tr("Cannot tell"),
    }[found]


MEANINGS = {
    Outcome.ACCEPTED: (Meaning.GOOD, "check"),
    Outcome.REFUSED: (Meaning.BAD, "cross"),
    Outcome.CANNOT_TELL: (Meaning.UNKNOWN, "question"),
}


def rule(check: str) -> str:
    """The rule that a check of this name stands for, as the reason of a no."""
    return {
        "email": tr("email is not on file"),
        "postal_code": tr("postal code differs"),
        "contract": tr("contract does not fit"),
        "already_user": tr("email is in use on the site"),
    }.get(check, check.replace("_", " "))


def because(attempt: Attempt) -> str:
    """Why it came out as it did, as one line; an accepted one needs no reason."""
    if attempt.outcome is Outcome.ACCEPTED:
        return tr("User created") if attempt.user_id is not None else ""
    if not attempt.refused_by:
        return tr("The reason was not written down")
    reasons = "; ".join(rule(check) for check in attempt.refused_by)
    if attempt.outcome is Outcome.CANNOT_TELL:
        return tr("Could not be checked: {reasons}").format(
            reasons=", ".join(subject(check) for check in attempt.refused_by)
        )
    return reasons[:1].upper() + reasons[1:]


def subject(check: str) -> str:
    """What a check is about."""
    return {
        "email": tr("email"),
        "postal_code": tr("postal code"),
        "contract": tr("contract"),
        "already_user": tr("existing user"),
    }.get(check, check.replace("_", " "))
