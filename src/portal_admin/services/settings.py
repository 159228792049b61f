"""The portal settings, kept in the database so that all desktops agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from portal_admin.domain.freshness import CADENCES
from portal_admin.domain.permissions import Permission
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.setting_key import SettingKey
from portal_admin.domain.setting_keys import SETTING_KEYS
from portal_admin.domain.text import whole
from portal_admin.errors import InvalidInput, NotFound, SettingsProblem
from portal_admin.models import setting
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it holds now: its text, or its default where nothing is stored, and one sentence."""

    key: str
    value: str
    default: str
    meaning: str


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


@action(Permission.CHANGE_SETTINGS)
def set_setting(desk: Desk, *, key: str, value: str) -> Setting:
    """Store a setting for all desks; InvalidInput says which values there are."""
    known = _known(key)
    try:
        text = known.write(known.parse(value))
    except (ValueError, OverflowError) as problem:
        raise InvalidInput(f"{known.key} holds {known.expects}.", field="value") from problem
    return _change(desk, known, text)


@action(Permission.CHANGE_SETTINGS)
def unset_setting(desk: Desk, *, key: str) -> Setting:
    """Let a setting have its default again."""
    return _change(desk, _known(key), None)


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


def _change(desk: Desk, known: SettingKey, text: str | None) -> Setting:
    with changing(desk) as connection:
        before = _stored(connection).get(known.key)
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
        return _setting(known, {} if text is None else {known.key: text})


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
    return Setting(known.key, stored.get(known.key, known.default), known.default, known.meaning)
