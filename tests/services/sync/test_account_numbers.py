"""Bank account numbers come to rest with their last four digits only."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import insert

from portal_admin import models
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.fixtures.desk import NOW
from tests.services.sync.received import count


@pytest.mark.databases("sqlite")
def test_that_the_database_file_never_holds_a_whole_account_number(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(
            insert(models.site).values(id=1, key="WEST", name="West", version=1, created_at=NOW)
        )
        connection.execute(insert(models.site_private_label).values(site_id=1, label_key="", label=""))
        user = {
            "id": 1,
            "site_id": 1,
            "email": "a@b.example",
            "first_name": "A",
            "last_name": "B",
            "name_key": "a b",
            "status": "Pending",
            "version": 1,
            "created_at": NOW,
            "created_by": "t",
        }
        connection.execute(insert(models.end_user).values(user))
        link = {"user_id": 1, "account_oid": 1, "account_id": "A-001", "created_at": NOW, "created_by": "t"}
        connection.execute(insert(models.account_link).values(link))
    sync(desk)
    assert count(desk.engine, "aspire_contract_detail") > 0
    path = desk.engine.url.database or ""
    plain = sqlite3.connect(path)
    plain.execute("pragma wal_checkpoint(truncate)")
    plain.close()
    with open(path, "rb") as file:
        content = file.read()
    assert b"6789" in content
    assert b"000123456789" not in content
    assert b"123456789" not in content
