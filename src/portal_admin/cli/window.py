"""Opens the window."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from portal_admin.cli.display import has_display
from portal_admin.errors import SettingsProblem

if TYPE_CHECKING:
    from portal_admin.cli.frame import Commands, Context

NO_DISPLAY = (
    "The window needs a display, and this session has none: sign in to a desktop, or use the commands that "
    "`portal-admin --help` lists."
)


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
    if not has_display():
        raise SettingsProblem(NO_DISPLAY, title="There is no display")
    import gc

    gc.disable()  # until the window is painted: importing Qt makes much that lives as long as the program
    from portal_admin.app import run

    return run(profile=context.profile, place=args.open)
