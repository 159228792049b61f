"""`users verify`, and the options by which reset, reactivate and change-email record a verified caller in one go."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from portal_admin.cli.arguments import add_user
from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.cli.wording import when
from portal_admin.domain.verification import LABELS, Method, Proof
from portal_admin.errors import DONE

METHODS = {method.value.replace("_", "-"): method for method in Method}
# Nobody approves for oneself, so an approval is always recorded before.
OWN = tuple(name for name, method in METHODS.items() if method is not Method.APPROVAL)
NOTE = "what was done, such as which number was called"


def add(users: Commands) -> None:
    """Register the command."""
    parser = users.command(
        "verify", verify, help="Record how a caller was verified; it counts for 30 minutes"
    )
    add_user(parser)
    parser.add_argument(
        "--method",
        required=True,
        choices=tuple(METHODS),
        help="call-back: to the number of record; code: to a channel known before the call; "
        "approval: for a colleague who talks to the caller",
    )
    parser.add_argument("--note", default="", metavar="TEXT", help=NOTE)


def add_proof(parser: ArgumentParser) -> None:
    """The options that record a verified caller together with what it is for."""
    parser.add_argument(
        "--verified",
        choices=OWN,
        metavar="|".join(OWN),
        help="record that the caller was verified so, and act; without it a recorded verification is needed",
    )
    parser.add_argument("--note", metavar="TEXT", help=NOTE)


def proof_of(args: Namespace) -> Proof | None:
    """What the command line says of the caller."""
    if args.verified is None:
        if args.note is not None:
            raise UsageError("--note belongs to --verified: say how the caller was verified.")
        return None
    return Proof(METHODS[args.verified], args.note or "")


def verify(context: Context, args: Namespace) -> int:
    """Record how a caller was verified."""
    from portal_admin.services import verification

    found = verification.verify(
        context.desk, site=args.site, email=args.email, method=METHODS[args.method], note=args.note
    )
    context.out.record(
        {
            "method": found.method,
            "note": found.note,
            "by": found.operator,
            "at": found.at,
            "until": found.until,
        },
        fields={
            "Verified": LABELS[found.method],
            "Note": found.note,
            "By": found.operator,
            "Counts until": when(found.until),
        },
    )
    if found.method is Method.APPROVAL:
        context.out.say("It counts for any operator but you.")
    return DONE
