"""The portal database: tables, engine and migrations; no queries."""

from portal_admin.models.base import metadata
from portal_admin.models.portal import (
    account_link,
    audit_event,
    end_user,
    field_note,
    mail_outbox,
    setting,
    site,
    site_private_label,
)
from portal_admin.models.snapshot import (
    aspire_account,
    aspire_contact,
    aspire_contract,
    aspire_contract_detail,
    aspire_contract_role,
    lease,
    sync_run,
    sync_state,
)

__all__ = [
    "account_link",
    "aspire_account",
    "aspire_contact",
    "aspire_contract",
    "aspire_contract_detail",
    "aspire_contract_role",
    "audit_event",
    "end_user",
    "field_note",
    "lease",
    "mail_outbox",
    "metadata",
    "setting",
    "site",
    "site_private_label",
    "sync_run",
    "sync_state",
]
