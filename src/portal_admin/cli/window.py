"""Opens the window."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal_admin.cli.frame import Commands, Context


def add(commands: Commands) -> None:
    """Register `window`."""
    window = commands.command("window", open_window, help="Open the window (also without any command)")
    window.add_argument(
        "--open",
        metavar="PLACE",
        help="what to show: user:SITE/EMAIL, contract:ID, account:ID, site:KEY, or a page such as end_users",
    )


def open_window(context: Context, args: Namespace) -> int:
    """Open the window, or bring the open one to the front."""
    import gc

    gc.disable()  # until the window is painted: importing Qt makes much that lives as long as the program
    from portal_admin.app import run

    return run(profile=context.profile, place=args.open)
