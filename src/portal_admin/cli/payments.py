"""`payments list | trace | preview | accounts | submit | cancel`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from portal_admin.cli import payments_preview
from portal_admin.cli.arguments import add_user, typed_day
from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.cli.payments_words import (
    account_record,
    event_record,
    list_columns,
    payment_fields,
    payment_record,
    timeline_record,
)
from portal_admin.domain.cash_amount import amount_typed
from portal_admin.domain.payments import PaymentStatus
from portal_admin.errors import COULD_NOT_LOOK, DONE, InvalidInput, Refused

if TYPE_CHECKING:
    from portal_admin.domain.payments import PortalPayment
    from portal_admin.errors import DeskError
    from portal_admin.services.payments.payer import Payer

STATUSES = {status.value.lower().replace(" ", "-"): status for status in PaymentStatus}


def add(commands: Commands) -> None:
    """Register the commands."""
    payments = commands.group("payments", help="Trace, preview, submit and cancel portal payments")
    _add_list(payments)
    trace = payments.command("trace", trace_payment, help="Show a payment's way to the bank and back")
    trace.add_argument("reference", metavar="REFERENCE")
    payments_preview.add(payments)
    accounts = payments.command(
        "accounts", list_accounts, help="List the bank accounts that may pay for a contract"
    )
    add_user(accounts)
    accounts.add_argument("--contract", required=True, metavar="ID")
    _add_submit(payments)
    cancel = payments.command("cancel", cancel_payment, help="Cancel a payment before it is picked up")
    cancel.add_argument("reference", metavar="REFERENCE")
    cancel.add_argument("--dry-run", action="store_true", help="say what would be done; change nothing")
    cancel.add_argument(
        "--version", type=int, metavar="N", help="refuse if the payment is no longer at this version"
    )


def _add_list(payments: Commands) -> None:
    listing = payments.command("list", list_payments, help="List payments, newest first")
    listing.add_argument("--site", metavar="KEY")
    listing.add_argument("--email", help="only of this end user; needs --site")
    listing.add_argument("--contract", metavar="ID")
    listing.add_argument("--status", choices=STATUSES)
    listing.add_argument("--amount", type=_amount)
    listing.add_argument("--reference", help="or how it begins")
    listing.add_argument("--on", type=typed_day, metavar="DATE", help="the day that was chosen for the debit")
    listing.add_argument(
        "--since", type=typed_day, metavar="DATE", help="requested on that day (UTC) or later"
    )
    listing.add_argument("--limit", type=int, default=200, metavar="N", help="at most so many")


def _add_submit(payments: Commands) -> None:
    submit = payments.command("submit", submit_payment, help="Submit a payment for a caller, once")
    submit.add_argument("--site", metavar="KEY")
    submit.add_argument("--email")
    submit.add_argument("--contract", metavar="ID")
    submit.add_argument("--amount")
    submit.add_argument(
        "--on", type=typed_day, metavar="DATE", help="left out: today in the company's time zone"
    )
    submit.add_argument("--bank-account", metavar="OID", help="its number in ASPIRE, or its last four digits")
    submit.add_argument("--again", action="store_true", help="pay the same amount once more on purpose")
    submit.add_argument(
        "--resume",
        metavar="REFERENCE",
        help="look again at one that was not sent or whose outcome is unknown",
    )


def list_payments(context: Context, args: Namespace) -> int:
    """List payments; those of a site without payments are not told."""
    from portal_admin.services.payments.list import list_payments as find

    if args.email is not None and args.site is None:
        raise UsageError("--email needs --site: the same address may have a user on several sites.")
    if args.limit < 1:
        raise UsageError("--limit must be 1 or more.")
    found = find(
        context.desk,
        site=args.site,
        email=args.email,
        contract_id=args.contract,
        status=STATUSES[args.status] if args.status else None,
        amount=args.amount,
        reference=args.reference,
        on=args.on,
        since=datetime.combine(args.since, time(), UTC) if args.since else None,
        limit=args.limit,
    )
    context.out.rows(
        found.payments,
        columns=list_columns(found.returned),
        record=lambda one: payment_record(one) | {"returned": one.id in found.returned},
        empty="No such payment found.",
    )
    if found.more:
        context.out.say(f"There are more than these {args.limit}; narrow the search, or raise --limit.")
    if found.switched_off:
        context.out.say(
            f"Payments are switched off for {', '.join(found.switched_off)}, so theirs are not told."
        )
    return DONE


def trace_payment(context: Context, args: Namespace) -> int:
    """Show one payment's way; exit 3 when a fact that it needs could not be read."""
    from portal_admin.services.payments.trace import trace

    found = trace(context.desk, reference=args.reference)
    if context.json:
        context.out.document(
            payment_record(found.payment)
            | timeline_record(found.timeline)
            | {"events": [event_record(event) for event in found.events], "problems": found.problems}
        )
    else:
        context.out.record({}, fields=payment_fields(found.payment))
        context.out.line("")
        context.out.line(found.timeline.status_words)
        for step in found.timeline.steps:
            context.out.line(f"  {step.state:<12} {step.title}: {step.sentence}")
        for advice in found.timeline.advice:
            context.out.line(f"  !! {advice.sentence}")
        context.out.line(f"On the phone: {found.timeline.phone}")
    for problem in found.problems:
        context.out.say(f"Warning: {problem}")
    return COULD_NOT_LOOK if found.problems else DONE


