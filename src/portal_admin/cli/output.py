"""What a command prints: tables and sentences for people, JSON lines for programs."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeVar

from portal_admin.errors import COULD_NOT_LOOK, DeskError

Row = TypeVar("Row")
Columns = Mapping[str, Callable[[Any], object]]

# A table's columns are as wide as its first rows need; the rest streams.
ROWS_MEASURED = 200
ERROR_FIELDS = ("kind", "title", "message", "rule", "source", "field")


class Output:
    """Data goes to stdout, messages to stderr; in JSON form every line of stdout is one document."""

    def __init__(self, *, json: bool) -> None:
        self.json = json

    def rows(
        self,
        rows: Iterable[Row],
        *,
        columns: Columns,
        record: Callable[[Row], object] | None = None,
        empty: str = "None found.",
    ) -> int:
        """Print each row as it comes and return their number; `record` gives the JSON form when it is not the row itself."""
        if self.json:
            count = 0
            for count, row in enumerate(rows, start=1):  # noqa: B007
                self.document(row if record is None else record(row))
            return count
        return self._table(iter(rows), columns, empty)

    def record(self, value: object, *, fields: Mapping[str, object]) -> None:
        """Print one thing: `value` as JSON, `fields` as a list of names and values for people."""
        if self.json:
            self.document(value)
            return
        width = max((_width(name) for name in fields), default=0)
        for name, content in fields.items():
            self._line(f"{_padded(name, width)}  {text_of(content)}")

    def line(self, text: str) -> None:
        """Print one line of data for people; nothing in JSON form."""
        if not self.json:
            self._line(text_of(text))

    def document(self, value: object) -> None:
        """Print one JSON document: instants end in Z, amounts are strings, absent values are null."""
        if sys.stdout is not None:
            sys.stdout.buffer.write(json_line(value))
            sys.stdout.buffer.write(b"\n")

    def say(self, message: str) -> None:
        """A message for the person at the terminal, never part of the data."""
        if sys.stderr is not None:
            self.flush()
            print("\n".join(text_of(line) for line in message.splitlines()), file=sys.stderr, flush=True)

    def error(self, problem: DeskError) -> None:
        """The failure in words on stderr, and in JSON form as the last line of stdout.

        What the log can tell more about comes with the reference that finds it there.
        """
        self.say(f"{problem.title}\n{problem.message}")
        if problem.exit_code == COULD_NOT_LOOK or problem.kind == DeskError.kind:
            self.say(f"Reference: {problem.correlation_id}")
        if self.json:
            found = {name: getattr(problem, name, None) for name in ERROR_FIELDS}
            self.document({"error": {name: value for name, value in found.items() if value is not None}})

    def flush(self) -> None:
        """Hand everything printed so far to the reader."""
        if sys.stdout is not None:
            sys.stdout.flush()

    def _table(self, rows: Iterator[Row], columns: Columns, empty: str) -> int:
        def cells(row: Row) -> list[str]:
            return [text_of(value(row)) for value in columns.values()]

        first = [cells(row) for row in islice(rows, ROWS_MEASURED)]
        if not first:
            self.say(empty)
            return 0
        widths = [max(map(_width, column)) for column in zip(columns, *first, strict=True)]
        self._line(_joined(columns, widths))
        count = 0
        for count, line in enumerate(chain(first, map(cells, rows)), start=1):  # noqa: B007
            self._line(_joined(line, widths))
        return count

    def _line(self, text: str) -> None:
        # Bytes, because a terminal's code page must not stop a report half-way.
        if sys.stdout is not None:
            encoding = sys.stdout.encoding or "utf-8"
            sys.stdout.buffer.write(f"{text}\n".encode(encoding, errors="replace"))


def json_line(value: object) -> bytes:
    """One JSON document without line breaks."""
    import msgspec

    return msgspec.json.encode(value)


def text_of(value: object) -> str:
    """Text for a terminal: absent is blank, and nothing in it can drive the terminal or turn the line round."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(text_of(part) for part in value)
    text = str(value)
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character.isprintable():
        return character
    return (
        " "
        if character in "\n\r\t" or unicodedata.category(character) == "Zs"
        else "\N{REPLACEMENT CHARACTER}"
    )


def _width(text: str) -> int:
    """Terminal cells: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _joined(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(_padded(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()
