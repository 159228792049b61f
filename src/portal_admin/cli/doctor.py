"""`portal-admin doctor`: whether everything that the desk needs is there, and what to do."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.frame import Commands, Context
from portal_admin.domain.verdict import Result
from portal_admin.errors import COULD_NOT_LOOK, DONE, REFUSED
from portal_admin.services.doctor import Finding
from portal_admin.wiring import examine_profile


def add(commands: Commands) -> None:
    """Register the command."""
    commands.command(
        "doctor", doctor, help="Check database, ASPIRE, sync and this machine, and say what to do"
    )


def doctor(context: Context, _args: Namespace) -> int:
    codes = set()
    for finding in examine_profile(context.profile):
        codes.add(_exit_code(finding))
        if context.json:
            shown = ("check", "result", "message", "fix")
            context.out.document({name: getattr(finding, name) for name in shown})
        else:
            context.out.line(f"{finding.result:<8}{finding.check:<23}{finding.message}")
            if finding.fix:
                context.out.line(f"{'':<31}{finding.fix}")
        context.out.flush()
    return next(code for code in (REFUSED, COULD_NOT_LOOK, DONE) if code in codes)


def _exit_code(finding: Finding) -> int:
    if finding.could_not_look or finding.result is Result.UNKNOWN:
        return COULD_NOT_LOOK
    return REFUSED if finding.result is Result.FAIL else DONE
