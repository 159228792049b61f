"""Refreshes what hangs on the contracts that end users can see, for as long as the lists can wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal_admin.domain.policy import PortalSettings
from portal_admin.models.engine import reading, writing
from portal_admin.services.settings import read_settings
from portal_admin.services.sync import lease, state
from portal_admin.services.sync.details import Detail, classes_of, fetch, store
from portal_admin.services.sync.due import (
    Wanted,
    contracts_with_details,
    due,
    forget_unseen,
    visible_contracts,
)
from portal_admin.services.sync.lists import Run

CONTRACTS_AT_ONCE = 20
FORGOTTEN_AT_ONCE = 500
# The lists must be read again every quarter of an hour; what is left over is read by the next run.
AT_MOST = timedelta(minutes=8)


def read_details(run: Run, capabilities: frozenset[str]) -> None:
    """Refresh what is due, going on where the run before ran out of time."""
    detail_pass = _DetailPass(run, classes_of(capabilities))
    until = run.clock() + AT_MOST
    for wanted in detail_pass.batches():
        detail_pass.read(wanted)
        run.checkpoint("details")
        if run.clock() >= until:
            run.warnings.append(
                "There was no time to read all contracts' details; the next run goes on with them."
            )
            break
    else:
        detail_pass.complete()
    detail_pass.warn()


class _DetailPass:
    def __init__(self, run: Run, classes: tuple[str, ...]) -> None:
        self._run = run
        self._classes = classes
        self._touched: set[str] = set()
        self._failed: list[Detail] = []
        self._any_visible = False
        with reading(run.engine) as connection:
            self._settings: PortalSettings = read_settings(connection)
            self._start = state.detail_start(connection)
            self._since = state.all_asked_for_at(connection)

    def batches(self) -> Iterator[list[Wanted]]:
        after = self._start
        while True:
            with reading(self._run.engine) as connection:
                oids = visible_contracts(connection, self._settings, after=after, limit=CONTRACTS_AT_ONCE)
                now = self._run.clock()
                wanted = list(
                    due(connection, self._settings, oids, classes=self._classes, now=now, since=self._since)
                )
            last = len(oids) < CONTRACTS_AT_ONCE
            self._forget_unseen(oids, after=after, until=None if last else oids[-1])
            self._any_visible |= bool(oids)
            if wanted:
                yield wanted
            if last:
                return
            after = oids[-1]

    def read(self, wanted: list[Wanted]) -> None:
        run = self._run
        found = fetch(run.aspire, wanted, run.clock, budget=run.aspire.patiently)
        with writing(run.engine) as connection:
            lease.renew(connection, run.lease, run.clock())
            store(connection, found)
            state.keep_detail_start(connection, wanted[-1].contract_oid)
        self._touched |= {name for one in wanted for name in one.classes}
        self._failed += [detail for detail in found if detail.failure is not None]

    def _forget_unseen(self, visible: list[int], *, after: int, until: int | None) -> None:
        """Delete the details between the contracts of a batch: nobody sees them, so nothing would refresh them."""
        run = self._run
        while True:
            with reading(run.engine) as connection:
                stored = contracts_with_details(connection, after=after, until=until, limit=FORGOTTEN_AT_ONCE)
            unseen = set(stored).difference(visible)
            if unseen:
                with writing(run.engine) as connection:
                    lease.renew(connection, run.lease, run.clock())
                    forget_unseen(connection, self._settings, unseen)
                run.checkpoint("details")
            if len(stored) < FORGOTTEN_AT_ONCE:
                return
            after = stored[-1]

    def complete(self) -> None:
        """Begin with the first contract next time; a class that was read for all contracts is confirmed."""
        now = self._run.clock()
        failed = {detail.data_class for detail in self._failed}
        with writing(self._run.engine) as connection:
            lease.renew(connection, self._run.lease, now)
            state.keep_detail_start(connection, 0)
            if self._start:
                return
            never = set(self._classes) - state.confirmed_classes(connection)
            for name in self._classes:
                if name not in failed and (name in self._touched | never or not self._any_visible):
                    state.confirm(connection, name, now)

    def warn(self) -> None:
        """Tell of records that could not be read."""
        if self._failed and (first := self._failed[0].failure):
            self._run.warnings.append(
                f"{len(self._failed)} details could not be read and keep their age. First reason: {first.message}"
            )
