"""`enroll rehearse | attempts | readiness | submit`."""

from __future__ import annotations

from portal_admin.cli.frame import Commands


def add(commands: Commands) -> None:
    """Register the commands."""
    commands.group("enroll", help="enroll")
