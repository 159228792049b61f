"""Every failure a person can meet, in our own words; upstream text never crosses this border."""

from __future__ import annotations

import os

DONE, REFUSED, USAGE, COULD_NOT_LOOK = 0, 1, 2, 3


class DeskError(Exception):
    """A failure with a kind for programs, a title and a sentence for people, and a correlation id for the log."""

    kind = "failed"
    title = "That did not work"
    exit_code = REFUSED

    def __init__(self, message: str, *, title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.title = title or type(self).title
        self.correlation_id = os.urandom(4).hex()


class Refused(DeskError):
    """A rule says no; `rule` names it, and `source` the article or decision it rests on."""

    kind = "refused"
    title = "Refused"

    def __init__(
        self, message: str, *, rule: str, source: str | None = None, title: str | None = None
    ) -> None:
        super().__init__(message, title=title)
        self.rule = rule
        self.source = source


class NotAllowed(DeskError):
    """The operator's role may not do this; the message names the roles that may."""

    kind = "not_allowed"
    title = "Your role may not do that"


class SwitchedOff(NotAllowed):
    """The vendor switched this off for the site: whoever asks, nothing of it is told."""

    kind = "switched_off"
    title = "Switched off for this site"


class NotFound(DeskError):
    """Our own database holds no such site, user, link or profile."""

    kind = "not_found"
    title = "Not found"


class InvalidInput(DeskError):
    """What was typed cannot be used; `field` names the input it belongs to."""

    kind = "invalid_input"
    title = "Check what was typed"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(DeskError):
    """Somebody else changed the record since it was read; nothing was written."""

    kind = "conflict"
    title = "Changed by somebody else"


class SettingsProblem(DeskError):
    """A profile, a settings file or the keyring cannot be used."""

    kind = "settings"
    title = "The settings need attention"


class SecretsUnavailable(SettingsProblem):
    """This machine offers no keyring, so a secret can be held for this session only."""

    kind = "secrets_unavailable"
    title = "No keyring on this machine"


class DatabaseProblem(DeskError):
    """The portal database cannot be read or written."""

    kind = "database"
    title = "The portal database did not answer"
    exit_code = COULD_NOT_LOOK


class BrokenOff(DatabaseProblem):
    """The database broke off what was under way for a reason that may not come again."""


class Interrupted(BrokenOff):
    """The database broke a transaction off before its end: nothing was changed, and the whole may be tried again."""

    kind = "interrupted"
    title = "Nothing was changed"


class OutcomeUnknown(DatabaseProblem):
    """The connection was lost while a change was being saved, and the database could not be asked whether it was."""

    kind = "unknown"
    title = "It is not known whether that was saved"


class SchemaMismatch(DatabaseProblem):
    """The database schema and this program are of different ages; the message says which side is too old."""

    kind = "schema"
    title = "The database schema does not fit this program"
    exit_code = REFUSED


class CouldNotLook(DeskError):
    """A needed fact could not be got, so no answer may be given."""

    kind = "could_not_look"
    title = "Could not look"
    exit_code = COULD_NOT_LOOK


class AspireUnreachable(CouldNotLook):
    """ASPIRE did not answer: refused connection, dropped connection, or no such host."""

    kind = "aspire_unreachable"
    title = "ASPIRE cannot be reached"


class AspireTooSlow(CouldNotLook):
    """ASPIRE did not answer within the budget of the look-up."""

    kind = "aspire_too_slow"
    title = "ASPIRE did not answer in time"


class AspireBusy(CouldNotLook):
    """ASPIRE asked us to come back later; the message names the time."""

    kind = "aspire_busy"
    title = "ASPIRE is busy"


class AspireFailed(CouldNotLook):
    """ASPIRE answered with an error of its own."""

    kind = "aspire_failed"
    title = "ASPIRE reported an error"


class AspireDenied(CouldNotLook):
    """The ASPIRE login may not read this record."""

    kind = "aspire_denied"
    title = "ASPIRE refused this record"


class AspireSignInFailed(CouldNotLook):
    """ASPIRE does not accept the user name and password."""

    kind = "aspire_sign_in"
    title = "ASPIRE did not accept the sign-in"


class AspirePasswordExpired(AspireSignInFailed):
    """ASPIRE's password rules stopped this login until its password is changed in ASPIRE."""

    kind = "aspire_password_expired"
    title = "The ASPIRE password must be changed"


class AspirePasswordMissing(AspireSignInFailed):
    """Nobody gave this machine a password to sign in to ASPIRE with, so ASPIRE was not asked."""

    title = "There is no password for ASPIRE"


class AspireReplyUnreadable(CouldNotLook):
    """ASPIRE's reply does not follow the contract; the message holds the JSON path."""

    kind = "aspire_reply"
    title = "ASPIRE's reply could not be read"


class AspireRecordMissing(DeskError):
    """ASPIRE answered that it holds no such record: a fact, not a failure to look."""

    kind = "aspire_not_found"
    title = "ASPIRE has no such record"


class AspireRestored(CouldNotLook):
    """The ASPIRE database was restored from a backup; a full sync is needed before the snapshot can be trusted."""

    kind = "aspire_restored"
    title = "ASPIRE was restored from a backup"


class AspireRefused(DeskError):
    """ASPIRE refused to write, and nothing was done; `code` is ASPIRE's reason, for programs."""

    kind = "aspire_refused"
    title = "ASPIRE refused this"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class AspireOutcomeUnknown(CouldNotLook):
    """The connection was lost after something had been sent to ASPIRE: read back, never send again blindly."""

    kind = "aspire_unknown"
    title = "It is not known whether ASPIRE did that"


class MailServerUnusable(CouldNotLook):
    """No mail can be handed to the mail server now, whatever mail it is; those that wait keep waiting."""

    kind = "mail_server"
    title = "The mail server cannot be used"
