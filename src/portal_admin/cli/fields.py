"""`portal-admin fields`: where portal fields come from, their values for a contract, the guide, and its proof."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import COULD_NOT_LOOK, DONE, REFUSED, InvalidInput

if TYPE_CHECKING:
    from portal_admin.domain.fields import Field, FieldNote, FieldRow, FieldSheet, Reading

NONE_FOUND = "None found. No field of the field reference has that name."
WIDEST = 60  # characters of one value in a table for people; JSON holds it whole
FORMATS = (".xlsx", ".html", ".pdf")


def add(commands: Commands) -> None:
    """Register the commands of this group."""
    fields = commands.group("fields", help="Look up where portal fields come from in ASPIRE")
    listing = fields.command("list", list_fields, help="List the fields of the portal's screens")
    listing.add_argument("text", nargs="?", default="", help="words of the portal label or ASPIRE name")
    listing.add_argument("--screen", metavar="SCREEN", help="only this portal screen")
    show = fields.command("show", show_fields, help="Show what the portal shows and what ASPIRE says now")
    show.add_argument("text", nargs="?", default="", help="words of the portal label or ASPIRE name")
    show.add_argument("--contract", metavar="CONTRACT_ID", help="the contract on the phone")
    show.add_argument("--screen", metavar="SCREEN", help="only this portal screen")
    export = fields.command("export", export_guide, help="Write the guide as XLSX, HTML or PDF")
    export.add_argument("file", type=Path, help="the ending chooses the form: .xlsx, .html or .pdf")
    export.add_argument("--contract", metavar="CONTRACT_ID", help="with the values of this contract")
    check = fields.command("check", check_fields, help="Prove that every path exists, here and in ASPIRE")
    check.add_argument("--contract", metavar="CONTRACT_ID", help="look at this contract")


def list_fields(context: Context, args: Namespace) -> int:
    from portal_admin.services.fields.notes import history

    notes = history(context.desk)
    context.out.rows(
        _wanted(args),
        columns={
            "Portal screen": lambda entry: entry.screen,
            "Portal field": lambda entry: entry.label,
            "ASPIRE screen": lambda entry: entry.aspire_screen,
            "Record": lambda entry: entry.record,
        },
        record=lambda entry: _entry(entry, notes.get(entry.key, ())),
        empty=NONE_FOUND,
    )
    return DONE


def show_fields(context: Context, args: Namespace) -> int:
    contract_id = _contract_id(args)
    if contract_id is None:
        return _show_entries(context, args)
    from portal_admin.services import fields

    sheet = fields.show(context.desk, contract_id=contract_id)
    wanted = {entry.key for entry in _wanted(args)}
    rows = [row for row in sheet.rows if row.field.key in wanted]
    context.out.rows(
        rows,
        columns={
            "Portal field": lambda row: f"{row.field.screen}: {row.field.label}",
            "Portal shows": lambda row: _cut(_side(row.portal, sheet)),
            "ASPIRE says now": lambda row: _cut(_side(row.aspire, sheet)),
            "State": lambda row: row.state.replace("_", " "),
            "As of": lambda row: _when(row.portal.as_of if row.portal else None, sheet),
        },
        record=lambda row: _row(row, sheet),
        empty=NONE_FOUND,
    )
    if sheet.restored:
        context.out.say(fields.RESTORED)
    for problem in sheet.problems:
        context.out.say(f"{problem.data_class or 'ASPIRE'}: {problem.message}")
    return COULD_NOT_LOOK if sheet.problems else DONE


def _show_entries(context: Context, args: Namespace) -> int:
    from portal_admin.domain import field_words
    from portal_admin.services.fields.notes import history

    notes = history(context.desk)
    entries = _wanted(args)
    if not entries:
        context.out.say(NONE_FOUND)
    for entry in entries:
        mine = notes.get(entry.key, ())
        context.out.record(
            _entry(entry, mine),
            fields={
                "Portal field": f"{entry.screen}: {entry.label}",
                "ASPIRE screen": entry.aspire_screen,
                "Record": entry.record,
                "Updated": field_words.cadence_words(entry),
                "Shown": field_words.condition(entry),
                "On the phone": entry.wording.replace("{value}", field_words.BLANK),
                "Provenance": field_words.provenance(entry),
                "Verified": field_words.verification(mine),
            },
        )
        context.out.line("")
    return DONE


def export_guide(context: Context, args: Namespace) -> int:
    path: Path = args.file
    if path.suffix.lower() not in FORMATS:
        raise InvalidInput("The file name must end in .xlsx, .html or .pdf.", field="file")
    from portal_admin.services import fields
    from portal_admin.services.fields import export as field_export

    contract_id = _contract_id(args)
    sheet = fields.show(context.desk, contract_id=contract_id) if contract_id is not None else None
    desk = context.desk
    guide = field_export.guide(desk) if sheet is None else field_export.guide_of(desk, sheet=sheet)
    if path.suffix.lower() == ".xlsx":
        field_export.write_xlsx(guide, path)
    elif path.suffix.lower() == ".html":
        field_export.write_html(guide, path)
    else:
        from portal_admin.ui.field_reference.pdf import print_guide

        print_guide(guide, path)
    context.out.record({"file": str(path), "fields": len(guide.rows)}, fields={"Written": path})
    return COULD_NOT_LOOK if sheet is not None and sheet.problems else DONE


def check_fields(context: Context, args: Namespace) -> int:
    from portal_admin.services.fields.check import Proof, check

    found = check(context.desk, contract_id=_contract_id(args))
    context.out.rows(
        found,
        columns={
            "Field": lambda item: item.field_key,
            "Record": lambda item: item.record,
            "Contract": lambda item: item.contract.replace("_", " "),
            "ASPIRE": lambda item: item.live.replace("_", " "),
            "": lambda item: item.message,
        },
    )
    proofs = {proof for item in found for proof in (item.contract, item.live)}
    if Proof.MISSING in proofs:
        return REFUSED
    return COULD_NOT_LOOK if Proof.NOT_READABLE in proofs else DONE


def _contract_id(args: Namespace) -> str | None:
    from portal_admin.services.typed_ids import typed_contract_id

    return None if args.contract is None else typed_contract_id(args.contract)


def _wanted(args: Namespace) -> tuple[Field, ...]:
    from portal_admin.services import fields

    screens = fields.catalogue().screens
    if args.screen is not None and args.screen not in screens:
        raise InvalidInput(
            f"There is no such portal screen. Choose one of: {'; '.join(screens)}.", field="screen"
        )
    return fields.find(text=args.text, screen=args.screen)


def _entry(entry: Field, notes: tuple[FieldNote, ...]) -> dict[str, Any]:
    from portal_admin.domain import field_words

    return {
        "key": entry.key,
        "screen": entry.screen,
        "label": entry.label,
        "source": entry.source,
        "aspire_screen": entry.aspire_screen,
        "aspire_screen_provenance": entry.screen_provenance,
        "record": entry.record or None,
        "data_class": entry.data_class or None,
        "select": entry.select,
        "transform": entry.transform,
        "cadence": field_words.cadence_words(entry),
        "condition": field_words.condition(entry) if entry.condition else None,
        "wording": entry.wording,
        "provenance": entry.provenance,
        "article": entry.article,
        "verified_on": next((note.verified_on for note in notes if note.verified_on), None),
        "notes": [
            {
                "note": note.note,
                "verified_on": note.verified_on,
                "created_at": note.created_at,
                "created_by": note.created_by,
            }
            for note in notes
        ],
    }


def _row(row: FieldRow, sheet: FieldSheet) -> dict[str, Any]:
    from portal_admin.domain import field_words

    portal, aspire = row.portal, row.aspire
    return {
        "contract_id": sheet.contract_id,
        "key": row.field.key,
        "screen": row.field.screen,
        "label": row.field.label,
        "record": row.field.record or None,
        "state": row.state,
        "portal_value": field_words.plain(portal.value) if portal else None,
        "portal_as_of": portal.as_of if portal else None,
        "aspire_value": field_words.plain(aspire.value) if aspire else None,
        "aspire_as_of": aspire.as_of if aspire else None,
        "stale": row.is_stale,
        "next_update": row.next_update,
        "reason": row.reason,
        "wording": field_words.spoken(row, manner=field_words.manner_of(sheet)),
    }


def _side(side: Reading | None, sheet: FieldSheet) -> str:
    from portal_admin.domain import field_words
    from portal_admin.services.fields.export import side_words

    return side_words(side, field_words.manner_of(sheet))


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1].rstrip()}…"


def _when(value: datetime | None, sheet: FieldSheet) -> str:
    from portal_admin.domain import field_words

    return "" if value is None else field_words.words(value, manner=field_words.manner_of(sheet))
