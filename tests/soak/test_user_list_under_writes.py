"""The window's list of end users while other desks write."""

from __future__ import annotations

from contextlib import closing

import pytest

from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.user_list import SORTS, UserList, UserQuery
from tests.services.filled import add_site, add_user
from tests.soak.crowd import ACCOUNT, EXTRA, USERS, address, is_of_one_moment, write_until_told
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
        for number in range(USERS):
            name = "Odd" if number % 2 else "V1"
            add_user(connection, main, address(number), [(1, ACCOUNT), (2, EXTRA)], first=name, last=name)
    everybody = {address(number) for number in range(USERS)}
    enough = CONTEXT.Event()
    given = ((database_url, sandbox.url, number, writes, enough) for number in range(2))
    with closing(UserList(desk)) as listing, workers(write_until_told, *given) as writers:
        for writer in writers:
            assert writer.listen()
        for turn in range(rankings):
            query = UserQuery(site=SITE, sort=list(SORTS)[turn % len(SORTS)], descending=bool(turn % 2))
            ranking = listing.rank(query)
            assert ranking.count == USERS
            pages = [listing.page(ranking.token, start, PAGE) for start in range(0, USERS, PAGE)]
            assert [len(page) for page in pages] == [PAGE, PAGE, USERS - 2 * PAGE]
            users = [user for page in pages for user in page]
            assert {user.email for user in users} == everybody
            # Not half before a change and half after it.
            assert all(is_of_one_moment(user) for user in users)
            place = turn * 37 % USERS
            assert listing.rank_of(ranking.token, site_key=SITE, email=users[place].email) == place
            for writer in writers:
                assert writer.listen(), "a writer ended before it was told"
        enough.set()
        assert [writer.finish() for writer in writers] == [0, 0]
    print(f"{rankings} rankings while {sum(len(writer.said) for writer in writers)} changes were written")
