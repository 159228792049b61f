"""Page n of the user list beside page 1."""

from __future__ import annotations

import statistics

from benchmarks.database import filled
from benchmarks.measure import Measurement, alternating, seconds
from portal_admin.services.user_list import UserList, UserQuery

PAGE = 128


def run(small: bool) -> list[Measurement]:
    """Last page beside first page, and the ranking itself beside a plain count of the same rows."""
    users = 5_000 if small else 1_000_000
    with filled(users=users, accounts=users // 2, contracts=1_000) as desk:
        listing = UserList(desk)
        ranking = listing.rank(UserQuery(sort="name"))
        last, first = alternating(
            lambda: listing.page(ranking.token, ranking.count - PAGE, PAGE),
            lambda: listing.page(ranking.token, 0, PAGE),
            runs=21,
        )
        ranked = statistics.median(seconds(lambda: listing.rank(UserQuery(sort="name"))) for _ in range(5))
        listing.close()
    note = f"{users:,} users"
    return [
        Measurement("last page of the user list beside page 1", last * 1000, first * 1000, "ms", 1.5, note),
        Measurement("ranking all users by name, once for each sort", ranked * 1000, None, "ms", 500, note),
    ]
