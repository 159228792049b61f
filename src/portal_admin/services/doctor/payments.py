"""Whether payments get to ASPIRE, and whether what is noted of the sites agrees with ASPIRE's own settings."""

from __future__ import annotations

from collections.abc import Iterator

from portal_admin.domain.payments import SENT_WITHIN, Sending
from portal_admin.domain.site_policy import BankAccounts
from portal_admin.domain.verdict import Result
from portal_admin.errors import DeskError
from portal_admin.services.desk import Desk
from portal_admin.services.doctor.visit import Finding, Visit
from portal_admin.services.payments.follow import waiting_since
from portal_admin.services.site_policy import policies

NAME = "payments"
NAMED = 3
ONLY_EXISTING = "AllowOnlyExisting"


def payments(visit: Visit) -> Finding:
    patient = visit.patient
    desk = Desk(engine=visit.engine, aspire=patient.aspire, clock=patient.clock, operator="doctor")
    waiting = waiting_since(desk, before=patient.clock() - SENT_WITHIN)
    if waiting:
        named = ", ".join(one.reference for one in waiting[:NAMED])
        more = f" and {len(waiting) - NAMED:,} more" if len(waiting) > NAMED else ""
        ours = any(one.sending is Sending.UNKNOWN for one in waiting)
        fix = (
            "Look at each with `portal-admin payments trace REFERENCE`; if many wait, see whether sync runs."
        )
        if ours:
            fix = (
                f"{fix} What a desk sent is looked up with `portal-admin payments submit --resume REFERENCE`."
            )
        message = f"Not with ASPIRE within 15 minutes, or not known to be: payment {named}{more}."
        return Finding(NAME, Result.FAIL, message, fix)
    differing = tuple(_differing(visit, desk))
    if differing:
        fix = "Note what the vendor switched with `portal-admin sites set-policy`, or ask the vendor by a ticket."
        return Finding(NAME, Result.ADVICE, " ".join(differing), fix)
    return Finding(NAME, Result.PASS, "No payment waits for longer than it may.")


def _differing(visit: Visit, desk: Desk) -> Iterator[str]:
    """What ASPIRE's settings say otherwise; why they cannot be read is a finding of its own."""
    try:
        settings = visit.settings
    except DeskError:
        return
    noted = policies(desk)
    enabled, accounts = settings.get("PaymentsEnabled"), settings.get("BankAccountPolicy")
    on = [key for key, policy in noted.items() if policy.payments_enabled]
    if enabled is False and on:
        yield f"ASPIRE says that payments are switched off for the company, but they are on for {', '.join(on)}."
    if enabled is True and noted and not on:
        yield "ASPIRE says that payments are switched on for the company, but they are off for every site."
    wide = [key for key, policy in noted.items() if policy.bank_accounts is BankAccounts.ANY]
    if accounts == ONLY_EXISTING and wide:
        yield f"ASPIRE allows only existing bank accounts, but {', '.join(wide)} allows any."
