"""`kill -9` amid an import: the same file imported again completes it, each row's effect exactly once."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, select

from portal_admin.models import account_link, audit_event, end_user, import_batch, import_row, mail_outbox
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.services.filled import add_site
from tests.soak.files import require_sound
from tests.soak.importing import bring_in, import_all
from tests.soak.ledger import SITE
from tests.soak.processes import workers
from tests.soak.writing import open_desk_at

CYCLES = [8, pytest.param(200, marks=pytest.mark.soak)]
MOST_STEPS = 130
PEOPLE = 8
RESULTS = ["created"] * PEOPLE + ["changed"] * PEOPLE + ["unchanged"]
NOTHING_NEW = ["unchanged"] * len(RESULTS)


def file_of(cycle: int) -> bytes:
    """New people, then for each of them one link more, then nothing new."""
    made = [f"p{n}@c{cycle}.example,P,N{n},A-001" for n in range(PEOPLE)]
    more = [f"p{n}@c{cycle}.example,,,A-003" for n in range(PEOPLE)]
    last = [f"p0@c{cycle}.example,P,N0,A-001;A-003"]
    return "\n".join(["Email,First name,Last name,Accounts", *made, *more, *last]).encode()


def written(engine: Engine, cycle: int) -> dict[str, Any]:
    """What is there of the people of one cycle."""
    mine = end_user.c.email.like(f"%@c{cycle}.example")
    lines = audit_event.c.subject.like(f"%@c{cycle}.example")
    with reading(engine) as connection:
        links = select(end_user.c.email, account_link.c.account_id).join_from(account_link, end_user)
        batch = select(import_batch.c.id).order_by(import_batch.c.id.desc()).limit(1).scalar_subquery()
        rows = select(import_row.c.result).where(import_row.c.batch_id == batch).order_by(import_row.c.row)
        return {
            "links": Counter(tuple(row) for row in connection.execute(links.where(mine))),
            "mails": Counter(
                connection.execute(
                    select(end_user.c.email).join_from(mail_outbox, end_user).where(mine)
                ).scalars()
            ),
            "created": Counter(
                connection.execute(
                    select(audit_event.c.subject).where(lines, audit_event.c.action == "user.create")
                ).scalars()
            ),
            "results": connection.execute(rows).scalars().all(),
        }


@pytest.mark.parametrize("cycles", CYCLES, ids=["reduced", "full"])
def test_that_an_import_killed_anywhere_is_completed_with_each_row_once(
    cycles: int, desk: Desk, database_url: str, sandbox: Sandbox
) -> None:
    sync(desk)
    with writing(desk.engine) as connection:
        add_site(connection, SITE, unlabelled=True)
    desk.engine.dispose()
    chance = random.Random(17)
    unfinished = 0
    for cycle in range(cycles):
        all_or_nothing = cycle % 4 == 3
        data = file_of(cycle)
        with workers(bring_in, (database_url, sandbox.url, data, all_or_nothing)) as (worker,):
            worker.reach(chance.randint(1, MOST_STEPS))
            worker.kill()
        unfinished += not worker.said
        require_sound(database_url)
        # At another desk, which knows of the killed one only what the database says.
        with open_desk_at(database_url, sandbox.url, "soak") as other:
            outcome = import_all(other, data, all_or_nothing=all_or_nothing)
        results = [row.result.value for row in outcome.rows]
        # One that was done before it was killed, acknowledged or not, is followed by an import of nothing new.
        assert results in (RESULTS, NOTHING_NEW)
        assert not worker.said or results == NOTHING_NEW
        engine = open_engine(database_url)
        found = written(engine, cycle)
        engine.dispose()
        people = [f"p{n}@c{cycle}.example" for n in range(PEOPLE)]
        assert found == {
            "links": Counter((email, account) for email in people for account in ("A-001", "A-003")),
            "mails": Counter(people),
            "created": Counter(people),
            "results": results,
        }
    assert unfinished > cycles // 2
    print(f"{cycles} imports, {unfinished} killed before their end")
