"""Who may do what, through the services themselves: every action of the matrix, for every role and for nobody."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from sqlalchemy import select

from portal_admin import services
from portal_admin.domain.fields import FieldSheet
from portal_admin.domain.permissions import MATRIX, Permission, Role, is_allowed
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.domain.verification import Method
from portal_admin.errors import DeskError, NotAllowed
from portal_admin.models import metadata
from portal_admin.models.engine import reading
from portal_admin.services import (
    audit_export,
    audit_trail,
    brand,
    call_notes,
    early_resets,
    export,
    fields,
    links,
    operators,
    outbox,
    people,
    settings,
    site_policy,
    sites,
    users,
    verification,
)
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.change import permission_of
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.readiness import export_gaps
from portal_admin.services.enrolment.rehearse import reveal_on_file
from portal_admin.services.enrolment.submit import submit as submit_enrolment
from portal_admin.services.fields import export as field_export
from portal_admin.services.fields import notes
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.imports import batches, commit, plan, results, undo
from portal_admin.services.mail import delivery, keys, queue
from portal_admin.services.payments import cancel, submit
from portal_admin.services.requests import hand_over as requests_hand_over
from portal_admin.services.requests import work as requests_work
from portal_admin.services.sync import run as sync_run
from portal_admin.services.sync.contract import sync_contract
from tests.fixtures.operators import appoint
from tests.services.acting import CALLED, create
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows
from tests.services.imports import importing
from tests.services.imports.files import csv_source
from tests.services.mail.conftest import NORTHWIND
from tests.services.payments.paying import pay
from tests.services.requests.asked import ask

# A server lets nobody act under another name than that of its login; its own matrix is tested beside this one.
pytestmark = pytest.mark.databases("sqlite")

REQUEST: dict[str, Any] = {"number": "SR-000001"}
ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}
ENROLMENT: dict[str, Any] = {
    "site": "MAIN",
    "email": "cfo@prairie.example",
    "postal_code": "68114",
    "contract_id": "0012-0045",
    "first_name": "Cleo",
    "last_name": "Fox",
}
NO_SECRETS = delivery.MailSecrets(lambda: None, lambda _server: None)
ROW = ("new@row.example", "New", "Row", "A-001")
Act = Callable[[Desk, Path], object]
# Asked for by a command that opens no desk: tests/cli/test_db.py.
OF_THE_FILE = {Permission.BACK_UP_DATABASE}


def field() -> str:
    return next(iter(catalogue().by_key))


def sheet_of(desk: Desk) -> FieldSheet:
    return fields.show(desk, contract_id="0012-0045")


def linked(desk: Desk, email: str) -> Any:
    return people.show_user(desk, site="MAIN", email=email).accounts[0]


ACTS: dict[Callable[..., Any], Act] = {
    users.create_user: lambda desk, _: create(desk),
    users.edit_user: lambda desk, _: users.edit_user(desk, **ON_RUTH, first_name="X"),
    users.resend_registration: lambda desk, _: users.resend_registration(desk, site="MAIN", email=PAUL),
    users.reset_password: lambda desk, _: users.reset_password(desk, **ON_RUTH, proof=CALLED),
    users.withdraw_mail: lambda desk, _: users.withdraw_mail(
        desk, queued=outbox.Queued(people.show_user(desk, site="MAIN", email=PAUL), "registration", 1)
    ),
    users.deactivate: lambda desk, _: users.deactivate(desk, **ON_RUTH),
    users.reactivate: lambda desk, _: users.reactivate(desk, site="MAIN", email=INA),
    users.change_email: lambda desk, _: users.change_email(desk, **ON_RUTH, to="r@new.example", proof=CALLED),
    verification.verify: lambda desk, _: verification.verify(desk, **ON_RUTH, method=Method.CODE),
    verification.reveal_channels: lambda desk, _: verification.reveal_channels(desk, **ON_RUTH),
    call_notes.write_note: lambda desk, _: call_notes.write_note(desk, **ON_RUTH, note="n"),
    requests_work.assign: lambda desk, _: requests_work.assign(desk, **REQUEST, to="tester"),
    requests_work.set_status: lambda desk, _: requests_work.set_status(
        desk, **REQUEST, to=RequestStatus.IN_PROGRESS
    ),
    requests_work.add_note: lambda desk, _: requests_work.add_note(
        desk, **REQUEST, note="n", for_caller=True
    ),
    requests_hand_over.hand_over: lambda desk, _: requests_hand_over.hand_over(desk, **REQUEST),
    requests_hand_over.resolve: lambda desk, _: requests_hand_over.resolve(desk, **REQUEST),
    links.add: lambda desk, _: links.add(desk, **ON_RUTH, account_ids=["A-003"]),
    links.remove: lambda desk, _: links.remove(desk, site="MAIN", email=INA, account_id="A-004"),
    links.remove_several: lambda desk, _: links.remove_several(
        desk, site="MAIN", email=INA, account_ids=["A-004"]
    ),
    links.undo_remove: lambda desk, _: links.undo_remove(desk, **ON_RUTH, account=linked(desk, INA)),
    submit.submit: lambda desk, _: pay(desk),
    submit.resume: lambda desk, _: submit.resume(desk, reference="D-NONE"),
    cancel.cancel: lambda desk, _: cancel.cancel(desk, reference="D-NONE"),
    notes.add_note: lambda desk, _: notes.add_note(desk, field_key=field(), note="n"),
    notes.verify: lambda desk, _: notes.verify(desk, field_key=field()),
    field_export.guide_of: lambda desk, _: field_export.guide_of(desk, sheet=sheet_of(desk)),
    export.export_users: lambda desk, folder: export.export_users(desk, path=folder / "users.csv"),
    audit_export.export_events: lambda desk, folder: audit_export.export_events(
        desk, path=folder / "audit.csv", wanted=AuditFilter()
    ),
    audit_trail.verify: lambda desk, _: audit_trail.verify(desk),
    audit_trail.accept_restore: lambda desk, _: audit_trail.accept_restore(desk, reason="r"),
    plan.rehearse: lambda desk, _: importing.plan(desk, csv_source(ROW)),
    commit.run_import: lambda desk, _: importing.run(desk, csv_source(ROW)),
    commit.resume: lambda desk, _: commit.resume(desk, batch=1),
    undo.undo: lambda desk, _: undo.undo(desk, batch=1),
    results.write_results: lambda desk, folder: results.write_results(desk, batch=1, path=folder / "r.csv"),
    sites.create_site: lambda desk, _: sites.create_site(desk, key="WEST", name="West"),
    sites.set_labels: lambda desk, _: sites.set_labels(desk, key="MAIN", labels=[], unlabelled=True),
    brand.set_brand: lambda desk, _: brand.set_brand(desk, site="MAIN", brand=NORTHWIND),
    site_policy.set_policy: lambda desk, _: site_policy.set_policy(desk, site="MAIN", mfa_required=True),
    settings.set_setting: lambda desk, _: settings.set_setting(desk, key="edition", value="2025"),
    settings.unset_setting: lambda desk, _: settings.unset_setting(desk, key="edition"),
    keys.use_mail_key: lambda desk, _: keys.use_mail_key(desk, key="k" * 43),
    operators.add: lambda desk, _: operators.add(desk, name="robin", role=Role.CSR),
    operators.set_role: lambda desk, _: operators.set_role(desk, name="jdoe", role=Role.CSR),
    queue.resend: lambda desk, _: queue.resend(desk, ids=[1]),
    delivery.send_due: lambda desk, _: delivery.send_due(desk, secrets=None),  # type: ignore[arg-type]
    submit_enrolment: lambda desk, _: submit_enrolment(desk, **ENROLMENT),
    reveal_on_file: lambda desk, _: reveal_on_file(desk, site="MAIN", contract_id="0012-0045"),
    export_gaps: lambda desk, folder: export_gaps(desk, path=folder / "gaps.csv"),
    sync_run.sync: lambda desk, _: sync_run.sync(desk),
    sync_contract: lambda desk, _: sync_contract(desk, contract_id="0012-0045"),
}


def actions() -> set[Callable[..., Any]]:
    """Every function of the services that asks for a permission."""
    found: set[Callable[..., Any]] = set()
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, FunctionType) and hasattr(value, "permission"):
                found.add(value)
    return found


def every_row(desk: Desk) -> dict[str, list[Any]]:
    with reading(desk.engine) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def casey(office: Desk, request: pytest.FixtureRequest) -> Desk:
    """The desk of somebody who has that role, or none, where somebody asked for something."""
    ask(office.engine)
    role: Role | None = request.param
    if role is not None:
        appoint(office.engine, "casey", role)
    return replace(office, operator="casey")


def test_that_every_action_of_the_services_is_in_this_table_and_every_permission_has_one() -> None:
    assert {one.__qualname__ for one in actions() ^ set(ACTS)} == set()
    assert {permission_of(one) for one in ACTS} == set(Permission) - {Permission.VIEW} - OF_THE_FILE


@pytest.mark.parametrize(
    ("casey", "role"), [(role, role) for role in (*Role, None)], indirect=["casey"], ids=str
)
def test_that_every_no_of_the_matrix_names_the_roles_and_changes_nothing(
    casey: Desk, role: Role | None, tmp_path: Path
) -> None:
    before = every_row(casey)
    refused = [one for one in ACTS if not is_allowed(role, permission_of(one))]
    assert bool(refused) is (role is not Role.ADMINISTRATOR)
    for one in refused:
        with pytest.raises(NotAllowed) as refusal:
            ACTS[one](casey, tmp_path)
        assert f"“{permission_of(one)}” is for " in refusal.value.message
        for may in MATRIX[permission_of(one)]:
            assert may in refusal.value.message
        assert (f"you are {role}" if role else "you have no role") in refusal.value.message
    assert every_row(casey) == before
    assert list(tmp_path.glob("*.csv")) == []


ALLOWED = [(role, role, one) for one in ACTS for role in Role if is_allowed(role, permission_of(one))]


@pytest.mark.parametrize(
    ("casey", "role", "one"),
    ALLOWED,
    indirect=["casey"],
    ids=[f"{one.__name__}-{role}" for role, _, one in ALLOWED],
)
def test_that_every_yes_of_the_matrix_is_done_or_refused_for_another_reason(
    casey: Desk, role: Role, one: Callable[..., Any], tmp_path: Path
) -> None:
    try:
        ACTS[one](casey, tmp_path)
    except NotAllowed as refusal:
        pytest.fail(f"{role}: {refusal.message}")
    except DeskError as problem:
        if one not in NEEDS_MORE:
            pytest.fail(problem.message)


# These need what came before: an import, a mail that failed, a line that is gone, a mail server.
NEEDS_MORE = {
    users.withdraw_mail,
    audit_trail.accept_restore,
    commit.resume,
    undo.undo,
    results.write_results,
    queue.resend,
    links.undo_remove,
    submit.resume,
    cancel.cancel,
}


def test_that_looking_needs_no_permission_of_its_own_here(office: Desk) -> None:
    # A desk opens for nobody without a role, so what only reads need not ask again.
    assert not hasattr(early_resets.caution, "permission")
    assert not hasattr(people.list_users, "permission")


def test_that_an_import_stops_at_the_next_piece_once_the_role_is_taken_away(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.services.imports.working.ROWS_AT_ONCE", 1)
    appoint(office.engine, "casey", Role.ADMINISTRATOR)

    def demote_after_one(done: int, _whole: int) -> None:
        if done == 1:
            operators.set_role(office, name="casey", role=Role.CSR)

    rows = [(f"new{one}@row.example", "New", "Row", "A-001") for one in range(3)]
    with pytest.raises(NotAllowed, match="“Import Users” is for Administrators; you are CSR"):
        importing.run(replace(office, operator="casey"), csv_source(*rows), progress=demote_after_one)
    found = [user.email for user in people.list_users(office, site="MAIN", text="@row.example")]
    assert found == ["new0@row.example"]
    (batch,) = batches.list_batches(office)
    assert (batch.counts.created, batch.resumable) == (1, True)
    assert commit.resume(office, batch=batch.id).counts.created == 3


def test_that_nothing_is_saved_when_the_role_goes_while_aspire_is_asked(office: Desk) -> None:
    appoint(office.engine, "casey", Role.CSR)

    def demoting() -> datetime:
        operators.set_role(office, name="casey", role=Role.READ_ONLY)
        return office.clock()

    with pytest.raises(
        NotAllowed, match="“Create End User” is for CSRs and Administrators; you are Read-only"
    ):
        create(replace(office, operator="casey", clock=demoting))
    assert {row.action for row in audit_rows(office.engine)} == {"operator.set_role"}
    assert [user.email for user in people.list_users(office, text="new@prairie.example")] == []
