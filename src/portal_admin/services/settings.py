"""The portal settings, kept in the database so that all desktops agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, insert, select, update

from portal_admin.domain.freshness import CADENCES
from portal_admin.domain.mail_settings import UNENCRYPTED, is_unencrypted
from portal_admin.domain.permissions import Permission
from portal_admin.domain.policy import ADMITTED_ROLES, PortalSettings
from portal_admin.domain.setting_key import SettingKey
from portal_admin.domain.setting_keys import SETTING_KEYS, typed_roles
from portal_admin.domain.text import whole
from portal_admin.errors import InvalidInput, NotFound, SettingsProblem
from portal_admin.models import aspire_contract_role, setting
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.visibility import Reach, opened_only

if TYPE_CHECKING:
    from portal_admin.services.snapshot import Freshness

ROLES = "admitted_roles"
# A mail server is named by these together.
SERVER = frozenset({"mail.host", "mail.security"})


@dataclass(frozen=True, slots=True)
class Effect:
    """Who gains and who loses contracts by a change of a setting, judged by the portal's copy of ASPIRE."""

    gained: Reach
    lost: Reach
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it holds now: its text, or its default where nothing is stored, and what it means and can hold.

    `effect` is filled where a change of it takes contracts from people or gives them some.
    """

    key: str
    value: str
    default: str
    meaning: str
    effect: Effect | None = None


def read_settings(connection: Connection) -> PortalSettings:
    """The settings as stored; what is not stored has its default, what cannot be read is a SettingsProblem."""
    stored = _stored(connection)
    return PortalSettings(
        edition=parsed(stored, "edition"),
        admitted_roles=parsed(stored, "admitted_roles"),
        time_zone=parsed(stored, "time_zone"),
        cadences={name: parsed(stored, f"cadence.{name}") for name in CADENCES},
    )


def read_setting(connection: Connection, key: str) -> Any:
    """The value of one known setting; a SettingsProblem when what is stored cannot be read."""
    return parsed(_stored(connection), key)


def list_settings(desk: Desk) -> tuple[Setting, ...]:
    """Every known setting, also one whose text cannot be read, so that it can be put right."""
    with reading(desk.engine) as connection:
        stored = _stored(connection)
    return tuple(_setting(known, stored) for known in SETTING_KEYS.values())


def preview_setting(desk: Desk, *, key: str, value: str) -> Setting:
    """The setting as `set_setting` would leave it, with its effect; nothing is changed."""
    known = _known(key)
    with reading(desk.engine) as connection:
        text = _text(connection, known, value)
        return _after(connection, desk, known, text)


@action(Permission.CHANGE_SETTINGS)
def set_setting(desk: Desk, *, key: str, value: str) -> Setting:
    """Store a setting for all desks; InvalidInput says which values there are."""
    known = _known(key)
    with changing(desk) as connection:
        return _change(connection, desk, known, _text(connection, known, value))


@action(Permission.CHANGE_SETTINGS)
def unset_setting(desk: Desk, *, key: str) -> Setting:
    """Let a setting have its default again."""
    known = _known(key)
    with changing(desk) as connection:
        return _change(connection, desk, known, None)


def parsed(stored: Mapping[str, str], key: str) -> Any:
    """The value of a setting among those stored."""
    known = SETTING_KEYS[key]
    try:
        return known.parse(stored.get(key, known.default))
    except (ValueError, OverflowError) as problem:
        raise SettingsProblem(
            f"The setting {key} of this portal cannot be read: it should hold {known.expects}. "
            f"An Administrator corrects it: portal-admin settings set {key} VALUE"
        ) from problem


def _text(connection: Connection, known: SettingKey, typed: str) -> str:
    """How the typed value is stored; InvalidInput when it is none, or when it cannot stand beside the others."""
    try:
        text = known.write(known.parse(typed))
    except (ValueError, OverflowError) as problem:
        more = _unknown_roles(connection, typed) if known.key == ROLES else ""
        raise InvalidInput(f"{known.key} holds {known.expects}.{more}", field="value") from problem
    if known.key in SERVER and _is_unencrypted(_stored(connection) | {known.key: text}):
        raise InvalidInput(UNENCRYPTED, field="value")
    return text


def _unknown_roles(connection: Connection, typed: str) -> str:
    received = connection.execute(select(aspire_contract_role.c.role_type).distinct()).scalars()
    known = {role.casefold(): role for role in (*ADMITTED_ROLES, *sorted(received))}
    wrong = [role for role in typed_roles(typed) if role.casefold() not in known]
    if not wrong:
        return ""
    named, there = whole(", ".join(wrong)), ", ".join(known.values())
    return f" The portal's copy of ASPIRE has no contract role {named}. It has: {there}."


def _is_unencrypted(stored: Mapping[str, str]) -> bool:
    try:
        return is_unencrypted(parsed(stored, "mail.host"), parsed(stored, "mail.security"))
    except SettingsProblem:
        return False  # what cannot be read is put right one setting after the other


def _after(connection: Connection, desk: Desk, known: SettingKey, text: str | None) -> Setting:
    found = _setting(known, {} if text is None else {known.key: text})
    if known.key != ROLES:
        return found
    from portal_admin.services.snapshot import freshness  # which itself rests on the settings

    try:
        before = read_settings(connection)
    except SettingsProblem:
        return found  # nobody sees anything by a setting that cannot be read
    after = replace(before, admitted_roles=known.parse(found.value))
    effect = Effect(
        gained=opened_only(connection, after, beside=before.admitted_roles),
        lost=opened_only(connection, before, beside=after.admitted_roles),
        freshness=freshness(connection, before, desk.clock()),
    )
    return replace(found, effect=effect)


def _change(connection: Connection, desk: Desk, known: SettingKey, text: str | None) -> Setting:
    after, before = _after(connection, desk, known, text), _stored(connection).get(known.key)
    if text != before:
        _write(connection, known.key, before, text)
        audit.record(
            connection,
            desk,
            action="setting.unset" if text is None else "setting.set",
            subject=known.key,
            before={"value": before},
            after={"value": text},
        )
    return after


def _write(connection: Connection, key: str, before: str | None, text: str | None) -> None:
    mine = setting.c.key == key
    if text is None:
        connection.execute(delete(setting).where(mine))
    elif before is None:
        connection.execute(insert(setting).values(key=key, value=text))
    else:
        connection.execute(update(setting).where(mine).values(value=text))


def _known(key: str) -> SettingKey:
    found = SETTING_KEYS.get(key.strip())
    if found is None:
        raise NotFound(f"There is no setting {whole(key)}. There are: {', '.join(SETTING_KEYS)}.")
    return found


def _stored(connection: Connection) -> dict[str, str]:
    return {row.key: row.value for row in connection.execute(select(setting.c.key, setting.c.value))}


def _setting(known: SettingKey, stored: Mapping[str, str]) -> Setting:
    meaning = f"{known.meaning} It holds {known.expects}."
    return Setting(known.key, stored.get(known.key, known.default), known.default, meaning)
