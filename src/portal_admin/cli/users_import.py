"""`users import FILE`."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal_admin.cli.every import stopped_by_signals
from portal_admin.cli.frame import Commands, Context, UsageError
from portal_admin.domain.imports import Beside, Column, Counts, Options, Result, RowVerdict
from portal_admin.domain.people import Status
from portal_admin.domain.text import id_key
from portal_admin.errors import COULD_NOT_LOOK, DONE, REFUSED, DeskError, InvalidInput, Refused

if TYPE_CHECKING:
    from portal_admin.services.imports.batches import Outcome
    from portal_admin.services.imports.source import Table

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
PARTS = 10  # messages about progress in a long import
FEW = 1000  # rows that need none
STATUS_IGNORED = "Warning: The column Status is not imported: new end users are {status}."
COLUMNS: dict[str, Callable[[RowVerdict], object]] = {
    "Row": lambda row: row.row,
    "Email": lambda row: row.email,
    "Result": lambda row: row.result,
    "Reason": lambda row: row.reason,
}
WOULD = {Result.CREATED: "would create", Result.CHANGED: "would change"}
PLANNED = COLUMNS | {"Result": lambda row: WOULD.get(row.result, row.result)}


def add_import(users: Commands) -> None:
    """Register the command."""
    parser = users.command("import", import_users, help="Import end users and links from a CSV or .xlsx file")
    parser.add_argument("file", type=Path, help="columns Email, First name, Last name, Accounts (ids and ;)")
    parser.add_argument("--site", required=True, metavar="KEY")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
    parser.add_argument(
        "--all-or-nothing", action="store_true", help="import nothing when one row is refused"
    )
    parser.add_argument(
        "--status",
        choices=("pending", "active"),
        default="pending",
        help="active: the people have a login elsewhere already, and get no registration mail",
    )
    parser.add_argument("--no-mail", action="store_true", help="queue no registration mails")
    parser.add_argument(
        "--map",
        type=mapped,
        action="append",
        default=[],
        metavar="COLUMN=HEADING",
        dest="maps",
        help="the heading under which a column stands in the file, for example Email=Adresse",
    )
    parser.add_argument(
        "--sheet", metavar="NAME", help="the sheet of a workbook (else the first that is not hidden)"
    )
    parser.add_argument("--encoding", type=encoding, help="of a CSV file (else found out)")
    parser.add_argument("--delimiter", type=delimiter, help=f"of a CSV file: {', '.join(DELIMITERS)}")
    parser.add_argument("--results", type=Path, metavar="FILE", help="write refused rows to this new file")


def mapped(typed: str) -> tuple[Column, str]:
    """A column and the heading it has in the file."""
    name, given, heading = typed.partition("=")
    found = [column for column in Column if _plain(column) == _plain(name)]
    if not given or not found:
        raise ArgumentTypeError(f"write COLUMN=HEADING, where COLUMN is one of {', '.join(Column)}")
    return found[0], heading.strip()


def encoding(typed: str) -> str:
    """An encoding by its name, whatever the case and signs."""
    from portal_admin.services.imports.source import ENCODINGS

    for name in ENCODINGS:
        if _plain(name) == _plain(typed):
            return name
    raise ArgumentTypeError(f"an encoding is one of {', '.join(ENCODINGS)}")


def delimiter(typed: str) -> str:
    """A delimiter by its name or as it is."""
    found = DELIMITERS.get(typed.lower(), typed)
    if found not in DELIMITERS.values():
        raise ArgumentTypeError(f"a delimiter is one of {', '.join(DELIMITERS)}")
    return found


def _plain(name: str) -> str:
    return "".join(c for c in id_key(name) if c.isalnum())


def import_users(context: Context, args: Namespace) -> int:
    """Import a file, or tell what that would do."""
    from portal_admin.services.imports.mapping import beside
    from portal_admin.services.imports.results import require_target
    from portal_admin.services.imports.source import open_table, read_source

    if args.dry_run and args.results:
        raise UsageError("A dry run writes nothing: leave --results out.")
    if args.results:
        require_target(args.results)
    desk = context.desk
    table = open_table(
        read_source(args.file), encoding=args.encoding, delimiter=args.delimiter, sheet=args.sheet
    )
    for words in _surprises(table, chosen=args.sheet is not None):
        context.out.say(words)
    mapping = _mapping(context, table, args.maps)
    options = Options(Status(args.status.capitalize()), not args.no_mail, args.all_or_nothing)
    if Beside.STATUS in beside(table.header, mapping):
        context.out.say(STATUS_IGNORED.format(status=options.status))
    asked: dict[str, Any] = {
        "site": args.site,
        "table": table,
        "mapping": mapping,
        "options": options,
        "progress": progress_on(context),
    }
    with stopped_by_signals() as stop:
        asked["cancelled"] = stop.is_set
        if args.dry_run:
            from portal_admin.services.imports.plan import rehearse

            plan = rehearse(desk, **asked)
            if not plan.complete:
                done = f"{plan.counts.read:,} of {len(table.rows):,} rows"
                raise Refused(f"The dry run was stopped after {done}. Nothing was written.", rule="stopped")
            return _print(context, None, plan.counts, plan.rows, plan.rows)
        from portal_admin.services.imports.commit import run_import

        outcome = run_import(desk, **asked)
    return print_outcome(context, outcome, results=args.results)


def print_outcome(context: Context, outcome: Outcome, *, results: Path | None = None) -> int:
    """Print what an import did, write its refused rows to a file, and say how to go on where it was stopped."""
    refused = [row for row in outcome.rows if row.result is Result.REFUSED]
    code = _print(context, outcome.batch.id, outcome.counts, outcome.rows, refused)
    for warning in outcome.warnings:
        context.out.say(f"Warning: {warning}")
    if not outcome.complete:
        context.out.say(_stopped(outcome))
        code = code or REFUSED
    if results is not None:
        _write_refused(context, outcome.batch.id, results)
    return code


def _stopped(outcome: Outcome) -> str:
    number, done = outcome.batch.id, outcome.counts.read
    if not done:
        return (
            f"Stopped before the first row: nothing is imported. "
            f"Go on with `portal-admin users imports resume {number}`."
        )
    return (
        f"Stopped after {done:,} of {outcome.batch.total:,} rows, which are done. "
        f"Go on with `portal-admin users imports resume {number}`, "
        f"or take them back with `portal-admin users imports undo {number}`."
    )


def _write_refused(context: Context, batch: int, path: Path) -> None:
    from portal_admin.services.imports.results import write_results

    try:
        count = write_results(context.desk, batch=batch, path=path)
    except DeskError:
        context.out.say(
            f"What was imported stays so. `portal-admin users imports show {batch} --results FILE` "
            "writes the refused rows again."
        )
        raise
    rows = "1 refused row is" if count == 1 else f"{count:,} refused rows are"
    context.out.say(f"{rows} in {path}, ready to be put right and imported again.")


def progress_on(context: Context) -> Callable[[int, int], None]:
    """Tells now and then, on stderr, how far a long import is."""
    told = 0

    def progress(done: int, whole: int) -> None:
        nonlocal told
        part = done * PARTS // whole if whole else 0
        if whole > FEW and part > told:
            told = part
            context.out.say(f"{done:,} of {whole:,} rows")

    return progress


def _surprises(table: Table, *, chosen: bool) -> Iterator[str]:
    """How the file was read, where that may be other than its owner thinks."""
    if len(table.sheets) > 1 and not chosen:
        yield f"The sheet {table.sheet} is read, of {', '.join(table.sheets)}. Choose another with --sheet."
    if table.heading > 1:
        yield f"The headings are those in row {table.heading}. What stands above them is not read."
    if table.hidden:
        rows = "1 row is" if table.hidden == 1 else f"{table.hidden:,} rows are"
        yield f"Warning: {rows} hidden in the sheet, as by a filter. Hidden rows are read like all others."


def _mapping(context: Context, table: Table, maps: Sequence[tuple[Column, str]]) -> dict[Column, int]:
    from portal_admin.services.imports.entries import SHOWN, shown
    from portal_admin.services.imports.mapping import missing, recognise, require_complete

    mapping = recognise(table.header)
    for column, heading in maps:
        places = [index for index, name in enumerate(table.header) if id_key(name) == id_key(heading)]
        if len(places) != 1:
            there = ", ".join(filter(None, table.header))
            raise InvalidInput(
                f"The file has no single column {heading}. Its headings are: {there}.", field="mapping"
            )
        mapping = {known: place for known, place in mapping.items() if place != places[0]}
        mapping[column] = places[0]
    if missing(mapping):
        context.out.say(
            f"The headings in the file are: {shown(', '.join(filter(None, table.header)))[:SHOWN]}."
        )
    require_complete(mapping)
    for column in missing(mapping):
        context.out.say(f"Warning: the file has no column {column}, so none is imported.")
    return mapping


def _print(
    context: Context,
    batch: int | None,
    counts: Counts,
    rows: Sequence[RowVerdict],
    shown: Sequence[RowVerdict],
) -> int:
    if context.json:
        context.out.document({"batch": batch, **counted(counts), "rows": [_record(row) for row in rows]})
    else:
        if shown:
            context.out.rows(shown, columns=PLANNED if batch is None else COLUMNS)
        fields = {name.capitalize(): f"{count:,}" for name, count in counted(counts).items()}
        context.out.record({}, fields={"Import": "dry run" if batch is None else batch, **fields})
    if any(row.unread for row in rows):
        return COULD_NOT_LOOK
    return REFUSED if counts.refused else DONE


def counted(counts: Counts) -> dict[str, int]:
    """The JSON form of the counts."""
    names = ("read", *Result)
    return {str(name): getattr(counts, name) for name in names}


def _record(row: RowVerdict) -> dict[str, object]:
    return {"row": row.row, "email": row.email, "result": row.result, "reason": row.reason}
