"""`demo`: everything on an invented portfolio, in a profile that is thrown away afterwards."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from portal_admin.cli.display import has_display
from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE

# Pictures must not change with the day on which they are taken.
PICTURES_TAKEN = datetime(2026, 11, 20, 20, 2, tzinfo=UTC)
PICTURES_ZONE = "America/Chicago"


def add(commands: Commands) -> None:
    """Register the command."""
    parser = commands.command("demo", show_demo, help="Show everything on an invented portfolio")
    parser.description = (
        "Start a sandbox ASPIRE, fill a portal database in a throw-away profile, and open the window. "
        "Nothing of yours is touched. Without a display every screen is rendered to PNG files instead."
    )
    parser.add_argument(
        "--screenshots",
        metavar="DIR",
        type=Path,
        help="render every screen to PNG files in DIR, with a fixed clock",
    )


def show_demo(context: Context, args: Namespace) -> int:
    """Open the window on the demonstration, or render it."""
    folder: Path | None = args.screenshots
    if folder is None and not has_display():
        folder = Path(mkdtemp(prefix="portal-admin-screens-"))
        context.out.say("There is no display here, so every screen is rendered to a file instead.")
    with TemporaryDirectory(prefix="portal-admin-demo-", ignore_cleanup_errors=True) as home:
        os.environ["PORTAL_ADMIN_HOME"] = home
        return _window(context) if folder is None else _pictures(context, folder)


def _window(context: Context) -> int:
    from portal_admin.app import run
    from portal_admin.cli.demo_world import demo_world

    with demo_world(say=context.out.say) as profile:
        context.out.say("Opening the window. Close it to end the demonstration.")
        return run(profile=profile)


def _pictures(context: Context, folder: Path) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _stand_in(PICTURES_ZONE)
    from portal_admin.app import import_page
    from portal_admin.cli.demo_world import demo_world
    from portal_admin.settings import choose_profile
    from portal_admin.ui.pages import pages
    from portal_admin.ui.pictures import take_pictures
    from portal_admin.wiring import close_desk, open_desk

    with demo_world(say=context.out.say, now=PICTURES_TAKEN) as name:
        context.out.say("Rendering the screens…")
        types = {spec.id: import_page(spec) for spec in pages()}
        desk = open_desk(name, clock=lambda: PICTURES_TAKEN)
        try:
            pictures = take_pictures(desk, choose_profile(name), types, folder)
        finally:
            close_desk(desk)
    context.out.rows(pictures, columns={"Picture": str}, record=lambda path: {"picture": str(path)})
    return DONE


def _stand_in(zone: str) -> None:
    """Show local times of that zone; Windows shows those of the machine."""
    os.environ["TZ"] = zone
    if sys.platform != "win32":
        time.tzset()
