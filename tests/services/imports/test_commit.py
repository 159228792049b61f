"""An import is worked off in whole pieces, by one desk at a time, each row exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from portal_admin.domain.imports import Options
from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.errors import InvalidInput, NotAllowed, NotFound, Refused
from portal_admin.models import end_user, import_batch, import_row
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, users
from portal_admin.services.desk import Desk
from portal_admin.services.imports import runner
from portal_admin.services.imports.batches import BatchStatus, list_batches, show_batch
from portal_admin.services.imports.commit import resume
from portal_admin.services.imports.undo import undo
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint
from tests.services.acting import mails
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows
from tests.services.imports.files import csv_source
from tests.services.imports.importing import plan, results, run, written

PEOPLE = [(f"p{n}@x.example", "P", f"N{n}", "A-001") for n in range(6)]
FILE = csv_source(*PEOPLE)


@pytest.fixture(autouse=True)
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", 2)
    monkeypatch.setattr("portal_admin.services.imports.looking.ROWS_AT_ONCE", 2)


def after(pieces: int) -> Callable[[], bool]:
    """Somebody who cancels after so many pieces."""
    answers = iter([False] * pieces)
    return lambda: next(answers, True)


def emails(desk: Desk) -> list[str]:
    with reading(desk.engine) as connection:
        query = select(end_user.c.email).where(end_user.c.email.like("p%@x.example"))
        return sorted(connection.execute(query).scalars())


def test_that_progress_is_told_and_the_outcome_is_kept(office: Desk) -> None:
    told: list[tuple[int, int]] = []
    outcome = run(office, FILE, progress=lambda done, whole: told.append((done, whole)))
    assert told[0] == (0, 6)
    assert told[-1] == (6, 6)
    assert sorted(told) == told
    assert outcome.complete
    assert show_batch(office, batch=1) == outcome
    (batch,) = list_batches(office)
    assert batch == outcome.batch
    assert (batch.status, batch.total, batch.counts.created, batch.runner) == (BatchStatus.DONE, 6, 6, None)
    assert (batch.site, batch.file_name, batch.created_by) == ("MAIN", "people.csv", "tester")


def test_that_a_cancelled_import_keeps_what_is_done_and_goes_on_at_another_desk(office: Desk) -> None:
    outcome = run(office, FILE, cancelled=after(2))
    assert (outcome.complete, outcome.batch.status, outcome.counts.read) == (False, "canceled", 4)
    assert results(outcome.rows) == ["created"] * 4
    assert len(emails(office)) == 4
    appoint(office.engine, "casey")
    other = replace(office, operator="tester")
    done = resume(other, batch=1)
    assert (done.complete, done.counts.created, done.batch.status) == (True, 6, "done")
    assert len(mails(office.engine)) == 6
    assert len({line.operation_id for line in audit_rows(office.engine)}) == 1


def test_that_the_same_file_goes_on_where_it_was_stopped_and_begins_anew_once_done(office: Desk) -> None:
    run(office, FILE, cancelled=after(1))
    done = run(office, FILE)
    assert (done.batch.id, done.counts.created, done.complete) == (1, 6, True)
    anew = run(office, FILE)
    assert (anew.batch.id, anew.counts.unchanged) == (2, 6)
    assert resume(office, batch=1).counts == done.counts


@pytest.mark.parametrize(
    ("site", "options"), [("PRAIRIE", Options()), ("MAIN", Options(mail=False))], ids=["site", "options"]
)
def test_that_another_site_or_other_options_make_another_import(
    office: Desk, site: str, options: Options
) -> None:
    run(office, FILE, cancelled=after(1))
    assert run(office, FILE, site=site, options=options).batch.id == 2


def test_that_two_desks_never_work_on_one_import(office: Desk) -> None:
    def meanwhile() -> bool:
        with pytest.raises(Refused) as refusal:
            resume(replace(office, operation=None), batch=1)
        assert refusal.value.rule == runner.RULE
        with pytest.raises(Refused, match="worked on already"):
            run(office, FILE)
        with pytest.raises(Refused, match="cancel it there"):
            undo(office, batch=1)
        assert list_batches(office)[0].runner is not None
        return False

    assert run(office, FILE, cancelled=meanwhile).counts.created == 6


def silent(desk: Desk, host: str, clock: Clock) -> None:
    """Another machine takes the turn and is heard of no more."""
    with writing(desk.engine) as connection:
        values = {
            "runner": f"{host}:1:abcdefgh",
            "runner_until": clock.now + runner.LASTS,
            "status": "running",
        }
        connection.execute(update(import_batch).values(values))


def test_that_a_desk_that_fell_silent_loses_its_turn_after_a_while(office: Desk, clock: Clock) -> None:
    run(office, FILE, cancelled=after(1))
    silent(office, "elsewhere", clock)
    with pytest.raises(Refused, match="elsewhere"):
        resume(office, batch=1)
    clock.now += runner.LASTS + timedelta(seconds=1)
    assert list_batches(office)[0].runner is None


def test_that_a_desk_whose_turn_was_taken_writes_nothing_more(office: Desk, clock: Clock) -> None:
    calls = iter([lambda: None, lambda: silent(office, "elsewhere", clock)])

    def overtaken() -> bool:
        next(calls, lambda: None)()
        return False

    with pytest.raises(Refused, match="another one goes on"):
        run(office, FILE, cancelled=overtaken)
    assert len(emails(office)) == 2
    assert list_batches(office)[0].runner == "elsewhere:1:abcdefgh"


def test_that_an_error_in_the_middle_leaves_whole_pieces_and_the_turn_to_others(office: Desk) -> None:
    calls = iter(range(9))

    def broken() -> bool:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        run(office, FILE, cancelled=broken)
    (batch,) = list_batches(office)
    assert (batch.status, batch.runner, batch.counts.read, len(emails(office))) == ("running", None, 4, 4)
    assert resume(office, batch=1).counts.created == 6


@pytest.fixture
def interrupted_commits(office: Desk) -> Iterator[list[int]]:
    """Commits, by their number, that fail as a server's do that breaks a transaction off."""
    failing: list[int] = []
    seen = iter(range(10_000))

    def fail(connection: Any) -> None:
        if next(seen) in failing:
            from portal_admin.errors import Interrupted

            connection.connection.driver_connection.rollback()
            raise Interrupted("The database broke it off.")

    event.listen(office.engine, "commit", fail)
    yield failing
    event.remove(office.engine, "commit", fail)


