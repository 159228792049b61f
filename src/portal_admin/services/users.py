"""Set-up and life of an end user: one function for each action of rule C."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, insert, select

from portal_admin.domain.lifecycle import SOURCE, Action, require
from portal_admin.domain.people import EndUser, LinkedAccount, Site, Status
from portal_admin.domain.permissions import Permission
from portal_admin.domain.records import Account
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import canonical_email, is_showable, name_key
from portal_admin.domain.verification import Proof
from portal_admin.errors import InvalidInput, Refused
from portal_admin.models import end_user
from portal_admin.models.engine import reading
from portal_admin.services import accounts, audit, early_resets, outbox, people, verification
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.links import Changed, insert_links, named, read_records, require_version
from portal_admin.services.replaced import replaced
from portal_admin.services.sites import find_site

LONGEST_NAME = 200

ADVICE_FOR_USED_ADDRESS = {
    Status.PENDING: "Resend Registration Email to that user.",
    Status.ACTIVE: "Reset Password for that user.",
    Status.INACTIVE: "Reactivate User.",
}


@dataclass(frozen=True, slots=True)
class EmailChange:
    """The old user, now Inactive, and the new one with the same links."""

    old: EndUser
    new: EndUser


@action(Permission.CREATE_USER)
def create_user(
    desk: Desk,
    *,
    site: str,
    email: str,
    first_name: str,
    last_name: str,
    account_ids: Iterable[str],
    status: Status = Status.PENDING,
) -> Changed:
    """Create an end user linked to accounts that the site offers.

    Pending queues a registration mail; Active registers a person who already has a login elsewhere.
    """
    address = check_email(email)
    first, last = check_name(first_name, "first_name"), check_name(last_name, "last_name")
    wanted = tuple(dict.fromkeys(account_ids))
    if not wanted:
        raise Refused("An end user needs at least one linked account.", rule="needs_account", source=SOURCE)
    if status is Status.INACTIVE:
        raise InvalidInput("A new user is Pending or Active.", field="status")
    with reading(desk.engine) as connection:
        require_unused(connection, find_site(connection, site), address)
    linked = accounts.require_offered(desk, site=site, account_ids=wanted)
    with changing(desk) as connection:
        on = find_site(connection, site)
        require_unused(connection, on, address)
        user = insert_user(connection, desk, on, address, (first, last), status, linked)
        _audit(connection, desk, "user.create", user, reason=_reason(status))
    return Changed(named(user, linked), read_records(desk, linked))


@action(Permission.EDIT_USER)
def edit_user(
    desk: Desk,
    *,
    site: str,
    email: str,
    first_name: str | None = None,
    last_name: str | None = None,
    version: int | None = None,
) -> EndUser:
    """Change first and last name; email and site never change (`managing-portal-users`)."""
    with changing(desk) as connection:
        on = find_site(connection, site)
        before = people.find_user(connection, on, email)
        require_version(before, version)
        first = before.first_name if first_name is None else check_name(first_name, "first_name")
        last = before.last_name if last_name is None else check_name(last_name, "last_name")
        if (first, last) == (before.first_name, before.last_name):
            return before
        keys = {"name_key": name_key(first, last), "sound_keys": sound_keys(first, last)}
        _update(connection, before, first_name=first, last_name=last, **keys)
        after = people.find_user(connection, on, email)
        _audit(connection, desk, "user.edit", after, before=before)
        return after


@action(Permission.RESEND_REGISTRATION)
def resend_registration(desk: Desk, *, site: str, email: str) -> outbox.Queued:
    """Queue a new registration mail; older ones die. Within a minute of the last one, that one is the answer."""
    with changing(desk) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        require(Action.RESEND, user.status)
        queued = outbox.queue(connection, desk, user, "registration")
        if queued.age is None:
            _audit(connection, desk, "user.resend", user, reason=f"registration mail {queued.mail_id}")
        return queued


@action(Permission.RESET_PASSWORD)
def reset_password(desk: Desk, *, site: str, email: str, proof: Proof | None = None) -> outbox.Queued:
    """Queue a guided password reset, one a minute at most; staff never set or see a password.

    Needs a verified caller: recorded before, or `proof`, which is recorded with it. Flagged soon after an email change.
    """
    with changing(desk) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        rule = require(Action.RESET, user.status)
        verified = verification.require_verified(connection, desk, user, label=rule.label, proof=proof)
        is_early = early_resets.changed_soon_before(connection, desk, user) is not None
        queued = outbox.queue(connection, desk, user, "reset")
        told: dict[str, Any] = {"verification": verification.audited(verified)}
        if is_early:
            told |= {"flag": early_resets.FLAG}
        if queued.age is None:
            reason = f"reset mail {queued.mail_id}"
            _audit(connection, desk, "user.reset", user, reason=reason, told=told)
        return queued


@action(Permission.RESEND_REGISTRATION)
def withdraw_mail(desk: Desk, *, queued: outbox.Queued) -> EndUser:
    """Undo a resend or reset whose mail was not sent: what it replaced is queued again."""
    with changing(desk) as connection:
        on = find_site(connection, queued.user.site)
        user = people.find_user(connection, on, queued.user.email)
        outbox.withdraw(connection, queued)
        _audit(connection, desk, "user.withdraw_mail", user, reason=f"{queued.kind} mail {queued.mail_id}")
        return people.find_user(connection, on, user.email)


@action(Permission.DEACTIVATE_USER)
def deactivate(desk: Desk, *, site: str, email: str, version: int | None = None) -> EndUser:
    """Block sign-in."""
    with changing(desk) as connection:
        before = people.find_user(connection, find_site(connection, site), email)
        require_version(before, version)
        return _set_status(connection, desk, Action.DEACTIVATE, before)


@action(Permission.REACTIVATE_USER)
def reactivate(
    desk: Desk, *, site: str, email: str, version: int | None = None, proof: Proof | None = None
) -> EndUser:
    """Let the user sign in again.

    A user whom a change of email replaced needs a verified caller, as for `reset_password`.
    """
    with changing(desk) as connection:
        before = people.find_user(connection, find_site(connection, site), email)
        require_version(before, version)
        rule = require(Action.REACTIVATE, before.status)
        left = replaced(connection, before)
        if left is None and proof is None:
            return _set_status(connection, desk, Action.REACTIVATE, before)
        verified = verification.require_verified(
            connection,
            desk,
            before,
            label=rule.label,
            proof=proof,
            why=left.sentence(before.email) if left else "",
        )
        told = {"verification": verification.audited(verified)}
        return _set_status(connection, desk, Action.REACTIVATE, before, told=told)


@action(Permission.CHANGE_EMAIL)
def change_email(
    desk: Desk, *, site: str, email: str, to: str, version: int | None = None, proof: Proof | None = None
) -> EmailChange:
    """New user with the same links, old one deactivated: one transaction, one operation in the audit.

    Needs a verified caller: recorded before, or `proof`, which is recorded with it.
    """
    address = check_email(to)
    with changing(desk) as connection:
        on = find_site(connection, site)
        old = people.find_user(connection, on, email)
        require_version(old, version)
        rule = require(Action.CHANGE_EMAIL, old.status)
        if address == old.email:
            raise Refused(
                f"{address} is the address that this end user has already. Type the new one.",
                rule="unique_email",
                source=SOURCE,
            )
        require_unused(connection, on, address)
        verified = verification.require_verified(connection, desk, old, label=rule.label, proof=proof)
        outbox.supersede(connection, old.id)
        _update(connection, old, status=rule.leads_to)
        new = insert_user(
            connection, desk, on, address, (old.first_name, old.last_name), Status.PENDING, old.accounts
        )
        gone = people.find_user(connection, on, old.email)
        reason = f"{early_resets.CHANGED_FROM} {old.email} to {new.email}"
        told: dict[str, Any] = {"verification": verification.audited(verified)}
        _audit(connection, desk, "user.change_email", gone, before=old, reason=reason, told=told)
        _audit(connection, desk, "user.create", new, reason=reason)
    return EmailChange(gone, new)


def check_email(typed: str) -> str:
    """The canonical address; InvalidInput says what is wrong with it."""
    text = typed.strip()
    if not text:
        raise InvalidInput("Type an email address.", field="email")
    try:
        # Delivery is not ours to test, and companies do have private domains.
        validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as problem:
        raise InvalidInput(f"“{_shown(text)}” is not an email address.", field="email") from problem
    address = canonical_email(text)
    if "." not in address.rpartition("@")[2] or len(address) > 320:
        raise InvalidInput(f"“{_shown(text)}” is not a complete email address.", field="email")
    return address


def check_name(typed: str, field: str) -> str:
    """A first or last name, trimmed; InvalidInput when blank, too long or not showable."""
    text = unicodedata.normalize("NFC", typed.strip())
    label = field.replace("_", " ")
    if not text:
        raise InvalidInput(f"Type a {label}.", field=field)
    if max(len(text), len(name_key(text))) > LONGEST_NAME:
        raise InvalidInput(f"A {label} has at most {LONGEST_NAME} characters.", field=field)
    if not is_showable(text):
        raise InvalidInput(f"The {label} holds characters that cannot be shown. Type it again.", field=field)
    return text


def require_unused(connection: Connection, on: Site, address: str) -> None:
    """Refused when the address has a user on that site, with the way on; other sites do not matter."""
    found = select(end_user.c.status).where(end_user.c.site_id == on.id, end_user.c.email == address)
    status = connection.execute(found).scalar()
    if status is not None:
        raise Refused(
            f"{address} has a user on site {on.key} already, who is {status}. {ADVICE_FOR_USED_ADDRESS[Status(status)]}",
            rule="unique_email",
            source=SOURCE,
            title="This address is in use",
        )


def insert_user(
    connection: Connection,
    desk: Desk,
    on: Site,
    address: str,
    names: tuple[str, str],
    status: Status,
    linked: Iterable[Account | LinkedAccount],
) -> EndUser:
    """Insert an end user with these links in the caller's transaction; a Pending one with a registration mail."""
    values = {
        "site_id": on.id,
        "email": address,
        "first_name": names[0],
        "last_name": names[1],
        "name_key": name_key(*names),
        "sound_keys": sound_keys(*names),
        "status": status.value,
        "version": 1,
        "created_at": desk.clock(),
        "created_by": desk.operator,
    }
    user_id = connection.execute(insert(end_user).values(values).returning(end_user.c.id)).scalar_one()
    insert_links(connection, desk, user_id, linked)
    user = people.find_user(connection, on, address)
    if status is Status.PENDING:
        outbox.queue(connection, desk, user, "registration")
        user = people.find_user(connection, on, address)
    return user


