"""`payments preview`: what an amount would pay on a contract, charge by charge."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from portal_admin.cli.arguments import typed_day
from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.domain.cash_application import Portion
    from portal_admin.domain.cash_preview import CashPreview


def add(payments: Commands) -> None:
    """Register `payments preview`."""
    preview = payments.command(
        "preview", preview_payment, help="Show what an amount would pay under the contract's own method"
    )
    preview.add_argument("--contract", required=True, metavar="CONTRACT_ID")
    preview.add_argument("--amount", required=True, help="as 1075.00")
    preview.add_argument(
        "--on", type=typed_day, metavar="DATE", help="the day it is posted; left out, the company's today"
    )


def preview_payment(context: Context, args: Namespace) -> int:
    """Print the charges that would be paid and what is left as unapplied cash; warnings go to stderr."""
    from portal_admin.domain.cash_text import outcome_words, window_words
    from portal_admin.services.cash_preview import preview

    found = preview(context.desk, contract_id=args.contract, amount=args.amount, on=args.on)
    if context.json:
        context.out.document(_record(found))
    else:
        method = found.application.method
        context.out.line(f"{method.words}: {method.meaning}")
        context.out.line(f"Automatic Cash Application Window: {window_words(found.window_days)}")
        context.out.rows(
            found.application.applied,
            columns={
                "Invoice": lambda one: one.invoice,
                "Due": lambda one: one.due_date,
                "Charge": lambda one: one.transaction_code,
                "Open": lambda one: one.open,
                "Applied": lambda one: one.applied,
                "Left": lambda one: one.left,
            },
            empty="It would pay no charge.",
        )
        context.out.line(outcome_words(found))
    for caution in found.cautions:
        context.out.say(caution.sentence)
    return DONE


def _record(found: CashPreview) -> dict[str, Any]:
    application = found.application
    return {
        "method": application.method.value,
        "applied": [_portion(one) for one in application.applied],
        "unapplied": str(application.unapplied),
    }


def _portion(one: Portion) -> dict[str, Any]:
    return {
        "invoice": one.invoice,
        "due_date": one.due_date,
        "transaction_code": one.transaction_code,
        "open": str(one.open),
        "applied": str(one.applied),
        "left": str(one.left),
    }
