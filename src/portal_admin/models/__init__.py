"""The portal database: tables, engine and migrations; no queries."""

from portal_admin.models.audit import audit_event
from portal_admin.models.base import metadata
from portal_admin.models.care import (
    call_note,
    enrollment_attempt,
    payment,
    payment_event,
    service_request,
    service_request_note,
    site_policy,
)
from portal_admin.models.imports import import_batch, import_row
from portal_admin.models.operators import caller_verification, operator
from portal_admin.models.portal import (
    account_link,
    end_user,
    field_note,
    mail_outbox,
    setting,
    site,
    site_brand,
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
    "call_note",
    "caller_verification",
    "end_user",
    "enrollment_attempt",
    "field_note",
    "import_batch",
    "import_row",
    "lease",
    "mail_outbox",
    "metadata",
    "operator",
    "payment",
    "payment_event",
    "service_request",
    "service_request_note",
    "setting",
    "site",
    "site_brand",
    "site_policy",
    "site_private_label",
    "sync_run",
    "sync_state",
]
