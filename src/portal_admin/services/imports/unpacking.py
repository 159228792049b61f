"""Looks through a workbook, which is a zip of XML, before anything that could burst is allowed to open it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from portal_admin.errors import InvalidInput
from portal_admin.services.imports.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_PARTS,
    MOST_RATIO,
    MOST_UNPACKED,
    RATIO_COUNTS_FROM,
)

BLOCK = 1 << 18
LOCAL_HEADER = 30
ENCRYPTED = 0x1
ROW = re.compile(r"[0-9]{1,7}")
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
COUNTS = ("count", "uniqueCount")
CONTENT = frozenset({"v", "is"})
TRUE = ("1", "true")
DAMAGED = (
    "The workbook is damaged. Open it in Excel, save it again as an Excel workbook (.xlsx), and take that."
)
TOO_LARGE = (
    "The workbook unpacks to more than an import may hold. Save the one sheet that is needed as a new file."
)
FAR_OFF = (
    "A cell stands so far to the right or so far down that the sheet is larger than an import may be. "
    "Delete what lies outside the table, or save the table as CSV."
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What the reader of a worksheet does not tell: cells that hold an error such as #N/A, which it gives as empty,
    and rows that are hidden, as by a filter; rows and columns from 1.
    """

    errors: frozenset[tuple[int, int]] = frozenset()
    hidden: frozenset[int] = frozenset()


def check_workbook(data: bytes) -> dict[str, Marks]:
    """InvalidInput unless it is a workbook of tolerable size, measured by unpacking it, not by what it says of itself.

    Returns the marks by the part that a worksheet is.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as problem:
        raise InvalidInput(DAMAGED, field="file") from problem
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        _refuse("This is a binary workbook (.xlsb). Save it as an Excel workbook (.xlsx), and take that.")
    if "xl/workbook.xml" not in names:
        _refuse("This is a zip archive, but no Excel workbook. Take an .xlsx or a CSV file.")
    if len(parts) > MOST_PARTS:
        _refuse(TOO_LARGE)
    unpacked = 0
    marks: dict[str, Marks] = {}
    for part in parts:
        sheet, size = _SheetExtent(), 0
        for block in _blocks(data, part):
            size += len(block)
            if unpacked + size > MOST_UNPACKED or (
                size > RATIO_COUNTS_FROM and size > part.compress_size * MOST_RATIO
            ):
                _refuse(TOO_LARGE)
            sheet.feed(block)
        unpacked += size
        marks[part.filename] = Marks(frozenset(sheet.errors), frozenset(sheet.hidden))
    return marks


def _blocks(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part as it really unpacks; a size that a hostile archive states is not believed."""
    begin = part.header_offset
    name, extra = data[begin + 26 : begin + 28], data[begin + 28 : begin + 30]
    begin += LOCAL_HEADER + int.from_bytes(name, "little") + int.from_bytes(extra, "little")
    packed = data[begin : begin + part.compress_size]
    if part.flag_bits & ENCRYPTED or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(DAMAGED)
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, BLOCK)
            packed = unpacker.unconsumed_tail
    except zlib.error as problem:
        raise InvalidInput(DAMAGED, field="file") from problem


class _SheetExtent:
    """Follows the cells of a worksheet, because its reader reserves room for the whole rectangle that holds them."""

    def __init__(self) -> None:
        self._row = self._column = 0
        self._last_row = self._last_column = 0
        self._parser: expat.XMLParserType | None = None
        self._begun = False
        self._is_error = False
        self.errors: set[tuple[int, int]] = set()
        self.hidden: set[int] = set()

    def feed(self, block: bytes) -> None:
        """Take in the next piece; a part that is not XML is of no interest."""
        if not self._begun and block:
            self._begun = True
            if block.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<":
                self._parser = expat.ParserCreate("utf-8")  # as the reader takes it, whatever it says
                self._parser.StartElementHandler = self._element
                self._parser.StartDoctypeDeclHandler = self._doctype
        if self._parser is None:
            return
        try:
            self._parser.Parse(block, False)
        except expat.ExpatError as problem:
            raise InvalidInput(DAMAGED, field="file") from problem

    def _doctype(self, *_: object) -> None:
        _refuse(DAMAGED)  # no workbook has one; entities can burst

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._is_error = attributes.get("t") == "e"
            self._cell(attributes.get("r"))
        elif local in CONTENT:
            self._content()
        elif local == "row":
            stated = attributes.get("r")
            # What is not a number as it should be, the reader may take for any other.
            if stated is not None and ROW.fullmatch(stated) is None:
                _refuse(DAMAGED)
            self._row = self._row + 1 if stated is None else int(stated)
            self._column = 0
            if attributes.get("hidden") in TRUE:
                self.hidden.add(self._row)
        elif any(_is_beyond(attributes.get(name, "0")) for name in COUNTS):
            _refuse(DAMAGED)  # room is reserved for so many before the first is read

    def _cell(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        found = CELL.fullmatch(reference)
        if found is None:
            _refuse(DAMAGED)
        self._row = int(found[2])
        self._column = 0
        for letter in found[1]:
            self._column = self._column * 26 + ord(letter) - 64

    def _content(self) -> None:
        self._last_row = max(self._last_row, self._row)
        self._last_column = max(self._last_column, self._column)
        if (
            self._last_row > MOST_LINES
            or self._last_column > MOST_COLUMNS
            or self._last_row * self._last_column > MOST_CELLS
        ):
            _refuse(FAR_OFF)
        if self._is_error:
            self.errors.add((self._row, self._column))


def _is_beyond(count: str) -> bool:
    return not count.isdecimal() or len(count) > 9 or int(count) > MOST_CELLS


def _refuse(sentence: str) -> NoReturn:
    raise InvalidInput(sentence, field="file")
