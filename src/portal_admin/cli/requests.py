"""`requests list | show | update`."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.cli.wording import when
from portal_admin.domain.service_request_hand_over import hand_over_words, needs_resolving
from portal_admin.domain.service_request_times import is_overdue, urgency_words
from portal_admin.domain.service_requests import KINDS, OPEN, RequestKind, RequestStatus, ServiceRequest
from portal_admin.errors import DONE, CouldNotLook, NotAllowed, SettingsProblem

if TYPE_CHECKING:
    from datetime import datetime

    from portal_admin.services.requests.show import RequestDetails

STATUSES = {status.value.lower().replace(" ", "-"): status for status in RequestStatus}
KIND_NAMES = {kind.value.replace("_", "-"): kind for kind in RequestKind}
PAGE = 5000


def add(commands: Commands) -> None:
    """Register the commands."""
    requests = commands.group("requests", help="List, show and work on the portal's service requests")
    listing = requests.command("list", list_requests, help="List requests, the most urgent first")
    listing.add_argument("--site", metavar="KEY")
    listing.add_argument("--email", help="only of this end user")
    listing.add_argument("--status", action="append", choices=STATUSES, default=[], dest="statuses")
    listing.add_argument("--open", action="store_true", help="New, In Progress and Waiting")
    listing.add_argument("--kind", choices=KIND_NAMES)
    whose = listing.add_mutually_exclusive_group()
    whose.add_argument("--assigned-to", metavar="NAME")
    whose.add_argument("--mine", action="store_true", help="assigned to you")
    whose.add_argument("--unassigned", action="store_true", help="assigned to nobody")
    listing.add_argument("--overdue", action="store_true", help="only what should have been answered by now")
    listing.add_argument("--limit", type=int, metavar="N", help="at most so many")
    show = requests.command("show", show_request, help="Show a request with its notes and its history")
    show.add_argument("number", metavar="NUMBER", help="such as SR-000123 or 123")
    update = requests.command(
        "update",
        update_request,
        help="Assign a request, change its status, write notes, and hand it over to ASPIRE",
    )
    update.add_argument("number", metavar="NUMBER")
    to = update.add_mutually_exclusive_group()
    to.add_argument("--assign", metavar="NAME", help="give it to this operator")
    to.add_argument("--unassign", action="store_true", help="give it to nobody")
    update.add_argument("--status", choices=[name for name in STATUSES if name != "new"])
    update.add_argument("--reply", metavar="TEXT", help="what the portal shows to the caller")
    update.add_argument("--note", metavar="TEXT", help="stays at the desk")
    update.add_argument(
        "--hand-over", action="store_true", help="put it on its contract in ASPIRE as a comment, once"
    )
    update.add_argument(
        "--version", type=int, metavar="N", help="refuse if the request is no longer at this version"
    )


def list_requests(context: Context, args: Namespace) -> int:
    """List requests."""
    from portal_admin.services.requests import list as queue

    if args.limit is not None and args.limit < 1:
        raise UsageError("--limit is a number from 1.")
    desk, now = context.desk, None
    statuses = {STATUSES[name] for name in args.statuses} | (OPEN if args.open else set())
    assigned_to = desk.operator if args.mine else queue.NOBODY if args.unassigned else args.assigned_to
    found: list[ServiceRequest] = []
    while True:
        wanted = PAGE if args.limit is None else min(PAGE, args.limit - len(found))
        page = queue.list_requests(
            desk,
            site=args.site,
            email=args.email,
            status=statuses or None,
            kind=KIND_NAMES[args.kind] if args.kind else None,
            assigned_to=assigned_to,
            overdue=True if args.overdue else None,
            limit=wanted,
            offset=len(found),
        )
        now = now or page.as_of
        found += page.requests
        if not page.more or len(found) == args.limit:
            break
    at = now
    context.out.rows(
        # Programs compare lists, people work from the top of a queue.
        sorted(found, key=_in_order) if context.json else found,
        columns={
            "Request": lambda one: one.number,
            "Due": lambda one: urgency_words(one, at),
            "Status": lambda one: one.status,
            "Kind": lambda one: KINDS[one.kind].words,
            "Subject": lambda one: one.subject,
            "Site": lambda one: one.site,
            "Email": lambda one: one.email,
            "Contract": lambda one: one.contract_id,
            "Assigned to": lambda one: one.assigned_to or "nobody",
        },
        record=lambda one: request_record(one, at),
    )
    return DONE


def show_request(context: Context, args: Namespace) -> int:
    """Show a request; a hand-over of unknown outcome is looked up in ASPIRE first."""
    from portal_admin.services.requests import show

    found = show.show(context.desk, number=args.number)
    code = DONE
    if needs_resolving(found.request, found.as_of):
        code = _resolve(context, found.request)
        found = show.show(context.desk, number=args.number)
    _print(context, found)
    return code


def update_request(context: Context, args: Namespace) -> int:
    """Work on a request: assign, note, status, hand over, in this order; what was saved before a failure stays."""
    from portal_admin.services.requests import hand_over, show, work

    if not (args.assign or args.unassign or args.status or args.reply or args.note or args.hand_over):
        raise UsageError(
            "Nothing to change: give --assign, --unassign, --status, --reply, --note or --hand-over."
        )
    desk, number, version = context.desk, args.number, args.version
    if args.assign or args.unassign:
        request = work.assign(desk, number=number, to=args.assign or None, version=version)
        version = request.version if version is not None else None
    if args.note:
        work.add_note(desk, number=number, note=args.note, for_caller=False)
    if args.status:
        to, reply = STATUSES[args.status], args.reply or ""
        request = work.set_status(desk, number=number, to=to, reply=reply, version=version)
        version = request.version if version is not None else None
    elif args.reply:
        request = work.add_note(desk, number=number, note=args.reply, for_caller=True, version=version)
        version = request.version if version is not None else None
    if args.hand_over:
        hand_over.hand_over(desk, number=number, version=version)
    _print(context, show.show(desk, number=number))
    return DONE


def request_record(request: ServiceRequest, now: datetime) -> dict[str, Any]:
    """A request as JSON."""
    return {
        "number": request.number,
        "site": request.site,
        "email": request.email,
        "name": request.user_name,
        "contract_id": request.contract_id,
        "kind": request.kind.value,
        "subject": request.subject,
        "message": request.message,
        "status": request.status.value,
        "assigned_to": request.assigned_to,
        "requested_at": request.requested_at,
        "due_at": request.due_at,
        "overdue": is_overdue(request.status, request.due_at, now),
        "closed_at": request.closed_at,
        "hand_over": request.hand_over.value if request.hand_over else None,
        "handed_over_at": request.handed_over_at,
        "comment_oid": request.comment_oid,
        "version": request.version,
    }


def _in_order(request: ServiceRequest) -> tuple[str, str, str, int]:
    return request.site, request.email, request.contract_id or "", request.id


def _resolve(context: Context, request: ServiceRequest) -> int:
    """Read back what nobody knows; the exit code says whether it is known now."""
    from portal_admin.services.requests import hand_over

    try:
        found = hand_over.resolve(context.desk, number=request.number)
    except (CouldNotLook, SettingsProblem, NotAllowed) as problem:
        context.out.say(f"Warning: what became of the hand-over could not be looked up. {problem.message}")
        return CouldNotLook.exit_code
    if not found.is_there:
        context.out.say(
            f"Warning: ASPIRE does not hold the comment of {request.number}. Hand it over again: "
            f"portal-admin requests update {request.number} --hand-over"
        )
        return CouldNotLook.exit_code
    return DONE


def _print(context: Context, found: RequestDetails) -> None:
    request = found.request
    notes = [
        {"at": note.at, "operator": note.operator, "for_caller": note.for_caller, "note": note.note}
        for note in found.notes
    ]
    history = [
        {"at": event.line.at, "operator": event.line.operator, "what": event.headline}
        for event in found.history
    ]
    told = [
        f"{when(note.at)}, {note.operator}, {'reply' if note.for_caller else 'note'}: {note.note}"
        for note in found.notes
    ]
    context.out.record(
        request_record(request, found.as_of) | {"notes": notes, "history": history},
        fields={
            "Request": request.number,
            "From": f"{request.user_name} <{request.email}>, site {request.site}",
            "Contract": request.contract_id or "none named",
            "Kind": KINDS[request.kind].words,
            "Subject": request.subject,
            "Message": request.message,
            "Status": request.status.value,
            "Due": f"{urgency_words(request, found.as_of)} ({when(request.due_at)})",
            "Assigned to": request.assigned_to or "nobody",
            "ASPIRE": hand_over_words(request, found.as_of),
            "Version": request.version,
            "Notes": told,
            "History": [f"{when(one.line.at)}, {one.line.operator}: {one.headline}" for one in found.history],
        },
    )
