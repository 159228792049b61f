"""`settings list | set | unset`."""

from __future__ import annotations

from argparse import Namespace

from portal_admin.cli.frame import Commands, Context
from portal_admin.errors import DONE


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("settings", help="List and change the settings that all desks share")
    group.command("list", list_settings, help="List every setting with what it means")
    setting = group.command("set", set_setting, help="Change a setting for all desks")
    setting.add_argument("key", metavar="KEY")
    setting.add_argument("value", metavar="VALUE")
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

    _print(context, settings.set_setting(context.desk, key=args.key, value=args.value))
    return DONE


def unset_setting(context: Context, args: Namespace) -> int:
    """Let a setting have its default again."""
    from portal_admin.services import settings

    _print(context, settings.unset_setting(context.desk, key=args.key))
    return DONE


def _print(context: Context, *settings: object) -> None:
    context.out.rows(
        settings,
        columns={
            "Key": lambda one: one.key,
            "Value": lambda one: one.value,
            "Default": lambda one: one.default,
            "Meaning": lambda one: one.meaning,
        },
    )
