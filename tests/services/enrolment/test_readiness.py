"""Who could not enrol: every kind of gap, on every site, as lists, counts and files."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, insert, update

from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.domain.verdict import Edition
from portal_admin.errors import InvalidInput, NotFound
from portal_admin.models import aspire_account, aspire_contract_role, sync_state
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment import gaps
from portal_admin.services.enrolment.readiness import Readiness, export_gaps, stream, survey
from tests.services.filled import STALE, add_site, audit_rows

E2025 = Edition.E2025


def found(desk: Desk, lack: Lack, **wanted: Any) -> list[Gap]:
    return [gap for gap in stream(desk, **wanted).gaps if gap.lack is lack]


def surveyed(desk: Desk, **wanted: Any) -> Readiness:
    answer = survey(desk, **wanted)
    assert answer is not None
    return answer


@pytest.mark.databases("sqlite")
def test_that_customers_without_an_address_are_found(enrolment: Desk) -> None:
    assert [(gap.site, gap.account_id, gap.account_name) for gap in found(enrolment, Lack.NO_EMAIL)] == [
        # Its email field holds separators alone, and its contract has no Bill-To email.
        ("MAIN", "A-020", "Bare Fields LLC")
    ]


@pytest.mark.databases("sqlite")
def test_that_2025_knows_neither_fields_of_several_addresses_nor_the_bill_to(enrolment: Desk) -> None:
    old = {gap.account_id for gap in found(enrolment, Lack.NO_EMAIL, edition=E2025)}
    # Québec's customer has a Bill-To email only, two@twin's stands in a field with another.
    assert old == {"A-020", "A-022", "0013"}
    assert "A-001" not in old  # whose contact has one alone


def test_that_several_customers_of_a_site_on_one_address_are_found(enrolment: Desk) -> None:
    (gap,) = found(enrolment, Lack.SHARED_EMAIL)
    assert (gap.site, gap.account_id, gap.detail) == ("MAIN", "A-021", "shared@twin.example")
    assert (gap.others, gap.shared_by) == (("A-022",), 2)
    assert found(enrolment, Lack.SHARED_EMAIL, edition=E2025) == []


@pytest.mark.databases("sqlite")
def test_that_many_on_one_address_are_counted_and_the_first_named(enrolment: Desk) -> None:
    with writing(enrolment.engine) as connection:
        everybody = update(aspire_account).values(email="one@all.example", email_key="one@all.example")
        connection.execute(everybody)
    ((gap),) = [
        one
        for one in found(enrolment, Lack.SHARED_EMAIL)
        if one.detail == "one@all.example" and one.site == "MAIN"
    ]
    on_main = surveyed(enrolment).customers["MAIN"]
    assert (gap.shared_by, len(gap.others)) == (on_main, 5)


@pytest.mark.databases("sqlite")
def test_that_contracts_without_a_usable_billing_postal_code_are_found(enrolment: Desk) -> None:
    missing = [
        (gap.site, gap.contract_id, gap.account_id, gap.detail)
        for gap in found(enrolment, Lack.NO_POSTAL_CODE)
    ]
    assert missing == [("MAIN", "0200-0001", "A-020", None), ("MAIN", "0210-0001", "A-021", "681")]


@pytest.mark.databases("sqlite")
def test_that_labels_of_no_site_are_found_once_for_all_sites(enrolment: Desk) -> None:
    unmapped = found(enrolment, Lack.UNMAPPED_LABEL)
    assert [(gap.site, gap.contract_id, gap.detail) for gap in unmapped] == [
        (None, "0012-0048", "LEGACY"),
        (None, "0070-0001", "LEGACY"),
        (None, "0080-0001", "EASTERN"),
        (None, "0110-0002", "EASTERN"),
    ]
    with writing(enrolment.engine) as connection:
        add_site(connection, "EAST", ["eastern "])
    assert {gap.detail for gap in found(enrolment, Lack.UNMAPPED_LABEL)} == {"LEGACY"}


def test_that_counts_are_those_of_the_lists(enrolment: Desk) -> None:
    answer = surveyed(enrolment)
    listed = list(stream(enrolment).gaps)
    for lack in Lack:
        assert answer.count(lack) == sum(gap.lack is lack for gap in listed)
    assert list(answer.shown) == listed
    assert answer.sites == ("MAIN", "PRAIRIE")
    # Booked contracts by label, and who is Customer on one: closed ones count, a guarantor and a broker do not.
    assert answer.contracts == {"MAIN": 12, "PRAIRIE": 3}
    assert answer.customers == {"MAIN": 8, "PRAIRIE": 3}
    assert (answer.edition, answer.freshness.stale) == (Edition.E2026, False)


@pytest.mark.databases("sqlite")
def test_that_a_site_sees_its_own_gaps_and_what_no_site_takes(enrolment: Desk) -> None:
    answer = surveyed(enrolment, site="prairie")
    assert answer.sites == ("PRAIRIE",)
    assert {gap.site for gap in answer.shown} == {None}
    only = surveyed(enrolment, lack=Lack.NO_EMAIL)
    assert {gap.lack for gap in only.shown} == {Lack.NO_EMAIL}
    with pytest.raises(NotFound):
        survey(enrolment, site="NONE")


@pytest.mark.databases("sqlite")
def test_that_a_list_is_short_and_its_count_whole(enrolment: Desk) -> None:
    answer = surveyed(enrolment, shown_at_most=1)
    assert answer.count(Lack.UNMAPPED_LABEL) == 4
    assert sum(gap.lack is Lack.UNMAPPED_LABEL for gap in answer.shown) == 1


def test_that_pages_leave_nobody_out_and_count_nobody_twice(
    enrolment: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(stream(enrolment).gaps)
    for size in (1, 2, 3):
        monkeypatch.setattr(gaps, "PAGE", size)
        assert list(stream(enrolment).gaps) == whole


@pytest.mark.databases("sqlite")
def test_that_progress_ends_at_the_whole_and_a_cancelled_walk_tells_nothing(
    enrolment: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gaps, "PAGE", 2)
    steps: list[tuple[int, int]] = []
    surveyed(enrolment, progress=lambda done, whole: steps.append((done, whole)))
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] > 0
    assert survey(enrolment, cancelled=lambda: True) is None
    path = tmp_path / "gaps.csv"
    assert export_gaps(enrolment, path=path, cancelled=lambda: True) is None
    assert list(tmp_path.iterdir()) == []
    assert audit_rows(enrolment.engine) == []


@pytest.mark.databases("sqlite")
def test_that_an_old_copy_is_told_as_such(enrolment: Desk) -> None:
    with writing(enrolment.engine) as connection:
        connection.execute(update(sync_state).values(confirmed_at=STALE))
    assert surveyed(enrolment).freshness.stale
    assert stream(enrolment).freshness.stale


def rows_of(path: Path) -> list[list[Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    sheet = load_workbook(path).active
    assert sheet is not None
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("form", [".csv", ".xlsx"])
@pytest.mark.databases("sqlite")
def test_that_all_of_it_is_written_to_a_file_with_its_audit_line(
    enrolment: Desk, tmp_path: Path, form: str
) -> None:
    with writing(enrolment.engine) as connection:
        bad = {"name": "=cmd|' /C calc'!A0", "name_key": "x"}
        connection.execute(update(aspire_account).where(aspire_account.c.account_id == "A-020").values(**bad))
    path = tmp_path / f"gaps{form}"
    assert export_gaps(enrolment, path=path) == 8
    heading, *rows = rows_of(path)
    assert heading[:5] == ["Missing", "Site", "Account", "Account name", "Contract"]
    assert len(rows) == 8
    (bare,) = [row for row in rows if row[0] == "No usable email"]
    assert bare[2] == "A-020"
    assert bare[3] == ("'" if form == ".csv" else "") + "=cmd|' /C calc'!A0"
    (line,) = audit_rows(enrolment.engine)
    assert (line.action, line.subject) == ("enrollment.export", path.name)
    assert line.after == {"site": None, "kind": None, "edition": "2026", "rows": 8}
    with pytest.raises(InvalidInput):
        export_gaps(enrolment, path=path)


def add_accounts(engine: Engine, first: int, after: int) -> None:
    rows = [
        {
            "oid": oid,
            "account_id": f"Z-{oid}",
            "account_id_key": f"z-{oid}",
            "name": f"Account {oid} " + "x" * 100,
            "name_key": f"account {oid}",
            "email": f"a{oid}@z.example",
            "email_key": f"a{oid}@z.example",
            "sound_keys": "",
            "fingerprint": 0,
            "seen": 0,
        }
        for oid in range(first, after)
    ]
    roles = [{"contract_oid": 10, "account_oid": row["oid"], "role_type": "Customer"} for row in rows]
    with writing(engine) as connection:
        connection.execute(insert(aspire_account), rows)
        connection.execute(insert(aspire_contract_role), roles)


def most_memory(desk: Desk) -> int:
    surveyed(desk)
    tracemalloc.start()
    surveyed(desk)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.databases("sqlite")
def test_that_memory_does_not_grow_with_the_portfolio(
    enrolment: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "PAGE", 200)
    add_accounts(enrolment.engine, 1000, 1500)
    few = most_memory(enrolment)
    add_accounts(enrolment.engine, 1500, 4000)
    # Many customers more; of each address eight bytes are kept.
    assert most_memory(enrolment) < few + 200_000
