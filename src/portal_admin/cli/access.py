"""`access explain | contracts | who | report | case-pack`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from portal_admin.cli.arguments import add_user
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.output import Output
from portal_admin.cli.wording import VERDICTS, check_line, exit_of, stale_exit, via_words, when
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.services.access import Report
    from portal_admin.services.visibility import Sight, Via


def add(commands: Commands) -> None:
    """Register the commands."""
    access = commands.group("access", help="See which contracts an end user sees, and why")
    explain = access.command("explain", explain_access, help="Why an end user sees a contract, or does not")
    add_user(explain)
    explain.add_argument("--contract", required=True, metavar="CONTRACT_ID")
    listing = access.command("contracts", list_contracts, help="The contracts that an end user sees")
    add_user(listing)
    viewers = access.command("who", list_viewers, help="Who sees a contract")
    viewers.add_argument("--contract", required=True, metavar="CONTRACT_ID")
    pack = access.command(
        "case-pack", print_case, help="The redacted text of a case, for a ticket to the vendor"
    )
    add_user(pack)
    pack.add_argument("--contract", metavar="CONTRACT_ID", help="with the verdict on this contract")
    report = access.command("report", print_report, help="Every end user and every contract that they see")
    report.add_argument(
        "--include-inactive", action="store_true", help="add what others would see once Active"
    )


def explain_access(context: Context, args: Namespace) -> int:
    """Print the verdict on one contract with its checks."""
    from portal_admin.services import access

    verdict = access.explain(context.desk, site=args.site, email=args.email, contract_id=args.contract)
    return print_verdict(context, verdict)


def print_verdict(context: Context, verdict: Verdict) -> int:
    """Print a verdict: first in words, then a line for each check."""
    if context.json:
        context.out.document(verdict_record(verdict))
        return exit_of(verdict)
    area = f", under {verdict.area.capitalize()}" if verdict.area else ""
    context.out.line(f"{VERDICTS[verdict.verdict]}{area}  (rules of {verdict.edition.value})")
    for check in verdict.checks:
        context.out.line(check_line(check))
        if check.fix:
            context.out.line(f"             → {check.fix}")
    return exit_of(verdict)


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """The JSON form of a verdict."""
    return {
        "verdict": verdict.verdict,
        "area": verdict.area,
        "checks": [
            {
                "check": check.name,
                "result": check.result,
                "evidence": check.evidence,
                "source": check.source,
                "as_of": check.as_of,
                "fix": check.fix,
            }
            for check in verdict.checks
        ],
        "edition": verdict.edition,
    }


def print_case(context: Context, args: Namespace) -> int:
    """Print the case of one end user for the vendor."""
    from portal_admin.services.case_pack import case_pack

    text = case_pack(context.desk, site=args.site, email=args.email, contract_id=args.contract)
    if context.json:
        context.out.document({"text": text})
    else:
        for line in text.splitlines():
            context.out.line(line)
    return DONE


def list_contracts(context: Context, args: Namespace) -> int:
    """Print the contract list of one user as the portal shows it."""
    from portal_admin.services import access

    found = access.contracts(context.desk, site=args.site, email=args.email)
    if found.user.status != "Active":
        context.out.say(
            f"{found.user.email} is {found.user.status} and sees nothing now; this is the list once Active."
        )
    context.out.rows(
        found.lines,
        columns={
            "Contract": lambda line: line.contract_id,
            "Area": lambda line: line.area,
            "Type": lambda line: line.contract_type,
            "Via": lambda line: via_words(line.via),
        },
        record=lambda line: {"contract_id": line.contract_id, "area": line.area, "via": via_record(line.via)},
        empty="This end user sees no contract.",
    )
    if not context.json:
        for hidden in found.hidden:
            context.out.line(f"Hidden: {hidden.contract_id} ({', '.join(hidden.reasons)})")
    return stale_exit(context.out, found.freshness)


def list_viewers(context: Context, args: Namespace) -> int:
    """Print everybody who sees one contract."""
    from portal_admin.services import access

    found = access.who(context.desk, contract_id=args.contract)
    if not found.received:
        context.out.say(f"The portal has not received contract {found.contract_id} yet: nobody sees it.")
        return DONE
    context.out.rows(
        found.sights,
        columns={
            "Site": lambda sight: sight.site,
            "Email": lambda sight: sight.email,
            "Name": lambda sight: sight.name,
            "Status": lambda sight: sight.status,
            "Area": lambda sight: sight.area,
            "Via": lambda sight: via_words(sight.via),
        },
        record=lambda sight: {
            "site": sight.site,
            "email": sight.email,
            "name": sight.name,
            "status": sight.status,
            "contract_id": sight.contract_id,
            "area": sight.area,
            "via": via_record(sight.via),
        },
        empty=f"Nobody sees contract {found.contract_id}.",
    )
    return stale_exit(context.out, found.freshness)


def print_report(context: Context, args: Namespace) -> int:
    """Stream the access report."""
    from portal_admin.services import access

    report = access.report(context.desk, include_inactive=args.include_inactive)
    return print_report_of(context.out, report, include_inactive=args.include_inactive)


def print_report_of(out: Output, report: Report, *, include_inactive: bool) -> int:
    """Print the lines of a report as they come, then its age."""
    columns: dict[str, Callable[[Sight], object]] = {
        "Site": lambda sight: sight.site,
        "Email": lambda sight: sight.email,
        "Contract": lambda sight: sight.contract_id,
        "Area": lambda sight: sight.area,
        "Via": lambda sight: via_words(sight.via),
    }
    if include_inactive:
        columns["Status"] = lambda sight: sight.status
    record = _report_record_with_status if include_inactive else _report_record
    out.rows(report.sights, columns=columns, record=record, empty="No active end user sees any contract.")
    code = stale_exit(out, report.freshness)
    if code == DONE and report.freshness.as_of:
        out.say(f"As of {when(report.freshness.as_of)}.")
    return code


def _report_record(sight: Sight) -> dict[str, Any]:
    return {
        "site": sight.site,
        "email": sight.email,
        "contract_id": sight.contract_id,
        "area": sight.area,
        "via": via_record(sight.via),
    }


def _report_record_with_status(sight: Sight) -> dict[str, Any]:
    return _report_record(sight) | {"status": sight.status}


def via_record(via: Iterable[Via]) -> list[dict[str, str]]:
    """The JSON form of the accounts and roles that open a contract."""
    return [{"account_id": one.account_id, "role": one.role} for one in via]
