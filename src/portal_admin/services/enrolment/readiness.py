"""Whether the customers of each site could enrol: counts and lists of what is missing in ASPIRE, and a file of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.domain.permissions import Permission
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.verdict import Edition
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.gaps import Survey
from portal_admin.services.settings import read_settings
from portal_admin.services.sheets import Cell, Heading, drafted, ending, sheet
from portal_admin.services.sites import all_sites, find_site
from portal_admin.services.snapshot import Freshness, freshness

SHOWN_AT_MOST = 500  # of each kind and site
HEADINGS = (
    Heading("Missing", 22),
    Heading("Site", 16),
    Heading("Account", 16),
    Heading("Account name", 34),
    Heading("Contract", 20),
    Heading("Detail", 34),
    Heading("Shared by", 10),
    Heading("Also", 40),
)
Progress = Callable[[int, int], object]
Stop = Callable[[], bool]


class Stopped(Exception):
    """The walk was cancelled."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What is missing: how much by site and kind, and the first of each.

    A site's `contracts` are booked ones that it takes, its `customers` whoever is Customer on one. The key None of
    `counts` stands for contracts whose label is mapped to no site.
    """

    edition: Edition
    sites: tuple[str, ...]
    contracts: dict[str, int]
    customers: dict[str, int]
    counts: dict[tuple[str | None, Lack], int]
    shown: tuple[Gap, ...]
    freshness: Freshness

    def count(self, lack: Lack, site: str | None = None) -> int:
        """How many of that kind on that site; on all of them for None."""
        return sum(n for (at, kind), n in self.counts.items() if kind is lack and site in (None, at))


class _Walk:
    """The gaps of one moment that pass the filter, with what they were judged by."""

    def __init__(
        self,
        connection: Any,
        desk: Desk,
        *,
        site: str | None,
        lack: Lack | None,
        edition: Edition | None,
        progress: Progress,
        cancelled: Stop,
    ) -> None:
        self.settings: PortalSettings = read_settings(connection)
        self.edition = edition or self.settings.edition
        self.site = find_site(connection, site).key if site is not None else None
        self.freshness = freshness(connection, self.settings, desk.clock())
        self.sites = all_sites(connection)
        self._lack = lack
        self._progress, self._cancelled = progress, cancelled
        self._done = 0
        self.survey = Survey(connection, self.sites, self.edition, self._step)
        self._whole = self.survey.size()

    def gaps(self) -> Iterator[Gap]:
        """One by one."""
        self._step(0)
        for gap in self.survey.gaps():
            if (self._lack is None or gap.lack is self._lack) and self._is_of_site(gap):
                yield gap
        self._progress(self._whole, self._whole)

    def _is_of_site(self, gap: Gap) -> bool:
        return self.site is None or gap.site in (self.site, None)

    def _step(self, records: int) -> None:
        if self._cancelled():
            raise Stopped
        self._done += records
        self._progress(min(self._done, self._whole), self._whole)


def _unheard(_done: int, _whole: int) -> None:
    """Nobody watches."""


def _never() -> bool:
    """Nobody stops it."""
    return False


def survey(
    desk: Desk,
    *,
    site: str | None = None,
    lack: Lack | None = None,
    edition: Edition | None = None,
    shown_at_most: int = SHOWN_AT_MOST,
    progress: Progress = _unheard,
    cancelled: Stop = _never,
) -> Readiness | None:
    """Walk the portfolio and count what is missing; None when it was cancelled.

    A label that is mapped to no site concerns every site, so those gaps pass the filter by site.
    """
    counts: Counter[tuple[str | None, Lack]] = Counter()
    shown: list[Gap] = []
    with reading(desk.engine) as connection:
        walk = _Walk(
            connection, desk, site=site, lack=lack, edition=edition, progress=progress, cancelled=cancelled
        )
        try:
            for gap in walk.gaps():
                key = (gap.site, gap.lack)
                counts[key] += 1
                if counts[key] <= shown_at_most:
                    shown.append(gap)
        except Stopped:
            return None
    keys = tuple(one.key for one in walk.sites if walk.site in (None, one.key))
    return Readiness(
        edition=walk.edition,
        sites=keys,
        contracts={key: walk.survey.contracts[key] for key in keys},
        customers={key: walk.survey.customers[key] for key in keys},
        counts=dict(counts),
        shown=tuple(shown),
        freshness=walk.freshness,
    )


@dataclass(frozen=True, slots=True)
class GapReport:
    """Everything that is missing, streamed while the database is read; `freshness` is of the whole report."""

    freshness: Freshness
    gaps: Iterator[Gap]


def stream(
    desk: Desk, *, site: str | None = None, lack: Lack | None = None, edition: Edition | None = None
) -> GapReport:
    """Everything that is missing, one by one: contracts first, then customers, each by id."""
    with reading(desk.engine) as connection:
        age = freshness(connection, read_settings(connection), desk.clock())
        key = find_site(connection, site).key if site is not None else None

    def walk() -> Iterator[Gap]:
        with reading(desk.engine) as connection:
            yield from _Walk(
                connection, desk, site=key, lack=lack, edition=edition, progress=_unheard, cancelled=_never
            ).gaps()

    return GapReport(age, walk())


@action(Permission.EXPORT)
def export_gaps(
    desk: Desk,
    *,
    path: Path,
    site: str | None = None,
    lack: Lack | None = None,
    edition: Edition | None = None,
    overwrite: bool = False,
    progress: Progress = _unheard,
    cancelled: Stop = _never,
) -> int | None:
    """Write everything that is missing to an .xlsx or .csv file and return the number of rows.

    None when it was cancelled, which leaves no file. The audit line is committed before the file appears.
    """
    form = ending(path)
    rows = 0
    with drafted(path, overwrite=overwrite) as draft:
        with reading(desk.engine) as connection:
            walk = _Walk(
                connection,
                desk,
                site=site,
                lack=lack,
                edition=edition,
                progress=progress,
                cancelled=cancelled,
            )
            zone = ZoneInfo(walk.settings.time_zone)
            try:
                with sheet(draft.path, form, HEADINGS, title="Enrolment", zone=zone) as add:
                    for gap in walk.gaps():
                        add(_cells(gap))
                        rows += 1
            except Stopped:
                return None
        told = {"site": walk.site, "kind": lack.value if lack else None, "edition": walk.edition.value}
        with changing(desk) as connection:
            audit.record(
                connection,
                desk,
                action="enrollment.export",
                subject=path.name,
                site=walk.site,
                after={**told, "rows": rows},
            )
        draft.keep()
    return rows


WORDS = {
    Lack.NO_EMAIL: "No usable email",
    Lack.SHARED_EMAIL: "Several on one email",
    Lack.NO_POSTAL_CODE: "No billing postal code",
    Lack.UNMAPPED_LABEL: "Label mapped to no site",
}


def _cells(gap: Gap) -> tuple[Cell, ...]:
    return (
        WORDS[gap.lack],
        gap.site,
        gap.account_id,
        gap.account_name,
        gap.contract_id,
        gap.detail,
        gap.shared_by or None,
        ", ".join(gap.others) or None,
    )
