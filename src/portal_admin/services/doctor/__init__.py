"""Whether everything that the desk needs is there; one check that fails never hides another."""

from __future__ import annotations

from collections.abc import Iterator

from portal_admin.services.doctor import aspire, desk, mail, operator, payments
from portal_admin.services.doctor.visit import Finding, Patient, Visit

__all__ = ["CHECKS", "Finding", "Patient", "examine"]

CHECKS = (
    ("profile", desk.profile),
    ("database", desk.database),
    ("schema", desk.schema),
    ("role", operator.role),
    ("audit_head", operator.audit_head),
    ("aspire", aspire.aspire),
    ("signed_in", aspire.signed_in),
    ("capabilities", aspire.capabilities),
    ("clock_skew", aspire.clock_skew),
    ("sync_age", desk.sync_age),
    ("contract_values_job", aspire.contract_values_job),
    ("amortization_schedule", aspire.amortization_schedule),
    ("mail", mail.mail),
    ("payments", payments.payments),
    ("keyring", desk.keyring),
    ("write_access", desk.write_access),
)


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding, as soon as it is known; the database is closed at the end, ASPIRE stays the caller's."""
    visit = Visit(patient)
    try:
        for name, look in CHECKS:
            yield visit.finding(name, look)
    finally:
        visit.close()
