"""`open PLACE`: brings the open window to a place, for the telephone system to call."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from portal_admin.cli.display import has_display
from portal_admin.cli.window import NO_DISPLAY
from portal_admin.errors import DONE, SettingsProblem

if TYPE_CHECKING:
    from portal_admin.cli.frame import Commands, Context

LONGEST = 500
PLACES = (
    "user:SITE/EMAIL, contract:ID, account:ID, payment:REFERENCE, request:NUMBER, site:KEY, "
    "or a page such as customer_care"
)


def add(commands: Commands) -> None:
    """Register `open`."""
    command = commands.command(
        "open", open_place, help="Bring the window to a place; it shows the place and does nothing there"
    )
    command.add_argument("place", metavar="PLACE", help=PLACES)


def open_place(context: Context, args: Namespace) -> int:
    """Show a place in the window that is open, or in a new one."""
    from portal_admin.cli.frame import UsageError
    from portal_admin.ui.navigation import Target

    place = args.place.strip()
    if len(place) > LONGEST or not place.isprintable() or Target.parse(place) is None:
        raise UsageError(f"That is no place in the window. A place is {PLACES}.")
    if has_display():
        from portal_admin.app import run

        return run(profile=context.profile, place=place)
    if not _handed_over(place, context.profile):
        raise SettingsProblem(
            f"No window is open to show it in. {NO_DISPLAY}", title="There is no window and no display"
        )
    return DONE


def _handed_over(place: str, profile: str | None) -> bool:
    """Whether an open window took it; asking needs no display."""
    from PySide6.QtCore import QCoreApplication

    from portal_admin.ui.single_instance import hand_over

    asking = QCoreApplication.instance() or QCoreApplication([])
    try:
        return hand_over(place, profile)
    finally:
        asking.processEvents()
