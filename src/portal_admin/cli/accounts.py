"""`accounts find | explain`."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.access import print_verdict
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.wording import VERDICTS
from portal_admin.domain.verdict import Check, Verdict
from portal_admin.errors import COULD_NOT_LOOK, DONE


def add(commands: Commands) -> None:
    """Register the commands."""
    accounts = commands.group("accounts", help="Find accounts, and see which can be linked and why")
    find = accounts.command("find", find_accounts, help="Search accounts by id or name")
    find.add_argument("--site", required=True, metavar="KEY")
    find.add_argument("text", metavar="TEXT")
    explain = accounts.command("explain", explain_account, help="Why an account can be linked, or cannot")
    explain.add_argument("--site", required=True, metavar="KEY")
    explain.add_argument("--account", required=True, metavar="ACCOUNT_ID")


def find_accounts(context: Context, args: Namespace) -> int:
    """Print the accounts found, offered ones first."""
    from portal_admin.services import accounts

    offers = accounts.find(context.desk, site=args.site, text=args.text)
    context.out.rows(
        offers.found,
        columns={
            "Account": lambda offer: offer.account.account_id,
            "Name": lambda offer: offer.account.name,
            "Verdict": lambda offer: VERDICTS[offer.verdict.verdict],
            "Because": lambda offer: " ".join(check.sentence for check in because(offer.verdict)),
        },
        record=lambda offer: {
            "account_id": offer.account.account_id,
            "name": offer.account.name,
            "verdict": offer.verdict.verdict,
            "reasons": [check.name for check in because(offer.verdict)],
        },
        empty=f"ASPIRE has no account like “{args.text}”.",
    )
    if offers.more:
        context.out.say("There are more; type more of the name.")
    if offers.unread:
        context.out.say(
            f"Warning: only the portal's copy was searched, so newer accounts may be missing. {offers.unread}"
        )
    if offers.withheld:
        context.out.say(f"Warning: {withheld_words(offers.withheld)}")
    if offers.stale or any(offer.verdict.cannot_tell for offer in offers.found):
        context.out.say(
            "Warning: accounts marked “Cannot tell” could not be judged: the portal's copy of ASPIRE is too old "
            "or lacks them. Run a sync, or ask about one with `accounts explain`."
        )
        return COULD_NOT_LOOK
    return COULD_NOT_LOOK if offers.unread or offers.withheld else DONE


def withheld_words(count: int) -> str:
    """What ASPIRE kept from this login."""
    accounts = "1 account that fits" if count == 1 else f"{count} accounts that fit"
    return f"ASPIRE withheld {accounts} from this login, so the list may lack what you look for. Ask for the right in ASPIRE."


def because(verdict: Verdict) -> tuple[Check, ...]:
    """The checks that stand in the way."""
    if verdict.verdict == "offered":
        return ()
    return verdict.failed if verdict.verdict == "not_offered" else verdict.unknown


def explain_account(context: Context, args: Namespace) -> int:
    """Print the verdict on one account with its checks."""
    from portal_admin.services import accounts

    offer = accounts.explain(context.desk, site=args.site, account_id=args.account)
    return print_verdict(context, offer.verdict)
