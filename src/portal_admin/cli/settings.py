"""`settings list | set | unset`."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.wording import stale_exit
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.services.settings import Setting
    from portal_admin.services.visibility import Reach


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("settings", help="List and change the settings that all desks share")
    group.command("list", list_settings, help="List every setting with what it means")
    setting = group.command("set", set_setting, help="Change a setting for all desks")
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", metavar="VALUE")
    setting.add_argument(
        "--dry-run", action="store_true", help="show who would gain and lose what; change nothing"
    )
    group.command("unset", unset_setting, help="Let a setting have its default again").add_argument(
        "key", metavar="KEY"
    )


def list_settings(context: Context, args: Namespace) -> int:  # noqa: ARG001
    """List the settings."""
    from portal_admin.services import settings

    _print(context, *settings.list_settings(context.desk))
    return DONE


def set_setting(context: Context, args: Namespace) -> int:
    """Change a setting."""
    from portal_admin.services import settings

    act = settings.preview_setting if args.dry_run else settings.set_setting
    return _print_changed(context, act(context.desk, key=args.key, value=args.value), dry_run=args.dry_run)


def unset_setting(context: Context, args: Namespace) -> int:
    """Let a setting have its default again."""
    from portal_admin.services import settings

    return _print_changed(context, settings.unset_setting(context.desk, key=args.key), dry_run=False)


def _print_changed(context: Context, changed: Setting, *, dry_run: bool) -> int:
    _print(context, changed)
    if changed.effect is None:
        if dry_run:
            context.out.say(
                "Nothing was changed. This setting takes no contract from anybody and gives none."
            )
        return DONE
    gained, lost = changed.effect.gained, changed.effect.lost
    if dry_run:
        words = f"{_people(gained)} would gain {_contracts(gained)}, {_people(lost)} would lose {_contracts(lost)}."
    else:
        words = f"{_people(gained)} gained {_contracts(gained)}, {_people(lost)} lost {_contracts(lost)}."
    context.out.say(f"{words} Nothing was changed." if dry_run else words)
    return stale_exit(context.out, changed.effect.freshness)


def _people(reach: Reach) -> str:
    return "1 end user" if reach.users == 1 else f"{reach.users:,} end users"


def _contracts(reach: Reach) -> str:
    return "1 contract" if reach.contracts == 1 else f"{reach.contracts:,} contracts"


def _print(context: Context, *settings: Setting) -> None:
    context.out.rows(
        settings,
        columns={
            "Key": lambda one: one.key,
            "Value": lambda one: one.value,
            "Default": lambda one: one.default,
            "Meaning": lambda one: one.meaning,
        },
        record=setting_record,
    )


def setting_record(setting: Setting) -> dict[str, Any]:
    """The JSON form of a setting; `gained` and `lost` are those of a change that moves people."""
    names = ("key", "value", "default", "meaning")
    found: dict[str, Any] = {name: getattr(setting, name) for name in names}
    if setting.effect is not None:
        found |= {"gained": setting.effect.gained._asdict(), "lost": setting.effect.lost._asdict()}
    return found