def _set_status(
    connection: Connection,
    desk: Desk,
    action: Action,
    before: EndUser,
    *,
    told: Mapping[str, Any] | None = None,
) -> EndUser:
    rule = require(action, before.status)
    _update(connection, before, status=rule.leads_to)
    if rule.leads_to is Status.INACTIVE:
        outbox.supersede(connection, before.id)
    after = people.find_user(connection, find_site(connection, before.site), before.email)
    _audit(connection, desk, f"user.{action.value}", after, before=before, told=told)
    return after


def _update(connection: Connection, user: EndUser, **values: Any) -> None:
    advance(connection, end_user, end_user.c.id == user.id, version=user.version, values=values)


def _audit(
    connection: Connection,
    desk: Desk,
    action: str,
    user: EndUser,
    *,
    before: EndUser | None = None,
    reason: str | None = None,
    told: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        connection,
        desk,
        action=action,
        subject=user.email,
        site=user.site,
        before=audited(before) if before else None,
        after=audited(user) | dict(told or {}),
        reason=reason,
    )


def audited(user: EndUser) -> dict[str, Any]:
    """An end user as audit lines hold one."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": user.status.value,
        "accounts": [account.account_id for account in user.accounts],
    }


def _reason(status: Status) -> str | None:
    return "registered as Active: has a login elsewhere" if status is Status.ACTIVE else None


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text[:80])
