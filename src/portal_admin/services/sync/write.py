"""Writes a page of records into the snapshot: new rows in bulk, changed rows alone, unchanged ones only marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, case, delete, func, select, update

from portal_admin.models import aspire_contract, aspire_contract_detail
from portal_admin.services.chunks import chunks
from portal_admin.services.sync.insert import insert_rows
from portal_admin.services.sync.rows import Kind, Line, Values


def write_lines(
    connection: Connection, kind: Kind[Any], lines: Sequence[Line], *, mark: int, remark: bool
) -> int:
    """Insert or update the rows and return how many differ from before; `remark` also marks the unchanged ones."""
    met = {line.oid: line for line in lines}
    known = _fingerprints(connection, kind.table, list(met))
    new = [line for oid, line in met.items() if oid not in known]
    changed = [line for oid, line in met.items() if oid in known and known[oid] != line.values["fingerprint"]]
    for line in (*new, *changed):
        line.values["seen"] = mark
    insert_rows(connection, kind.table, [line.values for line in new])
    _update(connection, kind.table, [line.values for line in changed])
    if kind.roles is not None:
        _delete(connection, kind.roles, "contract_oid", [line.oid for line in changed])
        insert_rows(connection, kind.roles, [role for line in (*new, *changed) for role in line.roles])
    if remark:
        same = known.keys() - {line.oid for line in changed}
        for some in chunks(sorted(same)):
            connection.execute(update(kind.table).where(kind.table.c.oid.in_(some)).values(seen=mark))
    return len(new) + len(changed)


def remove_rows(connection: Connection, kind: Kind[Any], oids: Iterable[int]) -> int:
    """Delete the rows with all that hangs on them; those never met are no loss."""
    gone = sorted(set(oids))
    for table in _hanging_on(kind):
        _delete(connection, table, "contract_oid", gone)
    return _delete(connection, kind.table, "oid", gone)


def count_unmet(connection: Connection, kind: Kind[Any], mark: int) -> tuple[int, int]:
    """How many rows a full pass has not met, and how many there are."""
    unmet = func.sum(case((kind.table.c.seen != mark, 1), else_=0))
    row = connection.execute(select(unmet, func.count()).select_from(kind.table)).one()
    return int(row[0] or 0), int(row[1])


def remove_unmet(connection: Connection, kind: Kind[Any], mark: int) -> int:
    """Delete what a full pass has not met."""
    unmet = select(kind.table.c.oid).where(kind.table.c.seen != mark)
    for table in _hanging_on(kind):
        connection.execute(delete(table).where(table.c.contract_oid.in_(unmet)))
    return connection.execute(delete(kind.table).where(kind.table.c.seen != mark)).rowcount


def _hanging_on(kind: Kind[Any]) -> tuple[Table, ...]:
    if kind.table is not aspire_contract or kind.roles is None:
        return ()
    return kind.roles, aspire_contract_detail


def _fingerprints(connection: Connection, table: Table, oids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(oids):
        query = select(table.c.oid, table.c.fingerprint).where(table.c.oid.in_(some))
        found.update((row.oid, row.fingerprint) for row in connection.execute(query))
    return found


def _update(connection: Connection, table: Table, rows: list[Values]) -> None:
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "oid"}
        own = update(table).where(table.c.oid == bindparam("own_oid")).values(values)
        # A key that is set, if only to itself, would ask a server for the right to change keys.
        connection.execute(
            own, [{"own_oid" if name == "oid" else name: row[name] for name in row} for row in rows]
        )


def _delete(connection: Connection, table: Table, column: str, oids: list[int]) -> int:
    return sum(
        connection.execute(delete(table).where(table.c[column].in_(some))).rowcount for some in chunks(oids)
    )
