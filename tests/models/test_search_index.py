from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, insert, text, update

from portal_admin.models import aspire_account, end_user, site
from portal_admin.models.engine import reading, writing
from tests.fixtures.operators import filling

full_text = pytest.mark.databases("sqlite")
NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)


@pytest.fixture
def people(engine: Engine) -> Engine:
    with filling(engine) as connection:
        connection.execute(insert(site).values(id=1, key="main", name="Main", created_at=NOW))
        for number, name in enumerate(("Robin Olsen", "Kris Tanner"), start=1):
            first, last = name.split()
            email = f"{first}@{last}.example".lower()
            connection.execute(
                insert(end_user).values(
                    id=number,
                    site_id=1,
                    email=email,
                    first_name=first,
                    last_name=last,
                    name_key=name.lower(),
                    status="Active",
                    created_at=NOW,
                    created_by="jdoe",
                )
            )
    return engine


def found(engine: Engine, table: str, words: str) -> list[int]:
    query = text(f"select rowid from {table} where {table} match :words order by rowid")
    with reading(engine) as connection:
        return list(connection.execute(query, {"words": f'"{words}"'}).scalars())


@full_text
def test_that_any_three_letters_of_name_or_email_find_a_user(people: Engine) -> None:
    assert found(people, "end_user_search", "lse") == [1]
    assert found(people, "end_user_search", "tanner.exa") == [2]
    assert found(people, "end_user_search", "example") == [1, 2]


@full_text
def test_that_a_renamed_user_is_found_by_the_new_name_alone(people: Engine) -> None:
    with writing(people) as connection:
        connection.execute(update(end_user).where(end_user.c.id == 1).values(name_key="robin vance"))
    assert found(people, "end_user_search", "vance") == [1]
    assert found(people, "end_user_search", '" AND name_key: "olsen') == []
    with writing(people) as connection:
        connection.execute(
            text("insert into end_user_search(end_user_search, rank) values ('integrity-check', 1)")
        )


@full_text
def test_that_accounts_are_found_by_id_and_name_until_they_are_removed(engine: Engine) -> None:
    values = {"account_id": "A-0017", "name": "Prairie Hauling", "fingerprint": 1, "seen": 1}
    with writing(engine) as connection:
        connection.execute(
            insert(aspire_account).values(
                oid=5, account_id_key="a-0017", name_key="prairie hauling", **values
            )
        )
    assert found(engine, "aspire_account_search", "001") == [5]
    assert found(engine, "aspire_account_search", "haul") == [5]
    with writing(engine) as connection:
        connection.execute(delete(aspire_account))
    assert found(engine, "aspire_account_search", "haul") == []


# Without enough rows the planner takes whatever index there is.
MANY = """
insert into end_user (id, site_id, email, first_name, last_name, name_key, status, version, created_at, created_by)
select 1000 + n, (select min(id) from site), md5(n::text) || '@x.example', 'A', 'B', md5((-n)::text), 'Active', 1, now(), 'x'
from generate_series(1, 5000) as n
"""


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("column", ["name_key", "email"])
def test_that_a_server_finds_letters_by_an_index_of_trigrams(people: Engine, column: str) -> None:
    index = f"ix_end_user_{column}_trgm"
    query = text(f"explain select id from end_user where {column} like '%lsen%'")
    with reading(people) as connection:
        connection.execute(text(MANY))
        connection.execute(text(f"select gin_clean_pending_list('{index}')"))
        connection.execute(text("analyze end_user"))
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(connection.execute(query).scalars())
    assert index in plan
