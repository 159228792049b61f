"""`enroll rehearse | attempts | readiness | submit`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal_admin.cli.access import print_verdict, verdict_record
from portal_admin.cli.arguments import add_user, typed_instant
from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.cli.wording import exit_of, stale_exit, when
from portal_admin.domain.enrolment_attempts import Attempt, Outcome
from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.domain.verdict import Edition
from portal_admin.errors import DONE, REFUSED

if TYPE_CHECKING:
    from portal_admin.services.enrolment.readiness import Readiness

EDITIONS = tuple(edition.value for edition in Edition)
SHOWN = 200


def add(commands: Commands) -> None:
    """Register the commands."""
    enroll = commands.group("enroll", help="Rehearse an enrolment, see the attempts, and who cannot enrol")
    rehearsal = enroll.command("rehearse", rehearse, help="What the page would say to what a caller typed")
    _add_typed(rehearsal)
    rehearsal.add_argument("--first", default="", metavar="NAME")
    rehearsal.add_argument("--last", default="", metavar="NAME")
    rehearsal.add_argument("--edition", choices=EDITIONS, help="judge by these rules, not by those in force")
    log = enroll.command("attempts", list_attempts, help="Who tried to enrol, and which rule refused them")
    log.add_argument("--site", metavar="KEY")
    log.add_argument("--email")
    log.add_argument("--contract", metavar="CONTRACT_ID")
    log.add_argument("--outcome", choices=[outcome.value for outcome in Outcome])
    log.add_argument(
        "--since", metavar="TIME", help="from this day or instant, UTC: 2026-11-21 or 2026-11-21T14:00Z"
    )
    log.add_argument(
        "--limit", type=int, default=SHOWN, metavar="N", help=f"at most so many; {SHOWN} unless told"
    )
    ready = enroll.command(
        "readiness", readiness, help="Which customers could not enrol, and what ASPIRE lacks"
    )
    ready.add_argument("--site", metavar="KEY")
    ready.add_argument("--kind", choices=[lack.value for lack in Lack])
    ready.add_argument("--edition", choices=EDITIONS)
    ready.add_argument("--list", action="store_true", help="print each of them, not only how many")
    ready.add_argument(
        "--export", type=Path, metavar="FILE", help="write all of them to a new .xlsx or .csv file"
    )
    done = enroll.command(
        "submit", submit, help="Enrol a visitor by the rules in force, and create the end user"
    )
    _add_typed(done)
    done.add_argument("--first", required=True, metavar="NAME")
    done.add_argument("--last", required=True, metavar="NAME")


def _add_typed(parser: ArgumentParser) -> None:
    add_user(parser)
    parser.add_argument("--postal-code", required=True, metavar="CODE")
    parser.add_argument("--contract", required=True, metavar="CONTRACT_ID")


def rehearse(context: Context, args: Namespace) -> int:
    """Print the verdict on what was typed, and what to say to the caller."""
    from portal_admin.services.enrolment.rehearse import rehearse as judge

    verdict = judge(context.desk, **_typed(args), edition=_edition(args))
    code = print_verdict(context, verdict)
    _print_words(context, verdict)
    return code


def _print_words(context: Context, verdict: Any) -> None:
    for check in verdict.checks:
        if check.evidence.get("say"):
            context.out.line(f"  Say: {check.evidence['say']}")


def list_attempts(context: Context, args: Namespace) -> int:
    """Print the attempts that pass the filters, newest first."""
    from portal_admin.services.enrolment.attempts import list_attempts as read

    if args.limit < 1:
        raise UsageError("--limit needs a number of 1 or more.")
    found = read(
        context.desk,
        site=args.site,
        email=args.email,
        contract_id=args.contract,
        outcome=Outcome(args.outcome) if args.outcome else None,
        since=typed_instant(args.since, "since"),
        limit=args.limit,
    )
    context.out.rows(
        found.attempts,
        columns={
            "At": lambda one: when(one.at),
            "Site": lambda one: one.site,
            "Email": lambda one: one.email,
            "Contract": lambda one: one.contract_id,
            "Postal code": lambda one: one.postal_code,
            "Outcome": lambda one: one.outcome.value,
            "Refused by": lambda one: ", ".join(one.refused_by),
        },
        record=_attempt_record,
        empty="Nobody tried to enrol so.",
    )
    if found.more:
        context.out.say("There are more; narrow the filters, or raise --limit.")
    return DONE


def _attempt_record(one: Attempt) -> dict[str, Any]:
    return {
        "at": one.at,
        "site": one.site,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "email": one.email,
        "postal_code": one.postal_code,
        "contract_id": one.contract_id,
        "edition": one.edition,
        "outcome": one.outcome,
        "refused_by": list(one.refused_by),
        "created_user": one.user_id is not None,
    }


def readiness(context: Context, args: Namespace) -> int:
    """Print how many customers could not enrol, list them, or write them to a file."""
    from portal_admin.services.enrolment import readiness as service

    wanted: dict[str, Any] = {
        "site": args.site,
        "lack": Lack(args.kind) if args.kind else None,
        "edition": _edition(args),
    }
    if args.export:
        rows = service.export_gaps(context.desk, path=args.export, **wanted) or 0
        context.out.record(
            {"file": str(args.export), "rows": rows}, fields={"Written": args.export, "Rows": rows}
        )
        return DONE
    if not args.list:
        found = service.survey(context.desk, shown_at_most=0, **wanted)
        return DONE if found is None else _print_counts(context, found, wanted["lack"])
    report = service.stream(context.desk, **wanted)
    context.out.rows(
        report.gaps,
        columns={
            "Missing": lambda gap: service.WORDS[gap.lack],
            "Site": lambda gap: gap.site,
            "Account": lambda gap: gap.account_id,
            "Name": lambda gap: gap.account_name,
            "Contract": lambda gap: gap.contract_id,
            "Detail": lambda gap: gap.detail,
        },
        record=_gap_record,
        empty="Nothing is missing: every customer could enrol.",
    )
    return stale_exit(context.out, report.freshness)


def _print_counts(context: Context, found: Readiness, lack: Lack | None) -> int:
    from portal_admin.services.enrolment.readiness import WORDS

    kinds = [kind for kind in Lack if kind is not Lack.UNMAPPED_LABEL and lack in (None, kind)]
    context.out.rows(
        found.sites,
        columns={
            "Site": lambda site: site,
            "Customers": lambda site: found.customers[site],
            "Contracts": lambda site: found.contracts[site],
            **{WORDS[kind]: partial(found.count, kind) for kind in kinds},
        },
        record=lambda site: {
            "site": site,
            "customers": found.customers[site],
            "contracts": found.contracts[site],
            **{kind.value: found.count(kind, site) for kind in kinds},
            "edition": found.edition,
        },
        empty="No site has been created yet.",
    )
    if lack in (None, Lack.UNMAPPED_LABEL):
        unmapped = found.count(Lack.UNMAPPED_LABEL)
        if context.json:
            context.out.document(
                {"site": None, Lack.UNMAPPED_LABEL.value: unmapped, "edition": found.edition}
            )
        context.out.line(f"{WORDS[Lack.UNMAPPED_LABEL]}: {unmapped:,}")
    return stale_exit(context.out, found.freshness)


def _gap_record(gap: Gap) -> dict[str, Any]:
    return {
        "kind": gap.lack,
        "site": gap.site,
        "account_id": gap.account_id,
        "account_name": gap.account_name,
        "contract_id": gap.contract_id,
        "detail": gap.detail,
        "shared_by": gap.shared_by or None,
        "others": list(gap.others),
    }


def submit(context: Context, args: Namespace) -> int:
    """Enrol a visitor; refused is exit 1, and what could not be checked creates nothing and is exit 3."""
    from portal_admin.services.enrolment.submit import submit as enrol

    done = enrol(context.desk, **_typed(args))
    if context.json:
        user = done.user and {
            "site": done.user.site,
            "email": done.user.email,
            "status": done.user.status,
            "accounts": [account.account_id for account in done.user.accounts],
        }
        context.out.document(verdict_record(done.verdict) | {"user": user, "attempt": done.attempt})
    else:
        print_verdict(context, done.verdict)
    if done.user is not None:
        accounts = ", ".join(account.account_id for account in done.user.accounts)
        context.out.line(f"Created {done.user.email}, {done.user.status}, linked to {accounts}.")
    for warning in done.warnings:
        context.out.say(f"Warning: {warning}")
    if done.verdict.verdict == "refused":
        return REFUSED
    return exit_of(done.verdict)


def _typed(args: Namespace) -> dict[str, str]:
    return {
        "site": args.site,
        "email": args.email,
        "postal_code": args.postal_code,
        "contract_id": args.contract,
        "first_name": args.first,
        "last_name": args.last,
    }


def _edition(args: Namespace) -> Edition | None:
    return Edition(args.edition) if args.edition else None
