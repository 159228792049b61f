"""Report, list, viewers and explanation are four questions to one rule: they never disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from portal_admin.domain.access import area_of, hidden_reasons
from portal_admin.domain.people import Status
from portal_admin.domain.records import Account, Contract, Role
from portal_admin.models import account_link
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.services import access, links, sites
from portal_admin.services.desk import Desk
from portal_admin.services.people import find_user
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site
from tests.fixtures.database import Databases
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling
from tests.services.filled import (
    FRESH,
    add_account,
    add_contract,
    add_site,
    add_user,
    empty,
    set_confirmed,
    set_setting,
)

LABELS = ["RED", "Blue "]


@dataclass(frozen=True)
class World:
    sites: tuple[tuple[tuple[str, ...], bool], ...]
    users: tuple[tuple[int, int, Status, tuple[int, ...]], ...]
    accounts: tuple[int, ...]
    contracts: tuple[Contract, ...]
    admitted: str


OIDS = st.integers(1, 4)
roles = st.lists(st.builds(Role, OIDS, st.sampled_from(["Customer", "Guarantor", "Broker"])), max_size=3).map(
    tuple
)
contracts = st.lists(
    st.builds(
        # Numbers repeat, and differ in case alone: both happen in ASPIRE.
        lambda number, booked, ended, label, parties: (number, booked, ended, label, parties),
        st.sampled_from(["0012", "12", "ab-1", "AB-1", "é", "Z"]),
        st.sampled_from([True, True, True, False]),
        st.booleans(),
        st.sampled_from([None, "  ", "RED", "red ", "blue", "GREEN"]),
        roles,
    ),
    max_size=8,
).map(
    lambda rows: tuple(
        Contract(oid, number, booked, ended, parties, label)
        for oid, (number, booked, ended, label, parties) in enumerate(rows, 100)
    )
)
worlds = st.builds(
    World,
    st.lists(
        st.tuples(st.lists(st.sampled_from(LABELS), unique=True).map(tuple), st.booleans()),
        min_size=1,
        max_size=2,
    ).map(tuple),
    st.lists(
        st.tuples(
            st.integers(0, 1),
            st.integers(0, 3),
            st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.PENDING, Status.INACTIVE]),
            st.sets(OIDS, min_size=1).map(lambda oids: tuple(sorted(oids))),
        ),
        max_size=4,
        unique_by=lambda user: user[:2],
    ).map(tuple),
    # An account may be linked, and even be a party, though the snapshot does not hold it.
    st.sets(OIDS).map(lambda oids: tuple(sorted(oids))),
    contracts,
    st.sampled_from(["Customer,Guarantor", "Customer", "Customer, Guarantor"]),
)


@pytest.fixture(scope="module")
def shared(databases: Databases) -> Iterator[Desk]:
    """One database for all examples, emptied before each."""
    url = databases.fresh()
    engine = open_engine(url)
    yield Desk(engine=engine, aspire=None, clock=lambda: NOW, operator="tester")
    engine.dispose()
    databases.give_back(url)


def build(engine: Engine, world: World) -> list[tuple[str, str]]:
    """The world in the database; returns (site, email) of its users."""
    people = []
    with writing(engine) as connection:
        empty(connection)
        ids = [
            add_site(connection, f"S{n}", labels, unlabelled=blank)
            for n, (labels, blank) in enumerate(world.sites)
        ]
        for n, number, status, linked in world.users:
            where = n % len(ids)
            email = f"u{number}{n}@x.example"
            add_user(connection, ids[where], email, [(oid, f"A-{oid}") for oid in linked], status=status)
            people.append((f"S{where}", email))
        for oid in world.accounts:
            add_account(connection, Account(oid, f"A-{oid}", f"Name {oid}"))
        for found in world.contracts:
            add_contract(connection, found)
        set_confirmed(connection, FRESH)
        set_setting(connection, "admitted_roles", world.admitted)
    return people


Row = tuple[str, str, str, str, tuple[Any, ...]]


def reported(desk: Desk, *, include_inactive: bool) -> list[Row]:
    found = access.report(desk, include_inactive=include_inactive)
    return [(s.site, s.email, s.contract_id, s.area, s.via) for s in found.sights]


def pure_rows(
    desk: Desk, people: list[tuple[str, str]], world: World
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """By the pure rule: contract id and area of what each user sees once Active."""
    found = {}
    with reading(desk.engine) as connection:
        policy = read_settings(connection)
        for key, email in people:
            on = find_site(connection, key)
            linked = [a.oid for a in find_user(connection, on, email).accounts]
            found[key, email] = sorted(
                (c.contract_id, area_of(c))
                for c in world.contracts
                if not hidden_reasons(c, accounts=linked, site=on, settings=policy)
            )
    return found


properties = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@properties
@given(world=worlds)
def test_that_report_list_viewers_and_explanation_never_disagree(shared: Desk, world: World) -> None:
    people = build(shared.engine, world)
    expected = pure_rows(shared, people, world)
    every = reported(shared, include_inactive=True)
    status = {
        (f"S{n % len(world.sites)}", f"u{number}{n}@x.example"): found for n, number, found, _ in world.users
    }
    active = {who for who, found in status.items() if found is Status.ACTIVE}

    assert every == sorted(every, key=lambda row: row[:3])
    assert reported(shared, include_inactive=False) == [row for row in every if row[:2] in active]
    numbers = sorted({c.contract_id for c in world.contracts} | {"unknown"})
    for key, email in people:
        mine = [row for row in every if row[:2] == (key, email)]
        listed = access.contracts(shared, site=key, email=email)
        assert sorted((row[2], row[3]) for row in mine) == expected[key, email]
        assert [(line.contract_id, line.area, line.via) for line in listed.lines] == [row[2:] for row in mine]
        hidden = {one.contract_id for one in listed.hidden}
        linked_to = {
            c.contract_id
            for c in world.contracts
            if {role.account_oid for role in c.roles} & {a.oid for a in listed.user.accounts}
        }
        assert hidden | {row[2] for row in mine} == linked_to
        for number in numbers:
            told = access.explain(shared, site=key, email=email, contract_id=number)
            same = [row for row in mine if row[2].casefold() == number.casefold()]
            others = {check.name for check in told.failed}
            if (key, email) in active:
                stored = any(c.contract_id.casefold() == number.casefold() for c in world.contracts)
                assert told.verdict == ("visible" if same else "not_visible" if stored else "cannot_tell")
                assert told.area in ({row[3] for row in same} or {None})
            else:
                assert told.verdict == "not_visible"
                assert ("user_active" in others, bool(others - {"user_active"})) == (
                    True,
                    not same and number != "unknown",
                )
    for number in numbers:
        if number == "unknown":
            continue
        viewers = access.who(shared, contract_id=number.lower()).sights
        rows = [(s.site, s.email, s.contract_id, s.area, s.via) for s in viewers]
        assert rows == [row for row in every if row[2].casefold() == number.casefold()]


@properties
@given(world=worlds, chosen=st.sets(OIDS, min_size=1), adding=st.booleans())
def test_that_a_preview_of_links_is_what_really_changes(
    shared: Desk, world: World, chosen: set[int], adding: bool
) -> None:
    for key, email in build(shared.engine, world)[:1]:
        before = access.contracts(shared, site=key, email=email)
        linked = {a.oid for a in before.user.accounts}
        add = sorted(oid for oid in chosen - linked if oid in world.accounts) if adding else []
        remove = [] if adding else sorted(chosen & linked)
        shown = links.preview(
            shared, site=key, email=email, add=[f"A-{o}" for o in add], remove=[f"A-{o}" for o in remove]
        )
        with filling(shared.engine) as connection:
            if add:
                new = [Account(oid, f"A-{oid}", "") for oid in add]
                links.insert_links(connection, shared, before.user.id, new)
            connection.execute(
                delete(account_link).where(
                    account_link.c.user_id == before.user.id, account_link.c.account_oid.in_(remove)
                )
            )
        after = access.contracts(shared, site=key, email=email)
        was = {line.contract_oid: (line.contract_id, line.area) for line in before.lines}
        now = {line.contract_oid: (line.contract_id, line.area) for line in after.lines}
        gained = sorted(line for oid, line in now.items() if oid not in was)
        lost = sorted(line for oid, line in was.items() if oid not in now)
        assert sorted((p.contract_id, p.area) for p in shown.gained) == gained
        assert sorted((p.contract_id, p.area) for p in shown.lost) == lost
        assert not lost or not adding
        touched = {c.oid for c in world.contracts if {r.account_oid for r in c.roles} & set(add)}
        stays = sorted(c.contract_id for c in world.contracts if c.oid in touched and c.oid not in now)
        assert sorted(h.contract_id for h in shown.hidden) == stays


@properties
@given(
    world=worlds, labels=st.lists(st.sampled_from(["red", "BLUE", "green"]), unique=True), blank=st.booleans()
)
def test_that_a_preview_of_labels_is_what_really_changes(
    shared: Desk, world: World, labels: list[str], blank: bool
) -> None:
    # A sight tells no oid, so each contract has a number of its own here.
    build(
        shared.engine,
        replace(world, contracts=tuple(replace(c, contract_id=f"C{c.oid}") for c in world.contracts)),
    )

    def seen() -> set[Row]:
        return {row for row in reported(shared, include_inactive=True) if row[0] == "S0"}

    was, elsewhere = seen(), [r for r in reported(shared, include_inactive=True) if r[0] != "S0"]
    shown = sites.preview_labels(shared, key="s0", labels=labels, unlabelled=blank)
    assert seen() == was
    done = sites.set_labels(shared, key="S0", labels=labels, unlabelled=blank)
    now = seen()
    for change in (shown, done):
        assert {(s.site, s.email, s.contract_id, s.area, s.via) for s in change.gained} == now - was
        assert {(s.site, s.email, s.contract_id, s.area, s.via) for s in change.lost} == was - now
    assert [r for r in reported(shared, include_inactive=True) if r[0] != "S0"] == elsewhere


def test_that_the_report_closes_its_connection_when_it_is_read_to_the_end(shared: Desk) -> None:
    with writing(shared.engine) as connection:
        empty(connection)
    assert reported(shared, include_inactive=True) == []
    assert shared.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
