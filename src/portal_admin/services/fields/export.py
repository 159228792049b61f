"""The field reference as a document to hand out, with or without the values of one contract."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from portal_admin.domain import field_words
from portal_admin.domain.field_words import Manner
from portal_admin.domain.fields import Field, FieldNote, FieldRow, FieldSheet, Reading
from portal_admin.domain.permissions import Permission
from portal_admin.errors import DeskError
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.fields.notes import history
from portal_admin.services.settings import read_settings

TITLE = "Field reference: customer portal and ASPIRE"
DISCLAIMER = (
    "Made by this company's own desk tool. It is not the vendor's Field Reference guide and does not quote it. "
    "Entries marked as inferred are this project's reading of public articles; verify them in your own system."
)
WRITING_FAILED = "{path} could not be written. Close it in other programs, or choose another folder."


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, its width in characters, and whether it exists only for one contract."""

    heading: str
    width: int
    live: bool = False


COLUMNS = (
    Column("Portal screen", 22),
    Column("Portal field", 26),
    Column("Portal shows", 22, live=True),
    Column("ASPIRE says now", 22, live=True),
    Column("State", 12, live=True),
    Column("As of (portal)", 16, live=True),
    Column("ASPIRE screen", 44),
    Column("Record", 36),
    Column("Updated", 20),
    Column("Shown", 30),
    Column("To say on the phone", 48),
    Column("Provenance", 40),
    Column("This company's notes", 40),
)


@dataclass(frozen=True, slots=True)
class Guide:
    """The document: title, subtitle, and rows of text under the columns."""

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def guide(desk: Desk) -> Guide:
    """The whole catalogue, with nobody's values."""
    notes, name = history(desk), _time_zone(desk)
    columns = tuple(column for column in COLUMNS if not column.live)
    rows = tuple((*_what(entry), *_about(entry, None, notes, Manner())) for entry in catalogue().fields)
    return Guide(TITLE, f"As of {_moment(desk.clock(), Manner(ZoneInfo(name)))} ({name}).", columns, rows)


@action(Permission.EXPORT)
def guide_of(desk: Desk, *, sheet: FieldSheet) -> Guide:
    """The catalogue with the values of a contract; the audit line that they leave is committed before they can."""
    notes, name = history(desk), _time_zone(desk)
    manner = field_words.manner_of(sheet)
    of = f" of {sheet.customer}" if sheet.customer else ""
    with changing(desk) as connection:
        after = {"rows": len(sheet.rows)}
        audit.record(connection, desk, action="field.export", subject=sheet.contract_id, after=after)
    return Guide(
        TITLE,
        f"Contract {sheet.contract_id}{of}, looked up {_moment(sheet.looked_at, manner)}. "
        f"Amounts in {sheet.currency}, times in {name}.",
        COLUMNS,
        tuple(
            (*_what(row.field), *_values(row, manner), *_about(row.field, row, notes, manner))
            for row in sheet.rows
        ),
    )


def _time_zone(desk: Desk) -> str:
    with reading(desk.engine) as connection:
        return read_settings(connection).time_zone


def _what(entry: Field) -> tuple[str, ...]:
    return entry.screen, entry.label


def _values(row: FieldRow, manner: Manner) -> tuple[str, ...]:
    as_of = row.portal.as_of if row.portal else None
    return (
        side_words(row.portal, manner),
        side_words(row.aspire, manner),
        field_words.STATE_WORDS[row.state],
        _moment(as_of, manner) if as_of else "",
    )


def side_words(side: Reading | None, manner: Manner) -> str:
    """One side's value in words; blank where that side has nothing to say."""
    if side is None or side.problem is not None or not side.found:
        return ""
    return field_words.words(side.value, manner=manner)


def _about(
    entry: Field, row: FieldRow | None, notes: Mapping[str, tuple[FieldNote, ...]], manner: Manner
) -> tuple[str, ...]:
    mine = notes.get(entry.key, ())
    said = [line for line in (field_words.verification(mine), *(note.note for note in mine)) if line]
    return (
        entry.aspire_screen,
        entry.record,
        field_words.cadence_words(entry),
        field_words.condition(entry),
        entry.wording.replace("{value}", field_words.BLANK)
        if row is None
        else field_words.spoken(row, manner=manner),
        field_words.provenance(entry),
        "\n".join(said),
    )


