"""`portal-admin doctor`: whether everything that the desk needs is there, and what to do."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.frame import Commands, Context
from portal_admin.domain.verdict import Result
from portal_admin.errors import COULD_NOT_LOOK, DONE, REFUSED
from portal_admin.wiring import examine_profile


def add(commands: Commands) -> None:
    """Register the command."""
    commands.command(
        "doctor", doctor, help="Check database, ASPIRE, sync and this machine, and say what to do"
    )


def doctor(context: Context, _args: Namespace) -> int:
    results = set()
    for finding in examine_profile(context.profile):
        results.add(finding.result)
        if context.json:
            context.out.document(finding)
        else:
            context.out.line(f"{finding.result:<8}{finding.check:<23}{finding.message}")
            if finding.fix:
                context.out.line(f"{'':<31}{finding.fix}")
        context.out.flush()
    if Result.FAIL in results:
        return REFUSED
    return COULD_NOT_LOOK if Result.UNKNOWN in results else DONE
