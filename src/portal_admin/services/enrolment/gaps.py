"""Walks the whole portfolio in the portal's copy, page by page, for what would keep customers from enrolling."""

from __future__ import annotations

import itertools
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Row, Select, and_, func, or_, select

from portal_admin.domain.access import site_keys
from portal_admin.domain.addresses import BETWEEN, usable_addresses
from portal_admin.domain.enrolment_facts import CUSTOMER
from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.domain.enrolment_typed import comparable
from portal_admin.domain.people import Site
from portal_admin.domain.verdict import Edition
from portal_admin.models import aspire_account, aspire_contact, aspire_contract, aspire_contract_role

PAGE = 1000
BUCKETS = 64
OTHERS_SHOWN = 5
account, contact, contract, role = aspire_account, aspire_contact, aspire_contract, aspire_contract_role


class _Place(msgspec.Struct):
    """What readiness asks of a Bill-To Location."""

    postal_code: str | None = None
    country: str | None = None
    email: str | None = None


_place = msgspec.json.Decoder(_Place).decode


@dataclass(slots=True)
class _Sharers:
    """Accounts of one site that have an address: the first few, and how many."""

    first: list[str] = field(default_factory=list)
    count: int = 0


class Survey:
    """One walk over all booked contracts and their customers, of the state that the connection reads.

    `contracts` and `customers` count, site by site, what the walk has met; `step` is called after each page with the
    number of records met since, and stops the walk by raising.
    """

    def __init__(
        self,
        connection: Connection,
        sites: tuple[Site, ...],
        edition: Edition,
        step: Callable[[int], None],
    ) -> None:
        self._connection, self._edition, self._step = connection, edition, step
        self._takers: dict[str, list[str]] = defaultdict(list)
        for site in sites:
            for key in site_keys(site):
                self._takers[key].append(site.key)
        self.contracts: Counter[str] = Counter({site.key: 0 for site in sites})
        self.customers: Counter[str] = Counter({site.key: 0 for site in sites})

    def size(self) -> int:
        """How many records a walk meets, customers twice."""
        counted = [select(func.count()).select_from(table) for table in (contract, account)]
        contracts, accounts = (int(self._connection.execute(one).scalar_one()) for one in counted)
        return contracts + 2 * accounts

    def gaps(self) -> Iterator[Gap]:
        """Everything that is missing: contracts first, then customers, each by id."""
        yield from self._of_contracts()
        hashes = [array("q") for _ in range(BUCKETS)]
        yield from self._without_email(hashes)
        yield from self._with_shared_email(_repeated(hashes))

    def _of_contracts(self) -> Iterator[Gap]:
        columns = (contract.c.oid, contract.c.contract_id, contract.c.contract_id_key, contract.c.is_booked)
        query = select(*columns, contract.c.label_key, contract.c.private_label, contract.c.bill_to)
        for page in self._pages(query, contract.c.contract_id_key, contract.c.oid):
            found = [(row.oid, gap) for row in page if row.is_booked for gap in self._of_contract(row)]
            named = self._customers_of([oid for oid, _ in found])
            for oid, gap in found:
                account_id, name = named.get(oid, (None, None))
                yield replace(gap, account_id=account_id, account_name=name)
            self._step(len(page))

    def _of_contract(self, row: Row[Any]) -> Iterator[Gap]:
        takers = self._takers.get(row.label_key, ())
        if not takers:
            label = (row.private_label or "").strip() or None
            yield Gap(Lack.UNMAPPED_LABEL, None, contract_id=row.contract_id, detail=label)
        self.contracts.update(takers)
        place = _place(row.bill_to) if row.bill_to else _Place()
        if takers and not comparable(place.postal_code, place.country):
            detail = (place.postal_code or "").strip() or None
            for site in takers:
                yield Gap(Lack.NO_POSTAL_CODE, site, contract_id=row.contract_id, detail=detail)

    def _customers_of(self, oids: list[int]) -> dict[int, tuple[str, str]]:
        """The Customer of each contract; of several, one."""
        if not oids:
            return {}
        query = (
            select(role.c.contract_oid, account.c.account_id, account.c.name)
            .join(account, account.c.oid == role.c.account_oid)
            .where(role.c.contract_oid.in_(oids), role.c.role_type == CUSTOMER)
            .order_by(role.c.contract_oid, account.c.oid.desc())
        )
        return {oid: (account_id, name) for oid, account_id, name in self._connection.execute(query)}

    def _without_email(self, hashes: list[array[int]]) -> Iterator[Gap]:
        """Customers without an address; of the others, each address's hash goes into `hashes`."""
        for page in self._customers(None):
            without = [row.oid for row, sites, addresses in page if sites and not addresses]
            billed = self._billed(without)
            for row, sites, addresses in page:
                self.customers.update(sites)
                for key in map(hash, addresses if sites else ()):
                    hashes[key % BUCKETS].append(key)
                for site in sites:
                    if not addresses and site not in billed[row.oid]:
                        yield Gap(Lack.NO_EMAIL, site, row.account_id, row.name)
            self._step(len(page))

    def _with_shared_email(self, repeated: frozenset[int]) -> Iterator[Gap]:
        """Customers who share an address with others of their site: found by a second walk, for memory's sake."""
        sharers: dict[tuple[str, str], _Sharers] = defaultdict(_Sharers)
        if repeated:
            for page in self._customers(repeated):
                for row, sites, addresses in page:
                    for key in ((site, address) for site in sites for address in addresses):
                        if hash(key[1]) in repeated:
                            one = sharers[key]
                            one.count += 1
                            if len(one.first) <= OTHERS_SHOWN:
                                one.first.append(f"{row.account_id}\0{row.name}")
                self._step(len(page))
        for (site, address), one in sorted(sharers.items()):
            if one.count > 1:
                ids = [text.partition("\0")[0] for text in one.first]
                first_id, _, name = one.first[0].partition("\0")
                yield Gap(
                    Lack.SHARED_EMAIL,
                    site,
                    first_id,
                    name,
                    detail=address,
                    others=tuple(ids[1 : OTHERS_SHOWN + 1]),
                    shared_by=one.count,
                )

    def _customers(
        self, repeated: frozenset[int] | None
    ) -> Iterator[list[tuple[Row[Any], list[str], frozenset[str]]]]:
        """Accounts with the sites on which they are Customer of a booked contract, and their usable addresses.

        With `repeated`, those whose address has such a hash are enough: of the others no site is looked for.
        """
        query = select(
            account.c.oid,
            account.c.account_id,
            account.c.account_id_key,
            account.c.name,
            account.c.email,
            account.c.email_key,
        )
        for page in self._pages(query, account.c.account_id_key, account.c.oid):
            addresses = self._addresses(page)
            oids = [
                row.oid
                for row in page
                if repeated is None or not repeated.isdisjoint(map(hash, addresses[row.oid]))
            ]
            sites = self._sites(oids)
            yield [(row, sorted(sites[row.oid]), frozenset(addresses[row.oid])) for row in page]

    def _sites(self, oids: list[int]) -> dict[int, set[str]]:
        query = select(role.c.account_oid, contract.c.label_key).distinct()
        found: dict[int, set[str]] = defaultdict(set)
        for oid, key in self._connection.execute(_booked_of(query, oids)).all() if oids else ():
            found[oid].update(self._takers.get(key, ()))
        return found

    def _addresses(self, page: list[Row[Any]]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for row in page:
            found[row.oid].update(self._usable(row.email, row.email_key))
        oids = [row.oid for row in page]
        query = select(contact.c.account_oid, contact.c.email, contact.c.email_key)
        of_page = query.where(contact.c.account_oid.in_(oids))
        for oid, email, key in self._connection.execute(of_page).all():
            found[oid].update(self._usable(email, key))
        return found

    def _usable(self, email: str | None, key: str) -> list[str]:
        """A field's addresses; `key` holds them ready. In 2025 a field of several is none (decision 0011)."""
        if self._edition is Edition.E2025 and BETWEEN.search(email or ""):
            return []
        return key.split()

    def _billed(self, oids: list[int]) -> dict[int, set[str]]:
        """The sites on which one of the account's contracts has a Bill-To email, which counts in 2026 only."""
        found: dict[int, set[str]] = defaultdict(set)
        if self._edition is Edition.E2025 or not oids:
            return found
        query = select(role.c.account_oid, contract.c.label_key, contract.c.bill_to)
        for row in self._connection.execute(_booked_of(query, oids)):
            if row.bill_to and usable_addresses(_place(row.bill_to).email):
                found[row.account_oid].update(self._takers.get(row.label_key, ()))
        return found

    def _pages(self, query: Select[Any], key: Column[Any], oid: Column[Any]) -> Iterator[list[Row[Any]]]:
        last: Row[Any] | None = None
        ordered = query.order_by(key, oid).limit(PAGE)
        while True:
            page = ordered
            if last is not None:
                at = last._mapping[key]
                page = ordered.where(and_(key >= at, or_(key > at, oid > last.oid)))
            rows = list(self._connection.execute(page).all())
            if rows:
                yield rows
            if len(rows) < PAGE:
                return
            last = rows[-1]


def _booked_of(query: Select[Any], oids: list[int]) -> Select[Any]:
    """The booked contracts of which those accounts are Customer."""
    return query.join(contract, contract.c.oid == role.c.contract_oid).where(
        role.c.account_oid.in_(oids), role.c.role_type == CUSTOMER, contract.c.is_booked
    )


def _repeated(hashes: list[array[int]]) -> frozenset[int]:
    """The hashes that stand there more than once; sorted in parts, because numbers in a list need five times the room."""
    return frozenset(
        one for part in hashes for one, after in itertools.pairwise(sorted(part)) if one == after
    )