def _moment(when: datetime, manner: Manner) -> str:
    return field_words.words(when, manner=manner)


def write_xlsx(document: Guide, path: Path) -> None:
    """A workbook in which every cell is text, so that ids keep their zeros and nothing runs as a formula."""
    import xlsxwriter

    whole = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(whole, options) as book:
        heading = book.add_format({"bold": True, "bg_color": "#E3E6EA", "valign": "top"})
        cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet = book.add_worksheet("Field reference")
        for index, column in enumerate(document.columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(0, index, column.heading, heading)
        for line, row in enumerate(document.rows, start=1):
            for index, text in enumerate(row):
                sheet.write_string(line, index, text, cell)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(document.rows), len(document.columns) - 1)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 100)
        for line, text in enumerate((document.title, document.subtitle, DISCLAIMER)):
            about.write_string(line, 0, text, cell)
    write_bytes(path, whole.getvalue())


def write_html(document: Guide, path: Path) -> None:
    """One file that needs nothing else, made to be read and printed."""
    write_bytes(path, as_html(document).encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write beside the target and swap, so that a failure leaves an earlier guide as it was."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError as problem:
        with suppress(OSError):  # as where the folder is none
            draft.unlink()
        raise DeskError(WRITING_FAILED.format(path=path), title="The guide was not written") from problem


STYLE = """
body { font-family: "Segoe UI", sans-serif; font-size: 13px; color: #1b1f24; margin: 24px; }
h1 { font-size: 20px; } h2 { font-size: 16px; margin: 24px 0 8px; }
p.about { color: #5b6672; max-width: 70em; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #d5dae0; padding: 4px 8px; text-align: left; vertical-align: top; }
th { background: #f0f2f5; font-weight: 600; }
@media print {
  body { margin: 0; font-size: 8pt; }
  tr { page-break-inside: avoid; }
  thead { display: table-header-group; }
}
@page { size: A4 landscape; margin: 12mm; }
"""

# A page has room for fewer columns than a workbook: what belongs together stands in one cell.
# The number is the group's share of the width.
PRINTED: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("Portal field", 11, ("Portal field",)),
    ("Portal shows", 12, ("Portal shows", "As of (portal)")),
    ("ASPIRE says now", 12, ("ASPIRE says now",)),
    ("State", 7, ("State",)),
    ("ASPIRE source", 17, ("ASPIRE screen", "Record")),
    ("Updated and shown", 12, ("Updated", "Shown")),
    ("To say on the phone", 16, ("To say on the phone",)),
    ("Provenance and notes", 13, ("Provenance", "This company's notes")),
)


def as_html(document: Guide, *, style: str = STYLE) -> str:
    """The document as HTML, all text escaped, one table for each portal screen."""
    at = {column.heading: index for index, column in enumerate(document.columns)}
    groups = [(title, share, [at[name] for name in names if name in at]) for title, share, names in PRINTED]
    shown = [group for group in groups if group[2]]
    whole = sum(share for _, share, _ in shown)
    headings = "".join(
        f'<th width="{100 * share // whole}%">{escape(title)}</th>' for title, share, _ in shown
    )
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(document.title)}</title><style>{style}</style></head><body>",
        f"<h1>{escape(document.title)}</h1><p>{escape(document.subtitle)}</p>",
        f'<p class="about">{escape(DISCLAIMER)}</p>',
    ]
    for screen in dict.fromkeys(row[0] for row in document.rows):
        body = "".join(
            _line(row, [indexes for _, _, indexes in shown]) for row in document.rows if row[0] == screen
        )
        parts.append(
            f'<h2><span class="screen">{escape(screen)}</span></h2><table cellspacing="0" cellpadding="3" width="100%">'
            f"<thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>"
        )
    return "".join((*parts, "</body></html>"))


def _line(row: tuple[str, ...], groups: list[list[int]]) -> str:
    cells = ("\n".join(row[index] for index in indexes if row[index]) for indexes in groups)
    return "<tr>" + "".join(f"<td>{escape(cell).replace(chr(10), '<br>')}</td>" for cell in cells) + "</tr>"
