"""Arguments that several commands take."""

from __future__ import annotations

from argparse import ArgumentParser


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
