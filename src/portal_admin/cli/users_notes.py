"""`users note` and `users notes`: what was written down of calls."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.arguments import add_user
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.wording import when
from portal_admin.errors import DONE


def add(users: Commands) -> None:
    """Register the commands."""
    writing = users.command("note", write_note, help="Write a note on a call with an end user")
    add_user(writing)
    writing.add_argument("--contract", metavar="CONTRACT_ID", help="the contract that the call was about")
    writing.add_argument("--note", required=True, metavar="TEXT")
    listing = users.command(
        "notes", list_notes, help="List the notes on calls with an end user, newest first"
    )
    add_user(listing)


def write_note(context: Context, args: Namespace) -> int:
    """Keep a note and print it."""
    from portal_admin.services import call_notes

    written = call_notes.write_note(
        context.desk, site=args.site, email=args.email, note=args.note, contract_id=args.contract
    )
    context.out.record(
        written,
        fields={
            "Note": written.note,
            "Contract": written.contract_id,
            "By": written.operator,
            "At": when(written.at),
        },
    )
    return DONE


def list_notes(context: Context, args: Namespace) -> int:
    """Print the notes on the calls of one end user."""
    from portal_admin.services import call_notes, people

    user = people.show_user(context.desk, site=args.site, email=args.email)
    context.out.rows(
        call_notes.list_notes(context.desk, user_id=user.id),
        columns={
            "At": lambda note: when(note.at),
            "By": lambda note: note.operator,
            "Contract": lambda note: note.contract_id,
            "Note": lambda note: note.note,
        },
        empty="No notes on calls with this end user.",
    )
    return DONE
