"""The access report as JSON Lines beside one hand-written SQL join that writes the same bytes."""

from __future__ import annotations

import io
import sqlite3
from contextlib import redirect_stderr, redirect_stdout
from itertools import groupby

import msgspec

from benchmarks.database import filled
from benchmarks.measure import Measurement, alternating
from portal_admin.cli.access import print_report_of
from portal_admin.cli.output import Output
from portal_admin.services import access
from portal_admin.services.desk import Desk

SQL = """
select s.key, u.email, c.contract_id, c.is_terminated, c.oid, l.account_id, r.role_type
from account_link l
join end_user u on u.id = l.user_id
join site s on s.id = u.site_id
join aspire_contract_role r on r.account_oid = l.account_oid
join aspire_contract c on c.oid = r.contract_oid
join site_private_label p on p.site_id = u.site_id and p.label_key = c.label_key
where c.is_booked = 1 and u.status = 'Active' and r.role_type in ('Customer', 'Guarantor')
order by s.key, u.email, c.contract_id, c.oid, l.account_id, r.role_type
"""


def ours(desk: Desk) -> bytes:
    """What `access report --json` prints."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        print_report_of(Output(json=True), access.report(desk), include_inactive=False)
        printed.flush()
    return printed.buffer.getvalue()


def by_hand(path: str) -> bytes:
    """The same with sqlite3 alone."""
    out = io.BytesIO()
    connection = sqlite3.connect(path)
    rows = connection.execute(SQL)
    for _, group in groupby(rows, key=lambda row: (row[0], row[1], row[4])):
        lines = list(group)
        site, email, contract_id, terminated = lines[0][:4]
        record = {
            "site": site,
            "email": email,
            "contract_id": contract_id,
            "area": "closed" if terminated else "open",
            "via": [{"account_id": line[5], "role": line[6]} for line in lines],
        }
        out.write(msgspec.json.encode(record) + b"\n")
    connection.close()
    return out.getvalue()


def run(small: bool) -> list[Measurement]:
    """Both must print the same bytes."""
    users = 5_000 if small else 200_000
    with filled(users=users, accounts=users * 5 // 2, contracts=users * 5) as desk:
        path = str(desk.engine.url.database)
        same = ours(desk)
        if same != by_hand(path):
            raise AssertionError("the reports differ")
        taken, reference = alternating(lambda: ours(desk), lambda: by_hand(path), runs=3)
    lines = same.count(b"\n")
    return [Measurement("access report", taken, reference, "s", 1.5, f"{users:,} users, {lines:,} lines")]
