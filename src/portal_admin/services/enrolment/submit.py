"""Enrols a visitor for a site whose web tier calls us: the rules of the rehearsal, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert

from portal_admin.domain.enrolment import ACCEPTED, CANNOT_TELL, REFUSED, Enrolment, explain_enrolment
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.permissions import Permission
from portal_admin.domain.text import canonical_email, id_key, whole
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import CouldNotLook, InvalidInput
from portal_admin.models import enrollment_attempt
from portal_admin.models.engine import reading
from portal_admin.services import accounts, audit, users
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.facts import Known, Told, case_of, known, told
from portal_admin.services.links import named, read_records

# What the log holds of each field.
LONGEST = {"email": 320, "postal_code": 32, "contract_id": 64}


@dataclass(frozen=True, slots=True)
class Submitted:
    """The verdict, the user that an accepted one created, the number of the attempt in the log (None: not written).

    `warnings` tell what did not work afterwards.
    """

    verdict: Verdict
    user: EndUser | None = None
    attempt: int | None = None
    warnings: tuple[str, ...] = ()


@action(Permission.ENROLL_USER)
def submit(
    desk: Desk,
    *,
    site: str,
    email: str,
    postal_code: str,
    contract_id: str,
    first_name: str,
    last_name: str,
) -> Submitted:
    """Judge what a visitor typed by the edition in force; accepted, create the user Pending with a registration mail.

    The links are those of the Customer of the contract entered; rule B's picker is not asked. Accepted or refused, the
    attempt is written down. What could not be checked creates nothing and is not written down.
    """
    first, last = users.check_name(first_name, "first_name"), users.check_name(last_name, "last_name")
    typed = Typed(whole(email), whole(postal_code), whole(contract_id), first, last)
    _check_lengths(typed)
    with reading(desk.engine) as connection:
        ours = known(connection, typed, site, desk.clock())
    with accounts.one_budget(desk):
        theirs = told(desk, typed, ours)
    found = _judge(desk, typed, ours, theirs)
    if found.verdict.verdict == CANNOT_TELL:
        return Submitted(found.verdict)
    with changing(desk) as connection:
        # Somebody else may have enrolled with the address since, and a sync may have run.
        ours = known(connection, typed, site, desk.clock())
        found = _judge(desk, typed, ours, theirs)
        if found.verdict.verdict == ACCEPTED:
            done = _accept(connection, desk, typed, ours, found)
        elif found.verdict.verdict == REFUSED:
            done = _refuse(connection, desk, typed, ours, found.verdict)
        else:
            return Submitted(found.verdict)
    if done.user is None:
        return done
    return Submitted(
        done.verdict, named(done.user, found.links), done.attempt, read_records(desk, found.links)
    )


def _judge(desk: Desk, typed: Typed, ours: Known, theirs: Told) -> Enrolment:
    return explain_enrolment(case_of(typed, ours, theirs, None, desk.clock()))


def _accept(connection: Connection, desk: Desk, typed: Typed, ours: Known, found: Enrolment) -> Submitted:
    if not found.links:
        raise CouldNotLook(
            f"The Customer of contract {typed.contract_id} is not in the portal's copy of ASPIRE, and ASPIRE could not "
            "be asked who it is. Nothing was created."
        )
    address = users.check_email(typed.email)
    names = (typed.first_name, typed.last_name)
    user = users.insert_user(connection, desk, ours.site, address, names, Status.PENDING, found.links)
    attempt = _write(connection, desk, typed, ours, found.verdict, user_id=user.id)
    audit.record(
        connection,
        desk,
        action="enrollment.submit",
        subject=user.email,
        site=user.site,
        after=users.audited(user) | {"contract": typed.contract_id, "attempt": attempt},
    )
    return Submitted(found.verdict, user, attempt)


def _refuse(connection: Connection, desk: Desk, typed: Typed, ours: Known, verdict: Verdict) -> Submitted:
    attempt = _write(connection, desk, typed, ours, verdict)
    audit.record(
        connection,
        desk,
        action="enrollment.refuse",
        subject=canonical_email(typed.email) or typed.contract_id or "-",
        site=ours.site.key,
        after={
            "refused_by": [check.name for check in verdict.failed],
            "contract": typed.contract_id,
            "attempt": attempt,
        },
    )
    return Submitted(verdict, attempt=attempt)


def _write(
    connection: Connection,
    desk: Desk,
    typed: Typed,
    ours: Known,
    verdict: Verdict,
    *,
    user_id: int | None = None,
) -> int:
    values = {
        "site_id": ours.site.id,
        "at": audit.now(connection, desk),
        "first_name": typed.first_name,
        "last_name": typed.last_name,
        "email": typed.email,
        "email_key": canonical_email(typed.email),
        "postal_code": typed.postal_code,
        "contract_id": typed.contract_id,
        "contract_id_key": id_key(typed.contract_id),
        "edition": verdict.edition.value,
        "outcome": verdict.verdict,
        "refused_by": ",".join(check.name for check in verdict.failed),
        "user_id": user_id,
    }
    written = insert(enrollment_attempt).values(values).returning(enrollment_attempt.c.id)
    number: int = connection.execute(written).scalar_one()
    return number


def _check_lengths(typed: Typed) -> None:
    for field, longest in LONGEST.items():
        text: str = getattr(typed, field)
        # A key may be longer than what it is the key of.
        if max(len(text), len(canonical_email(text)), len(id_key(text))) > longest:
            words = field.replace("_", " ")
            raise InvalidInput(f"The {words} has at most {longest} characters.", field=field)