@pytest.mark.parametrize("commit", range(7))
def test_that_an_interrupted_transaction_is_done_again_and_each_row_counts_once(
    office: Desk, interrupted_commits: list[int], commit: int
) -> None:
    interrupted_commits.append(commit)
    outcome = run(office, FILE)
    assert (outcome.counts.created, outcome.complete, len(mails(office.engine))) == (6, True, 6)
    assert [line.action for line in audit_rows(office.engine)].count("user.create") == 6


def test_that_rows_are_judged_again_when_they_are_written(office: Desk) -> None:
    def meanwhile() -> bool:
        if "p5@x.example" not in emails(office):
            new = {"first_name": "P", "last_name": "N5", "account_ids": ["A-003"], "status": Status.ACTIVE}
            users.create_user(office, site="MAIN", email="p5@x.example", **new)  # type: ignore[arg-type]
        return False

    assert results(plan(office, FILE).rows) == ["created"] * 6
    outcome = run(office, FILE, cancelled=meanwhile)
    assert results(outcome.rows) == ["created"] * 5 + ["changed"]


def test_that_all_rows_or_none_are_imported(office: Desk) -> None:
    everything = Options(all_or_nothing=True)
    good = run(office, FILE, options=everything)
    assert (good.counts.created, good.complete) == (6, True)
    before = emails(office)
    bad = csv_source(
        ("q@x.example", "Q", "Q", "A-001"), (RUTH, "", "", "A-001"), ("r@x.example", "R", "R", "A-404")
    )
    planned = plan(office, bad, options=everything)
    outcome = run(office, bad, options=everything)
    assert results(planned.rows) == results(outcome.rows) == ["refused", "unchanged", "refused"]
    assert outcome.rows[0].reason == "All rows or none were asked for, and another row is refused."
    assert "A-404" in outcome.rows[2].reason
    assert (outcome.counts.read, outcome.batch.status) == (3, "done")
    assert emails(office) == before
    with pytest.raises(Refused, match="changed nothing"):
        undo(office, batch=2)


def test_that_all_or_nothing_meets_people_whom_earlier_pieces_created(office: Desk) -> None:
    rows = [*PEOPLE, ("p0@x.example", "", "", "A-003"), ("p0@x.example", "", "", "A-001")]
    outcome = run(office, csv_source(*rows), options=Options(all_or_nothing=True))
    assert results(outcome.rows) == ["created"] * 6 + ["changed", "unchanged"]
    undo(office, batch=1)
    assert emails(office) == []


@pytest.mark.parametrize("pieces", [0, 2, 4])
def test_that_all_or_nothing_cancelled_has_done_nothing(office: Desk, pieces: int) -> None:
    outcome = run(office, FILE, options=Options(all_or_nothing=True), cancelled=after(pieces))
    assert (outcome.complete, outcome.counts.read, emails(office)) == (False, 0, [])
    assert resume(office, batch=1).counts.created == 6


def test_that_a_file_without_rows_is_an_import_of_nothing(office: Desk) -> None:
    for options in (Options(), Options(all_or_nothing=True)):
        outcome = run(office, csv_source(), options=options)
        assert (outcome.complete, outcome.counts.read) == (True, 0)
        assert plan(office, csv_source(), options=options).counts.read == 0


def test_that_only_administrators_import(office: Desk) -> None:
    appoint(office.engine, "casey", Role.CSR)
    casey = replace(office, operator="casey")
    before = written(office.engine)
    for attempt in (
        lambda: run(casey, FILE),
        lambda: plan(casey, FILE),
        lambda: resume(casey, batch=1),
        lambda: undo(casey, batch=1),
    ):
        with pytest.raises(NotAllowed, match="Administrators"):
            attempt()
    assert written(office.engine) == before


def test_that_nobody_is_imported_inactive_nor_on_a_site_there_is_not(office: Desk) -> None:
    with pytest.raises(InvalidInput) as problem:
        run(office, FILE, options=Options(status=Status.INACTIVE))
    assert problem.value.field == "status"
    for attempt in (lambda: run(office, FILE, site="NO"), lambda: resume(office, batch=7)):
        with pytest.raises(NotFound):
            attempt()


def test_that_the_chain_of_the_audit_holds_and_every_row_has_one_result(office: Desk) -> None:
    run(office, FILE)
    with reading(office.engine) as connection:
        rows = connection.execute(select(import_row.c.result)).scalars().all()
        assert rows == ["created"] * 6
        assert audit.head(connection).id == len(audit_rows(office.engine)) == 8
