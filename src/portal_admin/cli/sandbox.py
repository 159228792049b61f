"""`portal-admin sandbox`: a stand-in ASPIRE on this machine."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE, SettingsProblem

PORT = 8642
CONTRACTS = 2000
MOST_CONTRACTS = 1_000_000


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.command("sandbox", serve, help="Run a stand-in ASPIRE on this machine")
    parser.description = (
        "Run a stand-in ASPIRE on this machine until Ctrl+C. It answers on the loopback address alone; "
        "sign in as sandbox with the password sandbox."
    )
    parser.epilog = (
        "FILE holds lists of records with ASPIRE's field names: Instance, Accounts, Contacts, Contracts, Invoices and so "
        "on; absent lists are empty. While the sandbox runs, PUT, PATCH or DELETE /_sandbox/records/Contracts/10 changes "
        "a record, and PUT /_sandbox/faults with a list such as "
        '[{"deny": "Contracts/10"}, {"status": 503, "path": "/contracts", "times": 1}] lets it fail; DELETE '
        "/_sandbox/faults ends that. docs/sandbox.md in the source tells all of it."
    )
    data = parser.add_mutually_exclusive_group()
    data.add_argument("--portfolio", metavar="FILE", type=Path, help="serve exactly this JSON file")
    data.add_argument(
        "--contracts",
        metavar="N",
        type=_contracts,
        default=CONTRACTS,
        help=f"generate so many contracts, up to {MOST_CONTRACTS:,} (default {CONTRACTS:,})",
    )
    parser.add_argument(
        "--seed", metavar="S", type=int, default=1, help="the same seed gives the same portfolio"
    )
    parser.add_argument(
        "--port", metavar="P", type=_port, default=PORT, help=f"0 means a free one (default {PORT})"
    )


def serve(_context: Context, args: Namespace) -> int:
    try:
        from portal_admin.sandbox import generated, portfolio, server
    except ModuleNotFoundError as problem:
        if (problem.name or "").startswith("portal_admin"):
            raise
        raise SettingsProblem(
            "The sandbox is not installed on this machine. Install portal-admin with the extra `sandbox`."
        ) from problem
    chosen = (
        portfolio.load(args.portfolio) if args.portfolio else generated.generate(args.contracts, args.seed)
    )
    server.serve(chosen, args.port)
    return DONE


def _contracts(text: str) -> int:
    return _between(text, 0, MOST_CONTRACTS)


def _port(text: str) -> int:
    return _between(text, 0, 65_535)


def _between(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentTypeError(f"{text} is no whole number from {least:,} to {most:,}")
    return int(text)
