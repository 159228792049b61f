"""`python -m portal_admin` and the installed commands start here."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command line; without a command it opens the window."""
    from portal_admin.cli import run

    return run(sys.argv[1:])


def window() -> int:
    """Open the window, for the start menu."""
    from portal_admin.cli import run

    return run(["window", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
