"""The rows of the two tables: who works at the desks, and what each role may do."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.permissions import MATRIX, Permission, Role, is_allowed
from portal_admin.domain.text import operator_key
from portal_admin.services.operators import Operator
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text, zone_text


def tr(text: str) -> str:
    """In the language of the window."""
    return QCoreApplication.translate("OperatorRows", text)


def role_name(role: Role | None) -> str:
    """A role, or words for its absence."""
    return role.value if role else tr("No role")


def operator_columns() -> tuple[Column, ...]:
    """The columns of the operators."""
    return (
        Column("name", tr("Name"), 240, sortable=True, stretch=True),
        Column("role", tr("Role"), 140, Kind.CHIP, sortable=True),
        Column("since", tr("Since"), 150, Kind.SECONDARY, sortable=True),
        Column("by", tr("Added by"), 200, Kind.SECONDARY, sortable=True),
    )


def operator_row(found: Operator, *, me: str, now: datetime) -> Row:
    """An operator as a line."""
    is_me = operator_key(found.name) == operator_key(me)
    name = tr("{name} (you)").format(name=found.name) if is_me else found.name
    since = clock_text(found.created_at, now)
    return Row(
        found.name,
        (
            Cell(name, strong=is_me, tooltip=found.name),
            Cell(role_name(found.role), Meaning.NEUTRAL if found.role else Meaning.UNKNOWN),
            Cell(since, tooltip=zone_text(found.created_at), sort=found.created_at.timestamp()),
            Cell(found.created_by, tooltip=found.created_by),
        ),
    )


def matrix_columns() -> tuple[Column, ...]:
    """What is done, and a column for each role."""
    roles = (Column(role.name, role.value, 120) for role in Role)
    return (Column("action", tr("Action"), 280, stretch=True), *roles)


def matrix_sections() -> list[tuple[str, list[Row]]]:
    """The whole matrix, by who may."""
    sections: dict[frozenset[Role], list[Row]] = {}
    for permission in Permission:
        sections.setdefault(MATRIX[permission], []).append(_permission_row(permission))
    return [(_who(roles), rows) for roles, rows in sections.items()]


def _permission_row(permission: Permission) -> Row:
    may = Cell(tr("may"), Meaning.GOOD, "check")
    may_not = Cell(tr("may not"), Meaning.NEUTRAL)
    cells = (may if is_allowed(role, permission) else may_not for role in Role)
    return Row(permission, (permission.value, *cells))


def _who(roles: frozenset[Role]) -> str:
    if roles == frozenset(Role):
        return tr("Everybody with a role")
    return tr("{roles} only").format(roles=tr(" and ").join(role for role in Role if role in roles))
