"""How much one import file may hold; checked before and while it is unpacked and parsed."""

from __future__ import annotations

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_ROWS = 200_000  # with something in them, below the heading
HEADING_WITHIN = 20  # of these, the first that hold something
MOST_LINES = 1_048_576  # with empty ones; a worksheet has no more
MOST_COLUMNS = 256
MOST_CELLS = 6_000_000  # the rectangle that holds all cells of a worksheet
MOST_IN_CELL = 32_767  # characters; Excel shows no more
MOST_PARTS = 2_000  # files inside a workbook
MOST_UNPACKED = 400 * MEGABYTE
MOST_RATIO = 300  # unpacked to packed; a worksheet of equal rows reaches about 100
RATIO_COUNTS_FROM = MEGABYTE
