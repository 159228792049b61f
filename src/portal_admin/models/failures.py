"""Turns the database's errors into ours."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from portal_admin.errors import BrokenOff, DatabaseProblem, DeskError, NotAllowed, Refused

log = logging.getLogger(__name__)

UNREACHABLE = "The portal database server cannot be reached. Check the network, then try again."
IN_THE_WAY = "Somebody else is changing the same records. Wait a moment and try again."
NOT_WHOLE = "The portal database lacks a table. `portal-admin db check` says which, and what to do."
LOST = "The connection to the portal database was lost. Check the network, then try again."
FULL = (
    "The portal database server has no connection left. Wait a moment and try again; if that does not help, tell the "
    "database's administrator."
)
BUSY = "The portal database is busy with other work of this program. Wait a moment and try again."
SIGN_IN = "The portal database server refused the sign-in. Check the user, the password and the name of the database."
UNNAMED = "The portal database reported an error. The log holds the details."
# Another program holds the file; nothing was changed, and the next try may succeed.
LOCKED = "database is locked"
# What the driver's text contains, what we say. The first that fits wins.
SQLITE_SENTENCES = (
    (LOCKED, "Another program is writing to the portal database. Wait a moment and try again."),
    (
        "readonly database",
        "The portal database is read-only for you. Ask for write access to its file and folder.",
    ),
    (
        "unable to open",
        "The portal database file cannot be opened. Check that it exists and that you may read it.",
    ),
    ("file is not a database", "The file is not a portal database. Check the profile, or restore a backup."),
    (
        "malformed",
        "The portal database file is damaged. Restore the last backup with `portal-admin db restore`.",
    ),
    ("full", "The disk that holds the portal database is full. Free some space and try again."),
    ("no such table", NOT_WHOLE),
    (
        "write-ahead",
        "This drive cannot hold the portal database: it offers no write-ahead log. Use a local disk.",
    ),
)
# By SQLSTATE: a server ended the session, so that its answer to the last statement may be missing.
ENDED = dict.fromkeys(("57P01", "57P02", "57P05", "25P03", "08000", "08003", "08006", "40003"), LOST)
# By SQLSTATE: a server undid the transaction, or never began it, for a reason that may not come again.
PASSING = ENDED | {
    "40001": IN_THE_WAY,  # serialization failure
    "40P01": IN_THE_WAY,  # deadlock
    "55P03": IN_THE_WAY,  # lock timeout
    "57P03": UNREACHABLE,  # it is starting or stopping
    "53300": FULL,  # too many connections
}
# By SQLSTATE: what is told of the others.
SERVER_SENTENCES = {
    "57014": "The portal database took too long to answer. Try again, or ask for less at once.",
    "53100": "The disk of the portal database server is full. Tell the database's administrator.",
    "25006": "The portal database server takes no changes at present. Tell the database's administrator.",
    "42P01": NOT_WHOLE,
}
# By SQLSTATE, those of our own triggers: what a server refuses.
REFUSED = {
    "PA001": "The portal database takes no change without its line in the audit, so nothing was changed.",
    "PA003": "The portal database takes audit lines only with the time of its own clock, so nothing was changed.",
    "PA004": "The portal database takes only an audit line that follows the last one, so nothing was changed.",
    "PA005": "The portal database lets nobody change or remove lines of the audit.",
    "PA006": "The portal database removes end users and mails only when the import that made them is taken back.",
}
NOT_ALLOWED = {
    "42501": "The portal database does not let your login do that. If your role was just given to you, ask the "
    "database's administrator to run what `portal-admin db grants` prints; else ask an Administrator.",
    "PA002": "The portal database takes what you vouch for only under the name of your login.",
}
# A refused connection carries no SQLSTATE, only words; the first pattern that fits wins. These pass, and those stay.
NOT_NOW = (
    (r"starting up|shutting down|recovery mode|not yet accepting", UNREACHABLE),
    (r"too many clients|too many connections|remaining connection slots", FULL),
)
REFUSED_CONNECTIONS = (
    (
        r"no password supplied",
        "The portal database server asks for a password, and there is none. Keep it in this machine's keyring with "
        "`portal-admin signin --database`, or give it in PORTAL_ADMIN_DATABASE_PASSWORD; PGPASSWORD and a .pgpass "
        "file work too.",
    ),
    (
        r"password authentication failed",
        "The portal database server refused the user or the password. Correct PORTAL_ADMIN_DATABASE_PASSWORD where it "
        "is set, else type the password again with `portal-admin signin --database`.",
    ),
    (
        r'role ".*" does not exist',
        "The portal database server knows no such user. Check the user in the database address, or ask the database's "
        "administrator to run what `portal-admin db grants` prints.",
    ),
    (
        r'database ".*" does not exist',
        "The server holds no database of that name. Check the name in the database address, or ask the database's "
        "administrator to create it.",
    ),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf rejects",
        "The portal database server lets nobody in from this machine under that name. Ask the database's "
        "administrator, who finds that in pg_hba.conf.",
    ),
    (
        r"permission denied for database|is not permitted to log in",
        "The portal database server does not let this user in. Ask the database's administrator to run what "
        "`portal-admin db grants` prints.",
    ),
    # The server is there and answers, whatever it says.
    (r"FATAL", SIGN_IN),
)


@contextmanager
def translated(passing: type[BrokenOff] = BrokenOff) -> Iterator[None]:
    """Raises database errors as our own, as `passing` those that may not come again; the log holds the details."""
    try:
        yield
    except (DBAPIError, NoFreeConnection) as problem:
        found = _translation(problem, passing)
        log.error("database error", exc_info=problem, extra={"correlation_id": found.correlation_id})
        raise found from problem


def is_lost(problem: DBAPIError) -> bool:
    """Whether the connection broke, so that the server's last answer is missing."""
    return problem.connection_invalidated or _state(problem) in ENDED


def _translation(problem: DBAPIError | NoFreeConnection, passing: type[BrokenOff]) -> DeskError:
    if isinstance(problem, NoFreeConnection):
        return passing(BUSY)
    if isinstance(problem.orig, sqlite3.Error):
        return _of_a_file(str(problem.orig), passing)
    state = _state(problem)
    if state in NOT_ALLOWED:
        return NotAllowed(NOT_ALLOWED[state])
    if state in REFUSED:
        return Refused(REFUSED[state], rule="audited")
    if state in PASSING:
        return passing(PASSING[state])
    if state is None and problem.statement is None and not problem.connection_invalidated:
        return _of_a_refused_connection(str(problem.orig), passing)
    if problem.connection_invalidated:
        return passing(LOST)
    return DatabaseProblem(SERVER_SENTENCES.get(state or "", UNNAMED))


def _of_a_file(text: str, passing: type[BrokenOff]) -> DatabaseProblem:
    sentence = next((sentence for part, sentence in SQLITE_SENTENCES if part in text), UNNAMED)
    return (passing if LOCKED in text else DatabaseProblem)(sentence)


def _of_a_refused_connection(text: str, passing: type[BrokenOff]) -> DatabaseProblem:
    """What the server said; without a word of it the failure is of the way there."""
    for pattern, sentence in NOT_NOW:
        if re.search(pattern, text):
            return passing(sentence)
    for pattern, sentence in REFUSED_CONNECTIONS:
        if re.search(pattern, text):
            return DatabaseProblem(sentence)
    return passing(UNREACHABLE)


def _state(problem: DBAPIError) -> str | None:
    """The SQLSTATE of a server's error."""
    found: str | None = getattr(problem.orig, "sqlstate", None)
    return found