def list_accounts(context: Context, args: Namespace) -> int:
    """List the bank accounts of a contract's parties, and which of them may pay."""
    found = _payer(context, args)
    context.out.rows(
        found.accounts,
        columns={
            "Oid": lambda one: one.oid,
            "Account": lambda one: one.account_id,
            "Bank account": lambda one: one.label,
            "May pay": lambda one: one.refusal or "yes",
        },
        record=account_record,
        empty="No party of the contract has a bank account in ASPIRE.",
    )
    return DONE


def submit_payment(context: Context, args: Namespace) -> int:
    """Submit a payment, or look again at one; the last line is the error where it was not sent."""
    from portal_admin.services.payments import submit as service

    if args.resume is not None:
        done = service.resume(context.desk, reference=args.resume)
        return _printed(context, done.payment, done.problem)
    missing = [
        name for name in ("site", "email", "contract", "amount", "bank_account") if not getattr(args, name)
    ]
    if missing:
        raise UsageError(f"Give --{missing[0].replace('_', '-')}, or --resume with a reference.")
    found = _payer(context, args)
    done = service.submit(
        context.desk,
        site=args.site,
        email=args.email,
        contract_id=args.contract,
        amount=args.amount,
        on=args.on or found.today,
        bank_account_oid=_bank_account(found, args.bank_account),
        again=args.again,
    )
    return _printed(context, done.payment, done.problem)


def cancel_payment(context: Context, args: Namespace) -> int:
    """Cancel a payment, or say what that would do."""
    from portal_admin.services.payments import cancel as service

    if args.dry_run:
        seen = service.preview_cancel(context.desk, reference=args.reference)
        context.out.record(
            payment_record(seen.payment) | {"way": str(seen.way), "message": seen.sentence},
            fields=payment_fields(seen.payment) | {"Would be done": seen.sentence},
        )
        return DONE
    done = service.cancel(context.desk, reference=args.reference, version=args.version)
    return _printed(context, done.payment, done.problem)


def _printed(context: Context, payment: PortalPayment, problem: DeskError | None) -> int:
    """The payment as it stands; what kept it from being done is raised after it, and so is the last line."""
    context.out.record(payment_record(payment), fields=payment_fields(payment))
    if problem is not None:
        raise problem
    return DONE


def _payer(context: Context, args: Namespace) -> Payer:
    from portal_admin.services.payments.payer import payer

    return payer(context.desk, site=args.site, email=args.email, contract_id=args.contract)


def _bank_account(found: Payer, typed: str) -> int:
    """By its number in ASPIRE, else by last four digits that only one usable account ends in."""
    text = typed.strip().lstrip("…")
    by_oid = [one.oid for one in found.accounts if str(one.oid) == text]
    by_digits = [one.oid for one in found.usable if one.last_four == text]
    if by_oid and not (set(by_digits) - set(by_oid)):
        return by_oid[0]
    if len(by_digits) == 1 and not by_oid:
        return by_digits[0]
    if not by_oid and not by_digits and text.isdecimal():
        return int(text)  # refused in the service's words
    raise Refused(
        f"{typed} does not name one bank account alone. `payments accounts` lists them with their numbers.",
        rule="bank_account",
    )


def _amount(text: str) -> Decimal:
    try:
        return amount_typed(text)
    except InvalidInput as problem:
        raise UsageError(f"{text} is no amount; write it as 1075.00.") from problem
