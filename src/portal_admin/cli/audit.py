"""`audit list | verify | export-head | export | accept-restore`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal_admin.cli.arguments import typed_instant
from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.progress import percentage
from portal_admin.cli.wording import when
from portal_admin.errors import DONE, REFUSED, InvalidInput, NotFound

if TYPE_CHECKING:
    from portal_admin.domain.audit_words import Event
    from portal_admin.services.audit_heads import Seen
    from portal_admin.services.audit_list import AuditFilter
    from portal_admin.services.audit_trail import Verified


def add(commands: Commands) -> None:
    """Register the commands."""
    audit = commands.group(
        "audit", help="List who did what, and prove that nothing was changed or taken away"
    )
    listing = audit.command("list", list_events, help="List the events, newest first")
    _add_filter(listing)
    verifying = audit.command("verify", verify, help="Prove that no line was changed, put in or taken away")
    verifying.add_argument(
        "--head", metavar="FILE", type=Path, help="a head kept elsewhere, which must still be there"
    )
    heading = audit.command(
        "export-head", export_head, help="Verify, then print the last line's hash, to be kept elsewhere"
    )
    heading.add_argument("file", metavar="FILE", nargs="?", type=Path, help="write it here instead")
    heading.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    exporting = audit.command("export", export, help="Write the events to an .xlsx or .csv file")
    exporting.add_argument("file", metavar="FILE", type=Path)
    exporting.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    _add_filter(exporting)
    accepting = audit.command(
        "accept-restore", accept_restore, help="Accept that lines are gone since a backup was restored"
    )
    accepting.add_argument("--reason", required=True, help="why; it becomes an audit line")


def _add_filter(parser: ArgumentParser) -> None:
    parser.add_argument("--person", metavar="EMAIL", help="events about this address")
    parser.add_argument("--operator", metavar="NAME", help="events by this operator")
    parser.add_argument("--action", metavar="ACTION", help="one action, for example user.create")
    parser.add_argument("--site", metavar="KEY")
    parser.add_argument("--operation", metavar="ID", help="all events of one operation")
    parser.add_argument(
        "--since", metavar="TIME", help="from this day or instant, UTC: 2026-11-21 or 2026-11-21T14:00Z"
    )
    parser.add_argument("--until", metavar="TIME", help="up to this instant, or to the end of this day")


def list_events(context: Context, args: Namespace) -> int:
    """List the events."""
    from portal_admin.domain.audit_words import reason_words
    from portal_admin.services import audit_list

    wanted = _filter(args)
    with closing(audit_list.list_events(context.desk, wanted)) as events:
        count = context.out.rows(
            events,
            columns={
                "Line": lambda event: event.line.id,
                "Time": lambda event: when(event.line.at),
                "Operator": lambda event: event.line.operator,
                "Site": lambda event: event.line.site,
                "About": lambda event: event.line.subject,
                "What": lambda event: event.headline,
                "Reason": lambda event: reason_words(event.line),
                "Worth a look": lambda event: event.attention,
            },
            record=event_record,
            empty="No event matches.",
        )
    if not count and not context.json:
        for words in _unknown(context, wanted):
            context.out.say(words)
    return DONE


def _unknown(context: Context, wanted: AuditFilter) -> Iterator[str]:
    """What the filter names that the audit does not."""
    from portal_admin.domain.text import operator_key, whole
    from portal_admin.services.audit_list import choices

    there = choices(context.desk)
    if wanted.action is not None and wanted.action not in there.actions:
        yield f"There is no action {whole(wanted.action)}; actions are: {', '.join(there.actions) or 'none yet'}."
    known = {operator_key(name) for name in there.operators}
    if wanted.operator is not None and operator_key(wanted.operator) not in known:
        yield f"Nobody named {whole(wanted.operator)} did anything; operators are: {', '.join(there.operators)}."


def verify(context: Context, args: Namespace) -> int:
    """Prove the audit whole."""
    from portal_admin.services import audit_trail

    kept = _read_head(args.head) if args.head is not None else None
    with percentage("Verifying…") as progress:
        found = audit_trail.verify(context.desk, head=kept, progress=progress)
    if found is None:
        raise RuntimeError("nobody cancels a command")
    if context.json:
        context.out.document(verified_record(found))
    elif found.broken is None:
        context.out.line(
            f"Sound: {found.lines} lines, each following the one before. "
            f"The last is line {found.head.id} with hash {found.head.hash}."
        )
    else:
        context.out.line(f"Broken at line {found.broken.id}. {found.broken.problem}")
        context.out.line(f"The {found.lines} lines before it are sound." if found.lines else "")
    return DONE if found.sound else REFUSED


def export_head(context: Context, args: Namespace) -> int:
    """Print the head of a sound audit, or write it to a file."""
    from portal_admin.cli.output import json_line
    from portal_admin.services.sheets import drafted

    if args.file is None:
        context.out.document(_sound_head(context))
        return DONE
    with drafted(args.file, overwrite=args.overwrite) as draft:
        record = _sound_head(context)
        draft.path.write_bytes(json_line(record) + b"\n")
        draft.keep()
    if context.json:
        context.out.document(record)
    else:
        context.out.line(
            f"Line {record['id']} is kept in {args.file}. "
            "Keep it where nobody who can change the database can change it."
        )
    return DONE


def _sound_head(context: Context) -> dict[str, Any]:
    from portal_admin.services import audit_heads, audit_trail

    with percentage("Verifying…") as progress:
        head = audit_trail.sound_head(context.desk, progress=progress)
    return {**audit_heads.as_record(head), "database": audit_heads.database_name(context.desk.engine)}


def export(context: Context, args: Namespace) -> int:
    """Write the events to a file."""
    from portal_admin.services.audit_export import export_events

    rows = export_events(context.desk, path=args.file, wanted=_filter(args), overwrite=args.overwrite)
    context.out.record({"file": str(args.file), "rows": rows}, fields={"File": args.file, "Events": rows})
    return DONE


def accept_restore(context: Context, args: Namespace) -> int:
    """Accept that lines are gone."""
    from portal_admin.services import audit_heads, audit_trail

    head = audit_trail.accept_restore(context.desk, reason=args.reason)
    fields = {"Line": head.id, "Hash": head.hash}
    context.out.record(audit_heads.as_record(head), fields=fields)
    return DONE


def event_record(event: Event) -> dict[str, Any]:
    """The JSON form of an event."""
    line = event.line
    return {
        "id": line.id,
        "at": line.at,
        "operator": line.operator,
        "action": line.action,
        "site": line.site,
        "subject": line.subject,
        "operation_id": line.operation_id,
        "before": line.before,
        "after": line.after,
        "reason": line.reason,
        "attention": event.attention,
        "previous_hash": line.previous_hash,
        "hash": line.hash,
    }


def verified_record(found: Verified) -> dict[str, Any]:
    """The JSON form of a verification."""
    broken = found.broken
    return {
        "sound": found.sound,
        "lines": found.lines,
        "head": {"id": found.head.id, "hash": found.head.hash},
        "broken": None if broken is None else {"id": broken.id, "problem": broken.problem},
    }


def _read_head(path: Path) -> Seen:
    from portal_admin.services.audit_heads import parse_head

    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as problem:
        raise NotFound(f"There is no file {path}.") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidInput(f"{path} cannot be read.", field="head") from problem
    return parse_head(text)


def _filter(args: Namespace) -> AuditFilter:
    from portal_admin.services.audit_list import AuditFilter

    return AuditFilter(
        person=args.person,
        operator=args.operator,
        action=args.action,
        site=args.site,
        operation=args.operation,
        since=typed_instant(args.since, "since"),
        until=typed_instant(args.until, "until", whole_day=True),
    )
