"""The window's list of end users while other desks write."""

from __future__ import annotations

import pytest

from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.user_list import SORTS, UserList, UserQuery
from tests.services.filled import add_site, add_user
from tests.soak.crowd import TWINS, twin_address, write_until_told
from tests.soak.ledger import SITE
from tests.soak.processes import CONTEXT, workers

PAGE = 128
# Rankings read to their end, and what each of two writers writes meanwhile at least.
SIZES = [(10, 25), pytest.param((500, 2500), marks=pytest.mark.soak)]


@pytest.mark.parametrize("size", SIZES, ids=["reduced", "full"])
def test_that_pages_hold_every_user_once_and_whole_while_others_write(
    size: tuple[int, int], desk: Desk, database_url: str, sandbox: Sandbox
) -> None:
    rankings, writes = size
    with writing(desk.engine) as connection:
        main = add_site(connection, SITE, unlabelled=True)
        for number in range(TWINS):
            add_user(connection, main, twin_address(number), [(1, "A-001")], first="V1", last="V1")
    everybody = {twin_address(number) for number in range(TWINS)}
    listing = UserList(desk)
    enough = CONTEXT.Event()
    given = ((database_url, sandbox.url, number, writes, enough) for number in range(2))
    with workers(write_until_told, *given) as writers:
        for writer in writers:
            assert writer.listen()
        for turn in range(rankings):
            query = UserQuery(site=SITE, sort=list(SORTS)[turn % len(SORTS)], descending=bool(turn % 2))
            ranking = listing.rank(query)
            assert ranking.count == TWINS
            pages = [listing.page(ranking.token, start, PAGE) for start in range(0, TWINS, PAGE)]
            assert [len(page) for page in pages] == [PAGE, PAGE, TWINS - 2 * PAGE]
            users = [user for page in pages for user in page]
            assert {user.email for user in users} == everybody
            assert all(user.accounts for user in users)
            # Each row is of one moment, not half before a change and half after it.
            assert all(user.first_name == user.last_name == f"V{user.version}" for user in users)
            place = turn * 37 % TWINS
            assert listing.rank_of(ranking.token, site_key=SITE, email=users[place].email) == place
            for writer in writers:
                assert writer.listen(), "a writer ended before it was told"
        enough.set()
        assert [writer.finish() for writer in writers] == [0, 0]
    listing.close()
    print(f"{rankings} rankings while {sum(len(writer.said) for writer in writers)} changes were written")
