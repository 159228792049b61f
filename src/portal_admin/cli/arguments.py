"""Arguments that several commands take."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta

from portal_admin.cli.frame import UsageError
from portal_admin.errors import InvalidInput


def add_user(parser: ArgumentParser) -> None:
    """The site and the address that name one end user."""
    parser.add_argument("--site", required=True, metavar="KEY")
    parser.add_argument("--email", required=True)


def add_accounts(parser: ArgumentParser) -> None:
    """One or several accounts, after one option or each after its own."""
    parser.add_argument(
        "--account", required=True, nargs="+", action="extend", metavar="ACCOUNT_ID", dest="accounts"
    )


def add_version(parser: ArgumentParser) -> None:
    """The option by which a program refuses to overwrite a change it has not seen."""
    parser.add_argument(
        "--version", type=int, metavar="N", help="refuse if the end user is no longer at this version"
    )


def typed_day(typed: str) -> date:
    """The type of an argument that is a day; anything else is a usage error."""
    try:
        return date.fromisoformat(typed)
    except ValueError as problem:
        raise UsageError(f"{typed} is no date; write it as 2026-12-01.") from problem


def typed_instant(typed: str | None, field: str, *, whole_day: bool = False) -> datetime | None:
    """An instant, or the start of a day; with `whole_day` the end of it."""
    if typed is None:
        return None
    text = typed.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise InvalidInput(
            f"“{text}” is no time. Write 2026-11-21, or 2026-11-21T14:00Z.", field=field
        ) from problem
    if whole_day and len(text) <= len("2026-11-21"):
        found += timedelta(days=1)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
