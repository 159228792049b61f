"""The rows of an import as a file: what failed is ready to be put right and imported again."""

from __future__ import annotations

from pathlib import Path

from portal_admin.services.desk import Desk


def write_results(
    desk: Desk, *, batch: int, path: Path, only_refused: bool = True, overwrite: bool = False
) -> int:
    """Write the rows to an .xlsx or .csv file and return their number.

    The columns are those that an import reads, and Reason, which it ignores.
    """
    raise NotImplementedError
