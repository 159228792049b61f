"""Every action of the services, done once: what the tests of rights run under each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal_admin.domain.audit_chain import GENESIS
from portal_admin.domain.imports import Options
from portal_admin.domain.permissions import Role
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.domain.verification import Method
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import (
    audit_export,
    audit_heads,
    audit_trail,
    brand,
    call_notes,
    export,
    fields,
    links,
    operators,
    people,
    settings,
    site_policy,
    sites,
    users,
    verification,
)
from portal_admin.services.audit_heads import Seen
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.readiness import export_gaps
from portal_admin.services.enrolment.rehearse import reveal_on_file
from portal_admin.services.enrolment.submit import submit as submit_enrolment
from portal_admin.services.fields import export as field_export
from portal_admin.services.fields import notes
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.imports import commit, plan, results, undo
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.source import open_table
from portal_admin.services.mail import delivery, keys, queue
from portal_admin.services.payments import cancel, submit
from portal_admin.services.requests import hand_over as requests_hand_over
from portal_admin.services.requests import work as requests_work
from portal_admin.services.sync import run as sync_run
from portal_admin.services.sync.contract import sync_contract
from tests.fixtures.desk import NOW
from tests.fixtures.post import PASSWORD, Post
from tests.services.acting import CALLED, create
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.enforcement.conftest import EnforcedPortal
from tests.services.imports.files import csv_source
from tests.services.mail.conftest import KEY, NORTHWIND, name_server
from tests.services.payments.paying import pay, portal_payment
from tests.services.requests.asked import change

MAIN: dict[str, Any] = {"site": "MAIN"}
FIELD = next(iter(catalogue().by_key))
ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}
# What the person wrote in the portal (conftest), and a hand-over that died on its way.
REQUEST: dict[str, Any] = {"number": "SR-000001"}
BEFORE = NOW - timedelta(hours=1)
ENROLMENT: dict[str, Any] = {
    "site": "MAIN",
    "email": "cfo@prairie.example",
    "postal_code": "68114",
    "contract_id": "0012-0045",
    "first_name": "Cleo",
    "last_name": "Fox",
}
FILE = csv_source(
    ("new@import.example", "Nora", "New", "A-001"),
    (RUTH, "Ruth", "Olsen-Berg", "A-001;A-002"),
    (RUTH, "Ruth", "Olsen-Berg", "A-001"),
    ("bad", "", "", ""),
)
SECRETS = delivery.MailSecrets(key=lambda: KEY, password=lambda _server: PASSWORD)


@dataclass(frozen=True)
class World:
    """Where a deed is done."""

    portal: EnforcedPortal
    folder: Path
    request: pytest.FixtureRequest

    @property
    def administrator(self) -> Desk:
        return self.portal.desk(Role.ADMINISTRATOR)


Work = Callable[..., Any]


@dataclass(frozen=True)
class Deed:
    """An action, what it is done with, and what an Administrator does before it; `writes` unless it only reads."""

    work: Work
    do: Callable[[Work, Desk, Any], object]
    before: Callable[[World], Any] = lambda world: world.folder
    writes: bool = True

    @property
    def name(self) -> str:
        return name_of(self.work)


def name_of(work: Work) -> str:
    """Module and name of an action, within the services."""
    return f"{work.__module__.removeprefix('portal_admin.services.')}.{work.__name__}"


def _given(**values: Any) -> Callable[[Work, Desk, Any], object]:
    return lambda work, desk, _: work(desk, **values)


def _unlinked(world: World) -> Any:
    user = people.show_user(world.administrator, site="MAIN", email=INA)
    links.remove(world.administrator, site="MAIN", email=INA, account_id="A-004")
    return next(account for account in user.accounts if account.account_id == "A-004")


def _import(work: Work, desk: Desk, _: Any) -> object:
    table = open_table(FILE)
    return work(desk, site="MAIN", table=table, mapping=recognise(table.header), options=Options())


def _imported(world: World, *, stopped: bool = False) -> int:
    table = open_table(FILE)
    found = commit.run_import(
        world.administrator,
        site="MAIN",
        table=table,
        mapping=recognise(table.header),
        options=Options(),
        cancelled=lambda: stopped,
    )
    return found.batch.id


def _able_to_mail(world: World) -> None:
    post: Post = world.request.getfixturevalue("post")
    desk = world.administrator
    brand.set_brand(desk, site="MAIN", brand=NORTHWIND)
    keys.use_mail_key(desk, key=KEY)
    name_server(desk, port=post.ports["starttls"])
    users.resend_registration(desk, site="MAIN", email=PAUL)


def _failed_mail(world: World) -> int:
    mail = users.resend_registration(world.administrator, site="MAIN", email=PAUL).mail_id
    with world.administrator.engine.begin() as connection:
        connection.execute(text("update mail_outbox set status = 'failed', failure = 'x'"))
    return mail


def _missing_line(world: World) -> Path:
    """This machine saw a line that the audit no longer has."""
    heads = world.folder / "heads.json"
    audit_heads.accept(replace(world.administrator, heads=heads), Seen(99, GENESIS, NOW))
    return heads


def _not_sent(world: World) -> str:
    """A payment that surely did not reach ASPIRE."""
    box: Sandbox = world.request.getfixturevalue("sandbox")
    box.fault(operation="createAlternateEft", status=400, times=1)
    return pay(world.administrator).payment.reference


DEEDS = (
    Deed(users.create_user, lambda _work, desk, _: create(desk)),
    Deed(users.edit_user, _given(**ON_RUTH, last_name="Olsson")),
    Deed(users.resend_registration, _given(**MAIN, email=PAUL)),
    Deed(users.reset_password, _given(**ON_RUTH, proof=CALLED)),
    Deed(
        users.withdraw_mail,
        lambda work, desk, queued: work(desk, queued=queued),
        lambda world: users.resend_registration(world.administrator, site="MAIN", email=PAUL),
    ),
    Deed(users.deactivate, _given(**ON_RUTH)),
    Deed(users.reactivate, _given(**MAIN, email=INA)),
    Deed(users.change_email, _given(**ON_RUTH, to="ruth@new.example", proof=CALLED)),
    Deed(verification.verify, _given(**ON_RUTH, method=Method.CALL_BACK, note="402-555-0142")),
    Deed(verification.reveal_channels, _given(**ON_RUTH)),
    Deed(call_notes.write_note, _given(**ON_RUTH, note="Asks where her lease is.", contract_id="0012-0045")),
    Deed(requests_work.assign, _given(**REQUEST, to="casey")),
    Deed(requests_work.set_status, _given(**REQUEST, to=RequestStatus.IN_PROGRESS, reply="We look at it.")),
    Deed(requests_work.add_note, _given(**REQUEST, note="It is on its way.", for_caller=True)),
    Deed(requests_hand_over.hand_over, _given(**REQUEST)),
    Deed(
        requests_hand_over.resolve,
        _given(**REQUEST),
        lambda world: change(
            world.portal.owner, "SR-000001", hand_over="sending", hand_over_key="k", handed_over_at=BEFORE
        ),
    ),
    Deed(links.add, _given(**ON_RUTH, account_ids=["A-003"])),
    Deed(links.remove, _given(**MAIN, email=INA, account_id="A-004")),
    Deed(links.remove_several, _given(**MAIN, email=INA, account_ids=["A-004"])),
    Deed(
        links.undo_remove,
        lambda work, desk, account: work(desk, site="MAIN", email=INA, account=account),
        _unlinked,
    ),
    Deed(submit.submit, lambda _work, desk, _: pay(desk)),
    Deed(submit.resume, lambda work, desk, reference: work(desk, reference=reference), _not_sent),
    Deed(
        cancel.cancel,
        lambda work, desk, reference: work(desk, reference=reference),
        lambda world: pay(world.administrator).payment.reference,
    ),
    Deed(notes.add_note, _given(field_key=FIELD, note="Ask the back office.")),
    Deed(notes.verify, _given(field_key=FIELD)),
    Deed(
        field_export.guide_of,
        lambda work, desk, sheet: work(desk, sheet=sheet),
        lambda world: fields.show(world.administrator, contract_id="0012-0045"),
    ),
    Deed(sites.create_site, _given(key="WEST", name="West", labels=["WESTERN"])),
    Deed(sites.set_labels, _given(key="MAIN", labels=["OTHER"], unlabelled=True)),
    Deed(brand.set_brand, _given(site="MAIN", brand=NORTHWIND)),
    Deed(site_policy.set_policy, _given(site="MAIN", bank_accounts="existing", mfa_required=True)),
    Deed(settings.set_setting, _given(key="edition", value="2025")),
    Deed(
        settings.unset_setting,
        _given(key="edition"),
        lambda world: settings.set_setting(world.administrator, key="edition", value="2025"),
    ),
    Deed(keys.use_mail_key, _given(key=KEY)),
    Deed(queue.resend, lambda work, desk, mail: work(desk, ids=[mail]), _failed_mail),
    Deed(delivery.send_due, _given(secrets=SECRETS), _able_to_mail),
    Deed(operators.add, _given(name="nora", role=Role.CSR)),
    Deed(operators.set_role, _given(name="casey", role=Role.READ_ONLY)),
    Deed(export.export_users, lambda work, desk, folder: work(desk, path=folder / "users.csv")),
    Deed(
        audit_export.export_events,
        lambda work, desk, folder: work(desk, path=folder / "audit.csv", wanted=AuditFilter()),
    ),
    Deed(audit_trail.verify, _given(), writes=False),
    Deed(
        audit_trail.accept_restore,
        lambda work, desk, heads: work(replace(desk, heads=heads), reason="restored by the server's tools"),
        _missing_line,
    ),
    Deed(plan.rehearse, _import, writes=False),
    Deed(commit.run_import, _import),
    Deed(commit.resume, lambda work, desk, batch: work(desk, batch=batch), partial(_imported, stopped=True)),
    Deed(undo.undo, lambda work, desk, batch: work(desk, batch=batch), _imported),
    Deed(
        results.write_results,
        lambda work, desk, given: work(desk, batch=given[0], path=given[1] / "rows.csv"),
        lambda world: (_imported(world), world.folder),
    ),
    Deed(submit_enrolment, _given(**ENROLMENT)),
    Deed(reveal_on_file, _given(**MAIN, contract_id="0012-0045")),
    Deed(export_gaps, lambda work, desk, folder: work(desk, path=folder / "gaps.csv")),
    # What became of a payment is learned by the way.
    Deed(
        sync_run.sync,
        _given(full=True),
        lambda world: portal_payment(world.portal.owner, "P-0007"),
    ),
    Deed(sync_contract, _given(contract_id="0012-0045")),
)
