"""What is typed on the Connect page, and what testing and saving it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portal_admin import credentials, settings, wiring
from portal_admin.credentials import Secret
from portal_admin.domain.verdict import Result
from portal_admin.errors import InvalidInput, SecretsUnavailable
from portal_admin.services import database, sites
from portal_admin.services.desk import Desk
from portal_admin.services.doctor import Finding
from portal_admin.settings import Profile

NEEDS_THE_FILE = ("database", "schema", "role", "audit_head", "sync_age", "payments", "write_access")


@dataclass(frozen=True, slots=True)
class FirstSite:
    """The site that a new database begins with."""

    key: str
    name: str
    labels: tuple[str, ...]
    unlabelled: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """All of the page; `new_file` is the SQLite file to create, `replaces` the stored profile being changed."""

    profile: Profile
    password: str
    new_file: Path | None
    site: FirstSite | None
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What this machine knows already: the profiles, where a password would go, and a folder for a new database."""

    profiles: tuple[Profile, ...]
    current: str | None
    keyring: str | None
    new_file: Path


def know() -> Known:
    """Read what the page begins with."""
    stored = settings.read_profiles()
    try:
        keyring: str | None = credentials.check_keyring()
    except SecretsUnavailable:
        keyring = None
    return Known(stored.all, stored.current, keyring, settings.default_database_file("portal"))


def file_address(path: Path) -> str:
    """The database address of a SQLite file."""
    return settings.sqlite_url(path.absolute())


def findings(draft: Draft, *, clock: Callable[[], datetime] = wiring.utc_now) -> Iterator[Finding]:
    """The doctor's findings on what is typed; a file that saving will create is not missed yet."""
    _check(draft)
    is_known = settings.has_logins_of(draft.profile)
    will_be_made = draft.new_file is not None and not draft.new_file.exists()
    for found in wiring.examine_connection(
        draft.profile,
        password=None if is_known and not draft.password else lambda: draft.password or _given(Secret.ASPIRE),
        database_password=None if is_known else lambda: _given(Secret.DATABASE),
        clock=clock,
    ):
        if will_be_made and found.check in NEEDS_THE_FILE and found.result is not Result.PASS:
            if found.check == "database":
                yield Finding("database", Result.ADVICE, f"Saving creates {draft.new_file}.")
        else:
            yield found


def save(draft: Draft, *, clock: Callable[[], datetime] = wiring.utc_now) -> tuple[str, bool]:
    """Create what is to be created, keep the password and the profile; the name, and whether the keyring has the password."""
    profile = draft.profile
    _check(draft)
    _refuse_taken_name(draft)
    if draft.new_file is not None:
        database.upgrade(profile.database_url, now=clock(), operator=wiring.operator_name())
    is_known = settings.has_logins_of(profile)
    desk = wiring.open_profile(
        profile, clock=clock, database_password=None if is_known else lambda: _given(Secret.DATABASE)
    )
    try:
        if draft.site is not None:
            _create_first_site(desk, draft.site)
    finally:
        wiring.close_desk(desk)
    if not is_known:
        _forget_passwords(profile.name)
    kept = _keep_password(profile.name, draft.password)
    settings.add_profile(profile, change=draft.replaces == profile.name)
    settings.use_profile(profile.name)
    return profile.name, kept


def _given(secret: Secret) -> str | None:
    return credentials.password_in_environment(secret)


def _forget_passwords(name: str) -> None:
    """What was typed for other servers must not reach these."""
    with suppress(SecretsUnavailable):  # then there is none to forget
        credentials.delete_passwords(name)


def _check(draft: Draft) -> None:
    if draft.new_file is not None and not draft.new_file.name:
        raise InvalidInput("Say where the file is to be kept.", field="file")
    settings.check_profile(draft.profile)


def _refuse_taken_name(draft: Draft) -> None:
    name = draft.profile.name
    if name != draft.replaces and any(known.name == name for known in settings.read_profiles().all):
        raise InvalidInput(f"There is a profile {name} already. Choose another name.", field="name")


def _create_first_site(desk: Desk, first: FirstSite) -> None:
    if sites.list_sites(desk):
        return
    try:
        sites.create_site(
            desk, key=first.key, name=first.name, labels=first.labels, unlabelled=first.unlabelled
        )
    except InvalidInput as problem:
        raise InvalidInput(problem.message, field=f"site_{problem.field}") from problem


def _keep_password(name: str, password: str) -> bool:
    if not password:
        return True
    try:
        credentials.set_password(name, Secret.ASPIRE, password)
    except SecretsUnavailable:
        credentials.remember_for_session(name, Secret.ASPIRE, password)
        return False
    return True
