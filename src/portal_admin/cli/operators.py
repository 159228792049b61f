"""`operators list | add | set-role`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from portal_admin.cli.frame import Commands, Context
from portal_admin.cli.wording import when
from portal_admin.domain.permissions import Role
from portal_admin.errors import DONE

if TYPE_CHECKING:
    from portal_admin.services.operators import Operator

ROLES = {"read-only": Role.READ_ONLY, "csr": Role.CSR, "administrator": Role.ADMINISTRATOR}
NONE = "none"
A_FILE_ENFORCES_NOTHING = (
    "This portal database is a file, which enforces nothing: roles keep honest people from mistakes. "
    "A database server enforces them too."
)
THE_SERVER_FOLLOWS = (
    "So that the database server enforces it too, let its owner run what `portal-admin db grants` prints now."
)


def add(commands: Commands) -> None:
    """Register the commands."""
    group = commands.group("operators", help="List who works at the desks, and give and take roles")
    group.command("list", list_operators, help="List the operators with their roles")
    adding = group.command("add", add_operator, help="Let somebody work at the desks")
    _add_name(adding)
    adding.add_argument("--role", required=True, choices=tuple(ROLES))
    setting = group.command("set-role", set_role, help="Change a role, or take it from somebody who left")
    _add_name(setting)
    setting.add_argument("--role", required=True, choices=(*ROLES, NONE))
    setting.add_argument(
        "--version", type=int, metavar="N", help="refuse if the operator is no longer at this version"
    )


def _add_name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the name that the person signs in with")


def list_operators(context: Context, args: Namespace) -> int:  # noqa: ARG001
    """List the operators."""
    from portal_admin.services import operators

    context.out.rows(
        operators.list_operators(context.desk),
        columns={
            "Name": lambda one: one.name,
            "Role": lambda one: operators.role_words(one.role),
            "Since": lambda one: when(one.created_at),
            "Added by": lambda one: one.created_by,
        },
        record=operator_record,
    )
    if not context.json and context.desk.engine.dialect.name == "sqlite":
        context.out.say(A_FILE_ENFORCES_NOTHING)
    return DONE


def add_operator(context: Context, args: Namespace) -> int:
    """Let somebody work at the desks."""
    from portal_admin.services import operators

    added = operators.add(context.desk, name=args.name, role=ROLES[args.role])
    return _print_changed(context, added)


def set_role(context: Context, args: Namespace) -> int:
    """Change a role."""
    from portal_admin.services import operators

    changed = operators.set_role(
        context.desk, name=args.name, role=ROLES.get(args.role), version=args.version
    )
    return _print_changed(context, changed)


def _print_changed(context: Context, operator: Operator) -> int:
    from portal_admin.services.operators import role_words

    context.out.record(
        operator_record(operator),
        fields={
            "Name": operator.name,
            "Role": role_words(operator.role),
            "Since": when(operator.created_at),
            "Added by": operator.created_by,
        },
    )
    if context.desk.engine.dialect.name == "postgresql":
        context.out.say(THE_SERVER_FOLLOWS)
    return DONE


def operator_record(operator: Operator) -> dict[str, Any]:
    """The JSON form of an operator."""
    return {
        "name": operator.name,
        "role": operator.role,
        "created_at": operator.created_at,
        "created_by": operator.created_by,
    }
