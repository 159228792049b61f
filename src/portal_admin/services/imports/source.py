"""The file of an import as a table of text: what is too large or not a table is refused before it is parsed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# What a person may choose where the file is misread; the first that fits is taken otherwise.
ENCODINGS = ("UTF-8", "UTF-16 LE", "UTF-16 BE", "Windows-1252")
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row that is not empty, numbered as in the file (the heading is row 1); `fault` says why it cannot be used."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file as text cells; encoding and delimiter are those of a CSV file, sheets those of a workbook."""

    file_name: str
    file_hash: str
    kind: Literal["csv", "xlsx"]
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header: tuple[str, ...]
    rows: tuple[SourceRow, ...]


def read_source(path: Path) -> Source:
    """Read a file from disk; InvalidInput when it is missing or too large."""
    raise NotImplementedError


def open_table(
    source: Source, *, encoding: str | None = None, delimiter: str | None = None, sheet: str | None = None
) -> Table:
    """The table in a CSV file or workbook, told apart by what is in it, not by its name.

    `encoding` is one of ENCODINGS, `delimiter` of DELIMITERS, `sheet` a sheet's name; None finds out, or takes the
    first sheet. InvalidInput (field file, encoding, delimiter or sheet) says what is wrong with the file.
    """
    raise NotImplementedError
