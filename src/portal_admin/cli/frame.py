"""One command line from end to end: find the command, run it, print its outcome, choose the exit code.

A command group is a module with `add(commands)`; it is loaded only when its command is named:

    def add(commands: Commands) -> None:
        users = commands.group("users", help="Create, find and change end users")
        listing = users.command("list", list_users, help="List the end users")
        listing.add_argument("--site")

    def list_users(context: Context, args: Namespace) -> int:
        context.out.rows(find_users(context.desk, site=args.site), columns={"Email": lambda user: user.email})
        return DONE
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from portal_admin import __version__, errors
from portal_admin.cli.output import Output

if TYPE_CHECKING:
    from portal_admin.services.desk import Desk

log = logging.getLogger(__name__)

INTERRUPTED = 130
Handler = Callable[["Context", Namespace], int]

# Command, the module that holds it, and what it does.
COMMANDS = (
    ("window", "window", "Open the window (also without any command)"),
    (
        "open",
        "open",
        "Bring the open window to a person, contract or account; for the telephone system to call",
    ),
    ("search", "search", "Find people, accounts, contracts and payments"),
    ("demo", "demo", "Show everything on an invented portfolio, without touching your own data"),
    ("profile", "profile", "Choose which portal database and which ASPIRE to work on"),
    ("signin", "profile", "Sign in to ASPIRE and keep the password in this machine's keyring"),
    ("doctor", "doctor", "Check database, ASPIRE, sync and this machine, and say what to do"),
    ("db", "db", "Create, upgrade, check, back up and restore the portal database"),
    ("sync", "sync", "Read what changed in ASPIRE into the portal database"),
    ("sites", "sites", "List and create portal sites, and map private labels to them"),
    ("users", "users", "List, create and change end users"),
    ("links", "links", "Link end users to ASPIRE accounts, or preview it"),
    ("accounts", "accounts", "Find accounts, and see which can be linked and why"),
    ("access", "access", "See which contracts an end user sees, and why"),
    ("enroll", "enroll", "Rehearse an enrolment, see the attempts, and who cannot enrol"),
    ("payments", "payments", "Trace, preview, submit and cancel portal payments"),
    ("requests", "requests", "List, show and work on the portal's service requests"),
    ("operators", "operators", "List who works at the desks, and give and take roles"),
    ("settings", "settings", "List and change the settings that all desks share"),
    ("audit", "audit", "List who did what, and prove that nothing was changed or taken away"),
    ("mail", "mail", "Send registration and reset mails, and see what became of them"),
    ("fields", "fields", "Look up where portal fields come from in ASPIRE"),
    ("sandbox", "sandbox", "Run a stand-in ASPIRE on this machine"),
)


class UsageError(errors.DeskError):
    """The command line was typed wrongly."""

    kind = "usage"
    title = "The command line cannot be understood"
    exit_code = errors.USAGE


class Context:
    """What a handler works with: the desk, opened when first asked for, and the output."""

    def __init__(self, *, profile: str | None, json: bool) -> None:
        self.profile = profile
        self.json = json
        self.out = Output(json=json)

    @cached_property
    def desk(self) -> Desk:
        from portal_admin.wiring import open_desk

        return open_desk(self.profile)

    def close(self) -> None:
        """Give back the desk, if it was opened."""
        if "desk" in self.__dict__:
            from portal_admin.wiring import close_desk

            close_desk(self.desk)


class Parser(argparse.ArgumentParser):
    """Raises UsageError where argparse would leave the program."""

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().removeprefix("usage: ").split())
        raise UsageError(f"{message[:1].upper()}{message[1:]}.\nUsage: {usage}\nMore: {self.prog} --help")


class Commands:
    """Where a module registers its commands."""

    def __init__(self, places: Any) -> None:
        self._places = places

    def group(self, name: str, *, help: str) -> Commands:
        """A command that only holds sub-commands."""
        parser = self._places.add_parser(name, help=help, description=help)
        _add_shared_flags(parser)
        return Commands(_sub_commands(parser))

    def command(self, name: str, handler: Handler, *, help: str) -> argparse.ArgumentParser:
        """One command; the caller adds its arguments to the parser returned."""
        parser: argparse.ArgumentParser = self._places.add_parser(name, help=help, description=help)
        _add_shared_flags(parser)
        parser.set_defaults(handler=handler)
        return parser


def run(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing but the outcome reaches the terminal."""
    from portal_admin.log import start_logging

    start_logging()
    # The error of a line that cannot be parsed must still come in the form asked for.
    context = Context(profile=None, json="--json" in argv)
    try:
        args = _parse(argv)
        context.profile = getattr(args, "profile", None)
        code: int = args.handler(context, args)
        context.out.flush()
    except SystemExit as leaving:  # --help and --version
        return leaving.code if isinstance(leaving.code, int) else errors.USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except errors.DeskError as problem:
        note_failure(problem)
        return _report(context.out, problem)
    except Exception as problem:
        return _report(context.out, _unexpected(problem))
    finally:
        context.close()
    return code


def _parse(argv: Sequence[str]) -> Namespace:
    words = list(argv)
    name = _command_name(words)
    if name is None and not {"-h", "--help", "--version"} & set(words):
        name = "window"
        words.append(name)
    return _parser(name).parse_args(words)


def _command_name(words: Sequence[str]) -> str | None:
    """The first word that is neither a flag nor the name of a profile."""
    rest = iter(words)
    for word in rest:
        if word == "--profile":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return None


def _parser(chosen: str | None) -> Parser:
    parser = Parser(
        prog="portal-admin", description="The desk tool of the Customer Portal.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"portal-admin {__version__}")
    _add_shared_flags(parser)
    places = _sub_commands(parser)
    chosen_module = {name: module for name, module, _ in COMMANDS}.get(chosen or "")
    for name, module, sentence in COMMANDS:
        if name in places.choices:
            continue
        if module == chosen_module:
            _load(module).add(Commands(places))
        else:
            places.add_parser(name, help=sentence)
    return parser


def _load(module: str) -> Any:
    return importlib.import_module(f"portal_admin.cli.{module}")


def _sub_commands(parser: argparse.ArgumentParser) -> Any:
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)


def _add_shared_flags(parser: argparse.ArgumentParser) -> None:
    """Accepted before and after the command; SUPPRESS keeps the later parser from undoing the earlier one."""
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON for programs"
    )
    parser.add_argument("--profile", metavar="NAME", default=argparse.SUPPRESS, help="use this profile")


def _report(out: Output, problem: errors.DeskError) -> int:
    try:
        out.error(problem)
        out.flush()
    except BrokenPipeError:
        return _reader_left()
    return problem.exit_code


def note_failure(problem: errors.DeskError) -> None:
    """Log a failure: the reference that is printed leads to a line of the log; the message may hold what somebody typed."""
    cause = type(problem.__cause__).__name__ if problem.__cause__ else "no other error"
    log.info(
        "command failed: %s, from %s", problem.kind, cause, extra={"correlation_id": problem.correlation_id}
    )


def _unexpected(problem: Exception) -> errors.DeskError:
    found = errors.DeskError(
        "Portal Admin met an error it does not know. Nothing more was done. The log holds the details."
    )
    log.error("unexpected error", exc_info=problem, extra={"correlation_id": found.correlation_id})
    return found


def _reader_left() -> int:
    """The program that read our output ended first, which is its right; Python must not complain at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return errors.REFUSED
