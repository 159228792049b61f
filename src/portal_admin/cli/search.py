"""`search TEXT`: what the one box of the window finds."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.errors import DONE, CouldNotLook, DeskError, NotAllowed

if TYPE_CHECKING:
    from portal_admin.services.find import Group, Hit

MOST = 100
COLUMNS: dict[str, Callable[[Hit], object]] = {
    "Kind": lambda hit: hit.kind,
    "Found": lambda hit: hit.title,
    "Details": lambda hit: hit.detail,
    "Matched": lambda hit: hit.matched,
    "Open": lambda hit: hit.target,
}


def add(commands: Commands) -> None:
    """Register `search`."""
    command = commands.command(
        "search", search, help="Find people, contacts, accounts, contracts and payments"
    )
    command.add_argument(
        "text",
        metavar="TEXT",
        nargs="+",
        help="a name, part of an email, an account, a contract id with or without its zeros and dashes, a payment's "
        "amount or reference; email:, contract:, account:, site: and status: narrow it",
    )
    command.add_argument(
        "--limit", type=_limit, default=8, metavar="N", help=f"so many of each kind at most, up to {MOST}"
    )


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise UsageError(f"--limit needs a number from 1 to {MOST}.")
    return int(text)


def search(context: Context, args: Namespace) -> int:
    """Print what was found, the best of each kind first; a kind that could not be looked up is the error at the end."""
    from portal_admin.services.find import search as look

    found = look(context.desk, text=" ".join(args.text), limit=args.limit)
    problem = _problem(found.problems)
    if found.hits:
        context.out.rows(found.hits, columns=COLUMNS, record=hit_record)
    elif problem is None:
        context.out.say("None found.")
    for group in found.groups:
        if group.more:
            context.out.say(f"There are more of the kind {group.kind}. Type more, or raise --limit.")
    if problem is not None:
        raise problem
    return DONE


def hit_record(hit: Hit) -> dict[str, str]:
    """The JSON form of one hit."""
    return {
        "kind": hit.kind.value,
        "title": hit.title,
        "detail": hit.detail,
        "matched": hit.matched,
        "target": hit.target,
    }


def _problem(groups: tuple[Group, ...]) -> DeskError | None:
    """What kept from looking, in one sentence for all kinds that it was true of; a failure goes before a refusal."""
    if not groups:
        return None
    failed = [group for group in groups if not isinstance(group.problem, NotAllowed)]
    told = failed or list(groups)
    kinds = ", ".join(f"{group.kind}s" for group in told)
    first = told[0].problem
    reason = first.message if first is not None else ""
    if failed:
        return CouldNotLook(f"Could not look for {kinds}. {reason}")
    return NotAllowed(f"Your login may not look for {kinds}. {reason}")
