"""CSV files as rows of text, whatever program wrote them."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Iterator
from itertools import chain, islice

from portal_admin.domain.spreadsheet import restored
from portal_admin.errors import InvalidInput
from portal_admin.services.imports.limits import HEADING_WITHIN, MOST_BYTES
from portal_admin.services.imports.mapping import heading_of, recognise

CODECS = {"UTF-8": "utf-8", "UTF-16 LE": "utf-16-le", "UTF-16 BE": "utf-16-be", "Windows-1252": "cp1252"}
MARKS = ((b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16 LE"), (b"\xfe\xff", "UTF-16 BE"))
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 4096
SAMPLE_CHARACTERS = 65_536
SAMPLE_ROWS = 50
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
FOREIGN = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8, as Python marks them
# The first line by which Excel is told the delimiter; it does not count as a row.
TOLD = re.compile(r"sep=([,;\t|])\r?(?:\n|$)", re.IGNORECASE)

OPEN_MARK = (
    "A quotation mark opens in row {row} and is never closed. Correct that row, then open the file again."
)

# A cell may be as long as its file; what is too long for a cell is the fault of its row, not of the file.
csv.field_size_limit(MOST_BYTES)


def decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text and the name of its encoding; InvalidInput when it is not in the encoding asked for."""
    name = encoding or _encoding_of(data)
    codec = CODECS.get(name)
    if codec is None:
        raise InvalidInput(f"The encoding is one of {', '.join(CODECS)}.", field="encoding")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise InvalidInput(
            f"The file is not text in {name}: line {line:,} holds something else. "
            "Choose another encoding, or save the file again as UTF-8.",
            field="encoding",
        ) from problem
    return text.removeprefix("\ufeff"), name


def _encoding_of(data: bytes) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    sample = data[:SAMPLE_BYTES]
    pairs = len(sample) // 2
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    # Western text in UTF-16 has a zero in every other byte.
    if pairs and low > pairs * 0.4 and high < pairs * 0.1:
        return "UTF-16 LE"
    if pairs and high > pairs * 0.4 and low < pairs * 0.1:
        return "UTF-16 BE"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        # A few foreign bytes do not make another encoding: taken for one, they would spell every name wrong.
        if len(FOREIGN.findall(text)) * 2 > len(BEYOND_ASCII.findall(text)):
            return "Windows-1252"
    return "UTF-8"


def split_off_told(text: str) -> tuple[str | None, str]:
    """The delimiter that the first line tells, None where it tells none, and the text after that line."""
    told = TOLD.match(text)
    return (told[1], text[told.end() :]) if told else (None, text)


def delimiter_of(text: str) -> str:
    """The delimiter under which most columns are known by name, then the one that gives the most even rows."""
    sample = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[int, int, int]:
    rows = [row for row in islice(_parsed(sample, delimiter), SAMPLE_ROWS) if any(row)]
    if not rows:
        return 0, 0, 0
    heading = rows[heading_of(rows[:HEADING_WITHIN])]
    even = sum(len(row) == len(heading) for row in rows) if len(heading) > 1 else 0
    return len(recognise(heading)), even, len(heading)


def rows_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """Every row, empty ones too; InvalidInput when a quotation mark is never closed."""
    if delimiter not in DELIMITERS:
        raise InvalidInput(
            "The delimiter is a comma, a semicolon, a tab or a vertical bar.", field="delimiter"
        )
    # The parser ends quietly inside a quoted cell, and with it swallows all rows after the mark.
    end = f"end of file {uuid.uuid4().hex}"
    for number, row in enumerate(_parsed(text, delimiter, end), start=1):
        if row == [end]:
            return
        if row and row[-1].endswith(end):
            raise InvalidInput(OPEN_MARK.format(row=number), field="file")
        yield [restored(cell) for cell in row]


def _parsed(text: str, delimiter: str, *after: str) -> Iterator[list[str]]:
    return csv.reader(chain(io.StringIO(text, newline=""), after), delimiter=delimiter)
