"""The triggers by which PostgreSQL keeps the audit true (migrations 0004 and 0005)."""

from __future__ import annotations

# Each is named after its table.
TRIGGERS = (
    "account_link_needs_audit",
    "audit_event_chained",
    "audit_event_kept",
    "audit_event_signed",
    "call_note_needs_audit",
    "call_note_signed",
    "caller_verification_needs_audit",
    "caller_verification_signed",
    "end_user_needs_audit",
    "end_user_only_taken_back",
    "field_note_needs_audit",
    "import_batch_needs_audit",
    "import_batch_undo_needs_audit",
    "mail_outbox_needs_audit",
    "mail_outbox_only_unsent",
    "mail_outbox_revival_needs_audit",
    "operator_needs_audit",
    "payment_cancel_needs_audit",
    "payment_needs_audit",
    "payment_removal_needs_audit",
    "service_request_needs_audit",
    "service_request_note_needs_audit",
    "service_request_note_signed",
    "setting_needs_audit",
    "site_brand_needs_audit",
    "site_needs_audit",
    "site_policy_needs_audit",
    "site_private_label_needs_audit",
)
