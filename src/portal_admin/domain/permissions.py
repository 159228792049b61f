"""Who may do what: the one permission matrix, as data (decision of this project)."""

from __future__ import annotations

from enum import StrEnum

from portal_admin.errors import NotAllowed


class Role(StrEnum):
    """What an operator is; somebody without a role may not even look."""

    READ_ONLY = "Read-only"
    CSR = "CSR"
    ADMINISTRATOR = "Administrator"


class Permission(StrEnum):
    """One thing that roles may or may not do, in the words of the window."""

    VIEW = "Look at people, accounts and contracts"
    CREATE_USER = "Create End User"
    EDIT_USER = "Edit User"
    RESEND_REGISTRATION = "Resend Registration Email"
    RESET_PASSWORD = "Reset Password"  # noqa: S105  # the name of an action
    DEACTIVATE_USER = "Deactivate User"
    REACTIVATE_USER = "Reactivate User"
    CHANGE_EMAIL = "Change Email"
    VERIFY_CALLER = "Verify Caller"
    LINK_ACCOUNT = "Link Account"
    UNLINK_ACCOUNT = "Unlink Account"
    WRITE_CALL_NOTE = "Write Call Note"
    SUBMIT_PAYMENT = "Submit Payment"
    CANCEL_PAYMENT = "Cancel Payment"
    WORK_ON_REQUEST = "Work on Service Request"
    HAND_OVER_REQUEST = "Hand Service Request over to ASPIRE"
    WRITE_FIELD_NOTE = "Write Field Note"
    REVEAL = "Reveal masked data"
    EXPORT = "Export"
    VERIFY_AUDIT = "Verify Audit"
    IMPORT_USERS = "Import Users"
    CREATE_SITE = "Create Site"
    MAP_LABELS = "Map Private Labels"
    BRAND_SITE = "Set Site Brand"
    SET_SITE_POLICY = "Set Site Policy"
    ENROLL_USER = "Submit Enrollment"
    CHANGE_SETTINGS = "Change Settings"
    MANAGE_OPERATORS = "Manage Operators"
    SEND_MAIL = "Send Mail"
    SYNC = "Sync"
    BACK_UP_DATABASE = "Back Up Database"
    RESTORE_DATABASE = "Restore Database"


EVERYBODY = frozenset(Role)
DESK = frozenset({Role.CSR, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.VIEW: EVERYBODY,
    Permission.VERIFY_AUDIT: EVERYBODY,
    Permission.CREATE_USER: DESK,
    Permission.EDIT_USER: DESK,
    Permission.RESEND_REGISTRATION: DESK,
    Permission.RESET_PASSWORD: DESK,
    Permission.DEACTIVATE_USER: DESK,
    Permission.REACTIVATE_USER: DESK,
    Permission.CHANGE_EMAIL: DESK,
    Permission.VERIFY_CALLER: DESK,
    Permission.LINK_ACCOUNT: DESK,
    Permission.UNLINK_ACCOUNT: DESK,
    Permission.WRITE_CALL_NOTE: DESK,
    Permission.SUBMIT_PAYMENT: DESK,
    Permission.CANCEL_PAYMENT: DESK,
    Permission.WORK_ON_REQUEST: DESK,
    Permission.HAND_OVER_REQUEST: DESK,
    Permission.WRITE_FIELD_NOTE: DESK,
    Permission.REVEAL: DESK,
    Permission.EXPORT: DESK,
    Permission.IMPORT_USERS: ADMINISTRATORS,
    Permission.CREATE_SITE: ADMINISTRATORS,
    Permission.MAP_LABELS: ADMINISTRATORS,
    Permission.BRAND_SITE: ADMINISTRATORS,
    Permission.SET_SITE_POLICY: ADMINISTRATORS,
    Permission.ENROLL_USER: ADMINISTRATORS,
    Permission.CHANGE_SETTINGS: ADMINISTRATORS,
    Permission.MANAGE_OPERATORS: ADMINISTRATORS,
    Permission.SEND_MAIL: ADMINISTRATORS,
    Permission.SYNC: ADMINISTRATORS,
    Permission.BACK_UP_DATABASE: ADMINISTRATORS,
    Permission.RESTORE_DATABASE: ADMINISTRATORS,
}


def is_allowed(role: Role | None, permission: Permission) -> bool:
    """Whether the matrix lets the role do it."""
    return role in MATRIX[permission]


def refusal(role: Role | None, permission: Permission) -> str | None:
    """Why the role may not do it, naming the roles that may; None when it may."""
    if is_allowed(role, permission):
        return None
    you = f"you are {role}" if role else "you have no role on this portal database"
    may = " and ".join(
        f"{one}s" if one is not Role.READ_ONLY else "Read-only" for one in Role if one in MATRIX[permission]
    )
    return f"“{permission}” is for {may}; {you}. Ask an Administrator."


def require(role: Role | None, permission: Permission) -> None:
    """NotAllowed, with the roles that may, unless the matrix lets the role do it."""
    reason = refusal(role, permission)
    if reason is not None:
        raise NotAllowed(reason)
