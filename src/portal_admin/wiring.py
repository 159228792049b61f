"""Builds what the window and the command line work with; knows no Qt."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.credentials import Secret, check_keyring, get_password, password_in_environment
from portal_admin.errors import DeskError, SecretsUnavailable
from portal_admin.models.engine import database_url, open_engine, reading
from portal_admin.models.schema import check_schema
from portal_admin.paths import data_folder
from portal_admin.services.desk import Desk
from portal_admin.services.doctor import Finding, Patient, examine
from portal_admin.services.roles import require_role, signed_in_as
from portal_admin.settings import Profile, choose_profile, name_for_passwords

# Asked for when it is needed; without one a profile's own is taken from where it is kept.
Password = Callable[[], str | None]
# The parts of a profile that a secret is for; the portal database knows its mail server.
BELONGS_TO = {
    Secret.ASPIRE: ("aspire_url", "aspire_user"),
    Secret.DATABASE: ("database_url",),
    Secret.SMTP: ("database_url",),
    Secret.MAIL_KEY: ("database_url",),
}


def utc_now() -> datetime:
    """The time of this machine, UTC."""
    return datetime.now(UTC)


def open_desk(profile_name: str | None = None, *, clock: Callable[[], datetime] = utc_now) -> Desk:
    """The desk of a profile, its schema checked; ASPIRE is not asked for anything yet."""
    return open_profile(choose_profile(profile_name), clock=clock)


def open_profile(
    profile: Profile, *, clock: Callable[[], datetime] = utc_now, database_password: Password | None = None
) -> Desk:
    """The desk of a profile that need not be stored."""
    engine = open_database(profile, password=database_password)
    try:
        check_schema(engine)
        with reading(engine) as connection:
            operator = signed_in_as(connection, operator_name())
            require_role(connection, operator)
        aspire = open_aspire(profile, clock=clock)
    except BaseException:
        engine.dispose()
        raise
    return Desk(engine=engine, aspire=aspire, clock=clock, operator=operator, heads=_heads())


def _heads() -> Path:
    """The file in which this machine remembers how far the audit had got."""
    return data_folder() / "audit-heads.json"


def close_desk(desk: Desk) -> None:
    """Close every connection; the desk cannot be used afterwards."""
    if desk.aspire is not None:
        desk.aspire.close()
    desk.engine.dispose()


def full_database_url(profile: Profile, *, password: Password | None = None) -> str:
    """The profile's database address with its password, for opening and never for showing."""
    url = database_url(profile.database_url)
    if url.username and url.password is None:
        url = url.set(password=password() if password else _kept_password(profile))
    return url.render_as_string(hide_password=False)


def password_name(profile: Profile, secret: Secret) -> str:
    """Under which name a secret of the profile is kept; what was typed for one server must not reach another."""
    return name_for_passwords(profile, BELONGS_TO[secret])


def _kept_password(profile: Profile) -> str | None:
    """The database password; where no keyring is, the server may know this machine's user without one."""
    try:
        return get_password(password_name(profile, Secret.DATABASE), Secret.DATABASE)
    except SecretsUnavailable:
        return None


def open_database(profile: Profile, *, password: Password | None = None) -> Engine:
    """The profile's database, its schema unchecked."""
    return open_engine(full_database_url(profile, password=password))


def open_aspire(
    profile: Profile,
    *,
    password: Password | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> AspireClient | None:
    """The profile's ASPIRE, None when it names none; the password is fetched when ASPIRE is first asked."""
    if profile.aspire_url is None or profile.aspire_user is None:
        return None
    return AspireClient(
        profile.aspire_url,
        user=profile.aspire_user,
        password=password or (lambda: get_password(password_name(profile, Secret.ASPIRE), Secret.ASPIRE)),
        clock=clock,
    )


def examine_profile(
    profile_name: str | None = None, *, clock: Callable[[], datetime] = utc_now
) -> Iterator[Finding]:
    """Examine a stored profile; that there is none is a finding too."""
    found: Profile | DeskError
    try:
        found = choose_profile(profile_name)
    except DeskError as problem:
        found = problem
    yield from examine_connection(found, clock=clock)


def examine_connection(
    profile: Profile | DeskError,
    *,
    password: Password | None = None,
    database_password: Password | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Finding]:
    """Examine a profile that need not be stored, with passwords that need not be kept."""
    aspire = open_aspire(profile, password=password, clock=clock) if isinstance(profile, Profile) else None
    patient = Patient(
        profile=profile,
        open_database=lambda: _open_examined(profile, database_password),
        aspire=aspire,
        check_keyring=check_keyring,
        password_in_environment=password_in_environment(Secret.ASPIRE) is not None,
        clock=clock,
        operator=operator_name(),
        heads=_heads(),
    )
    try:
        yield from examine(patient)
    finally:
        if aspire is not None:
            aspire.close()


def _open_examined(profile: Profile | DeskError, password: Password | None) -> Engine:
    if isinstance(profile, DeskError):
        raise profile
    return open_database(profile, password=password)


if sys.platform == "win32":

    def operator_name() -> str:
        """The signed-in user as Windows knows it; the environment could be changed by anybody."""
        import ctypes

        size = ctypes.c_ulong(257)
        name = ctypes.create_unicode_buffer(size.value)
        if not ctypes.windll.advapi32.GetUserNameW(name, ctypes.byref(size)):
            raise ctypes.WinError()
        return name.value

else:

    def operator_name() -> str:
        """The user that this process runs as; the environment could be changed by anybody."""
        import pwd

        user = os.geteuid()
        try:
            return pwd.getpwuid(user).pw_name
        except KeyError:
            return f"uid {user}"
