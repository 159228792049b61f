"""Works off the rows of a stored import: piece by piece, or all of them in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from portal_admin.domain.imports import (
    Decision,
    Entry,
    Person,
    Result,
    RowVerdict,
    all_or_none,
    judge,
    reason,
)
from portal_admin.errors import Interrupted
from portal_admin.models import import_row
from portal_admin.models.engine import reading
from portal_admin.services.change import changing, whole
from portal_admin.services.desk import Desk
from portal_admin.services.imports import effects, runner
from portal_admin.services.imports.batches import Batch, row_entry
from portal_admin.services.imports.looking import ROWS_AT_ONCE, look, pieces
from portal_admin.services.imports.offers import Offers
from portal_admin.services.imports.persons import find_persons
from portal_admin.services.imports.plan import Progress
from portal_admin.services.sites import find_site


class _Canceled(Exception):
    """Somebody stopped the import inside its transaction."""


@dataclass
class Work:
    """One desk's turn at one import."""

    desk: Desk
    batch: Batch
    mine: str
    offers: Offers
    progress: Progress
    cancelled: Callable[[], bool]

    def run(self) -> bool:
        """Work off what is left; False when it was cancelled before the end."""
        return self._all() if self.batch.options.all_or_nothing else self._in_pieces()

    def _in_pieces(self) -> bool:
        done = self.batch.counts.read
        while not self.cancelled():
            self.progress(done, self.batch.total)
            count = whole(self._piece)
            if not count:
                return True
            done += count
        return done == self.batch.total

    def _piece(self) -> int:
        """One transaction: effects, audit and results of some rows; it takes up those that have no result yet."""
        with reading(self.desk.engine) as connection:
            rows = connection.execute(self._left().limit(ROWS_AT_ONCE)).all()
        entries = [row_entry(row) for row in rows]
        if not entries:
            return 0
        # ASPIRE may have to be asked, and nobody else shall wait for that.
        look(self.desk, self.offers, site=self.batch.site, entries=entries, known={})
        with changing(self.desk) as connection:
            runner.keep(connection, self.batch, self.mine, self.desk.clock())
            self._write(connection, entries)
        return len(entries)

    def _write(self, connection: Connection, entries: Sequence[Entry]) -> list[Decision]:
        """Judge the rows by what the database says now, and write what they do."""
        on = find_site(connection, self.batch.site)
        found = find_persons(connection, on.id, _emails(entries))
        people = {email: one.person for email, one in found.items()}
        judged = list(judge(entries, people, self.offers.answer, self.batch.options))
        effects.write(connection, self.desk, self.batch, on, found, judged)
        return [decision for _, decision in judged]

    def _all(self) -> bool:
        try:
            entries = whole(self._looked)
            whole(lambda: self._write_all(entries))
        except _Canceled:
            return False
        return True

    def _looked(self) -> Sequence[Entry]:
        """All rows that are left, with an answer for every account that they would link."""
        with reading(self.desk.engine) as connection:
            entries = [row_entry(row) for row in connection.execute(self._left())]
        people: dict[str, Person] = {}
        for piece in pieces(entries):
            self._go_on()
            people |= look(self.desk, self.offers, site=self.batch.site, entries=piece, known=people)
            for _ in judge(piece, people, self.offers.answer, self.batch.options):
                pass  # later rows meet people as these leave them
        return entries

    def _go_on(self) -> None:
        if self.cancelled():
            raise _Canceled

    def _write_all(self, entries: Sequence[Entry]) -> None:
        """One transaction for all rows; when one of them is refused, only that is written."""
        with changing(self.desk) as connection:
            runner.keep(connection, self.batch, self.mine, self.desk.clock())
            judged = self._rehearsed(connection, entries)
            if any(decision.result is Result.REFUSED for _, decision in judged):
                effects.write_results(connection, self.batch, _refused(self.batch, judged))
                return
            done = 0
            for piece in pieces(entries):
                self.progress(done, self.batch.total)
                self._go_on()
                if any(one.result is Result.REFUSED for one in self._write(connection, piece)):
                    raise Interrupted("The data changed while the import was being written. Import again.")
                done += len(piece)

    def _rehearsed(self, connection: Connection, entries: Sequence[Entry]) -> list[tuple[Entry, Decision]]:
        on = find_site(connection, self.batch.site)
        people = {
            email: one.person for email, one in find_persons(connection, on.id, _emails(entries)).items()
        }
        return list(judge(entries, people, self.offers.answer, self.batch.options))

    def _left(self) -> Select[tuple[object, ...]]:
        own = (import_row.c.batch_id == self.batch.id, import_row.c.result.is_(None))
        return select(import_row).where(*own).order_by(import_row.c.row)


def _emails(entries: Sequence[Entry]) -> set[str]:
    return {entry.email for entry in entries if entry.fault is None}


def _refused(batch: Batch, judged: Sequence[tuple[Entry, Decision]]) -> list[dict[str, object]]:
    """The results of rows of which none may be imported."""
    verdicts = all_or_none(
        [
            RowVerdict(
                entry.row,
                entry.email,
                decision.result,
                reason(decision, batch.options, done=True),
                unread=decision.unread,
            )
            for entry, decision in judged
        ]
    )
    return [
        {
            "of_row": verdict.row,
            "is": verdict.result.value,
            "why": verdict.reason,
            "did": {"unread": True} if verdict.unread else None,
        }
        for verdict in verdicts
    ]
