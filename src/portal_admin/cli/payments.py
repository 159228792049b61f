"""`payments list | trace | preview | submit | cancel`."""

from __future__ import annotations

from portal_admin.cli.frame import Commands


def add(commands: Commands) -> None:
    """Register the commands."""
    commands.group("payments", help="payments")
