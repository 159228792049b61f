"""Many processes write to one database at once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from sqlalchemy import select

from portal_admin.models import audit_event
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import audit_trail
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.fixtures.database import Databases
from tests.services.filled import add_site, add_user
from tests.soak.crowd import ACCOUNT, EXTRA, SHARED, Tally, own_address, write_at_once
from tests.soak.files import require_sound
from tests.soak.ledger import SITE, read_ledger
from tests.soak.processes import CONTEXT, workers

CROWDS = [(8, 25), pytest.param((16, 500), marks=pytest.mark.soak)]
VERIFIED = "caller.verify"
VERSIONLESS = ("user.create", VERIFIED)
COUNTED = ("first_name", "last_name", "status", "accounts")


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("crowd", CROWDS, ids=["reduced", "full"])
def test_that_no_change_is_lost_when_many_write_at_once(
    crowd: tuple[int, int], desk: Desk, databases: Databases, database_url: str, sandbox: Sandbox
) -> None:
    writers, operations = crowd
    sync(desk)
    with writing(desk.engine) as connection:
        main = add_site(connection, SITE, unlabelled=True)
        for email in SHARED:
            add_user(connection, main, email, [(1, ACCOUNT), (2, EXTRA)], first="0", last="Shared")
        for number in range(writers):
            add_user(connection, main, own_address(number), [(1, ACCOUNT), (2, EXTRA)])
    desk.engine.dispose()
    before = read_ledger(desk.engine)
    desk.engine.dispose()

    together = CONTEXT.Barrier(writers)
    given = (
        (databases.logged_in(database_url, f"writer{number}"), sandbox.url, number, operations, together)
        for number in range(writers)
    )
    with workers(write_at_once, *given) as crowd_at_work:
        tallies: list[Tally] = [worker.reader.recv() for worker in crowd_at_work]
    if desk.engine.dialect.name == "sqlite":
        require_sound(database_url)
    verified = audit_trail.verify(desk)
    assert verified is not None
    assert (verified.broken, verified.lines) == (None, sum(len(tally.done) for tally in tallies))
    desk.engine.dispose()

    done = Counter(line for tally in tallies for line in tally.done)
    engine = open_engine(database_url)
    after = read_ledger(engine)
    with reading(engine) as connection:
        lines = connection.execute(select(audit_event).order_by(audit_event.c.id)).all()
    engine.dispose()
    # Each operation that was reported done has its one line, and no line is of an operation that was not.
    assert Counter(after.audit) == done
    changes = Counter(email for action, email in done.elements() if action not in VERSIONLESS)
    for email, user in after.users.items():
        assert user.version == 1 + changes[email], email
        assert user.accounts
    for email in SHARED:
        assert int(after.users[email].first) == done["user.edit", email]
    for email in before.users.keys() | after.users.keys():
        states = [
            (line.before, line.after) for line in lines if line.subject == email and line.action != VERIFIED
        ]
        for (_, left), (found, _) in pairwise(states):
            for name in found.keys() & left.keys() & {*COUNTED}:
                assert found[name] == left[name], "a change built on what somebody else had replaced"
    assert [sentence for tally in tallies for sentence in tally.busy] == []
    warnings = [sentence for tally in tallies for sentence in tally.warnings]
    print(
        f"{writers} writers, {done.total()} audit lines, {sum(t.conflicts for t in tallies)} conflicts, "
        f"{sum(t.refused for t in tallies)} refused, {len(warnings)} warnings: {warnings[:2]}"
    )
