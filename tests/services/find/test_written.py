"""Whoever is written by any way is found by how they sound, and what ASPIRE holds by each of its addresses."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from portal_admin.domain.sound import sound_keys
from portal_admin.models import end_user
from portal_admin.models.engine import reading
from portal_admin.services import users
from portal_admin.services.desk import Desk
from portal_admin.services.find import search
from portal_admin.services.imports.undo import undo
from portal_admin.services.people import list_users
from portal_admin.services.sync import sync
from tests.services.acting import CALLED, create
from tests.services.conftest import RUTH
from tests.services.imports.files import csv_source
from tests.services.imports.importing import run


@pytest.fixture(name="database_url")
def empty_database_url(databases: object) -> None:
    """These tests fill a portal by the services themselves."""


def all_sound_as_they_are_called(engine: Engine) -> bool:
    with reading(engine) as connection:
        rows = connection.execute(select(end_user)).all()
    return all(row.sound_keys == sound_keys(row.first_name, row.last_name) for row in rows) and bool(rows)


def test_that_a_user_is_found_by_sound_from_the_first_day_and_after_a_new_name(office: Desk) -> None:
    create(office, "kt@prairie.example", first_name="Kris", last_name="Tanner")
    assert [user.email for user in list_users(office, text="Chris")] == ["kt@prairie.example"]
    users.edit_user(office, site="MAIN", email="kt@prairie.example", first_name="Zoe")
    assert list(list_users(office, text="Chris")) == []
    users.edit_user(office, site="MAIN", email=RUTH, last_name="Schmidt")
    users.change_email(office, site="MAIN", email=RUTH, to="r@new.example", proof=CALLED)
    assert {user.email for user in list_users(office, text="Smith")} == {RUTH, "r@new.example"}
    assert all_sound_as_they_are_called(office.engine)


def test_that_an_import_and_its_undo_leave_everybody_sounding_as_they_are_called(office: Desk) -> None:
    file = csv_source(("new@x.example", "Kris", "Person", "A-001"), (RUTH, "Ruthie", "Olsson", "A-003"))
    assert run(office, file).counts.created == 1
    assert [user.email for user in list_users(office, text="chris")] == ["new@x.example"]
    assert all_sound_as_they_are_called(office.engine)
    undo(office, batch=1)
    assert all_sound_as_they_are_called(office.engine)


def test_that_what_a_sync_received_is_found_by_sound_by_every_address_and_by_any_spelling_of_an_id(
    office: Desk,
) -> None:
    sync(office, full=True)
    assert "account:A-001" in [hit.target for hit in search(office, text="prery hawling")]
    assert next(hit.target for hit in search(office, text="cfo@prairie.example")) == "account:A-001"
    assert [hit.target for hit in search(office, text="12-45")] == ["contract:0012-0045"]
    assert {hit.kind for hit in search(office, text="rolsen@prairie.example")} == {"contact"}
