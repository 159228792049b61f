"""An import of end users with links, dry run and commit, beside plain inserts and beside django-import-export."""

from __future__ import annotations

import csv
import io
import random
import shutil
import sqlite3
import string
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks import beside
from benchmarks.database import filled
from benchmarks.measure import Measurement, seconds
from portal_admin.domain.imports import Column, Options
from portal_admin.services.desk import Desk
from portal_admin.services.imports.commit import run_import
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.plan import rehearse
from portal_admin.services.imports.source import Source, open_table

SITE = "S1"
# In the order in which rows need each other.
TABLES = ("end_user", "account_link", "mail_outbox", "import_batch", "import_row", "audit_event")
# It takes minutes for what we do in seconds, so it gets fewer rows, and times are told for each.
THEIR_ROWS = 3_000
OFFERED = """
select distinct a.account_id from aspire_account a
join aspire_contract_role r on r.account_oid = a.oid
join aspire_contract c on c.oid = r.contract_oid
join site_private_label p on p.label_key = c.label_key
join site s on s.id = p.site_id
where s.key = ? and c.is_booked = 1 and c.is_terminated = 0 order by a.account_id
"""
Row = tuple[str, str, str, str]


def run(small: bool) -> list[Measurement]:
    """Every row must be created, and the reference must hold the same rows afterwards."""
    count = 2_000 if small else 100_000
    with filled(users=10, accounts=count // 2, contracts=count) as desk:
        path = Path(str(desk.engine.url.database))
        accounts = _offered(path)
        rows = _people(count, accounts)
        table = open_table(Source("people.csv", _file(rows)))
        given: dict[str, Any] = {"site": SITE, "table": table, "mapping": recognise(table.header)}
        desk.engine.dispose()  # folds the write-ahead log into the file
        before = Path(shutil.copy(path, path.with_name("before.db")))
        dry = seconds(lambda: _rehearse(desk, count, given))
        done = seconds(lambda: _import(desk, count, given))
        desk.engine.dispose()
        plain = _insert_plainly(path, before)
        few = rows[: min(THEIR_ROWS, count)]
        theirs = beside.run("django_import.py", given={"accounts": accounts, "rows": few})
    return [*_beside_plain(count, dry, done, plain), _beside_theirs(count, dry, done, theirs, len(few))]


def _beside_plain(count: int, dry: float, done: float, plain: float) -> list[Measurement]:
    note = f"{count / done:,.0f} rows a second"
    return [
        Measurement(f"dry run of {count:,} rows beside inserting them", dry, plain, "s", 5),
        Measurement(f"import of {count:,} users with links", done, plain, "s", 5, note),
    ]


def _beside_theirs(count: int, dry: float, done: float, theirs: Any, few: int) -> Measurement:
    """A row's dry run and import together, as both programs have a person do it."""
    name, ours = "dry run and import, a row, beside django-import-export", (dry + done) / count * 1000
    if theirs is None:
        return Measurement(name, ours, None, "ms", note=beside.NOT_INSTALLED, least=10)
    first, second = (taken / few * 1000 for taken in theirs)
    note = f"theirs {first:.2f} + {second:.2f} ms on {few:,} rows, with Django's admin log and without mails"
    return Measurement(name, ours, first + second, "ms", note=note, least=10)


def _offered(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(OFFERED, (SITE,))]


def _people(count: int, accounts: Sequence[str]) -> list[Row]:
    chance = random.Random(11)
    return [
        (
            f"person.{number}@company{number % 997}.example",
            "".join(chance.choices(string.ascii_lowercase, k=6)).title(),
            "".join(chance.choices(string.ascii_lowercase, k=8)).title(),
            ";".join(chance.sample(accounts, chance.choice((1, 1, 2, 3)))),
        )
        for number in range(count)
    ]


def _file(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [column.value for column in (Column.EMAIL, Column.FIRST_NAME, Column.LAST_NAME, Column.ACCOUNTS)]
    )
    writer.writerows(rows)
    return out.getvalue().encode()


def _rehearse(desk: Desk, count: int, given: dict[str, Any]) -> None:
    found = rehearse(desk, **given, options=Options())
    assert found.counts.created == count, found.counts


def _import(desk: Desk, count: int, given: dict[str, Any]) -> None:
    found = run_import(desk, **given, options=Options())
    assert found.counts.created == count, found.counts


def _insert_plainly(path: Path, before: Path) -> float:
    """Seconds to insert, into the database as it was before, all that the import inserted anywhere."""
    with (
        closing(sqlite3.connect(path)) as done,
        closing(sqlite3.connect(before, isolation_level=None)) as plain,
    ):
        plain.execute("pragma journal_mode = wal")
        for pragma in ("synchronous = full", "foreign_keys = on", "cache_size = -32768"):
            plain.execute(f"pragma {pragma}")
        new = {name: _new(name, done, plain) for name in TABLES}

        def insert() -> None:
            plain.execute("begin immediate")
            for name, rows in new.items():
                places = ", ".join("?" * len(rows[0]))
                plain.executemany(f"insert into {name} values ({places})", rows)
            plain.execute("commit")

        return seconds(insert)


def _new(name: str, done: sqlite3.Connection, plain: sqlite3.Connection) -> list[tuple[Any, ...]]:
    known = plain.execute(f"select count(*) from {name}").fetchone()[0]
    return done.execute(f"select * from {name} order by rowid limit -1 offset {known}").fetchall()
