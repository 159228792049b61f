"""Checks of ASPIRE: whether it answers, and whether it is set up as the portal needs it."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal_admin.domain.verdict import Result
from portal_admin.errors import (
    AspireBusy,
    AspireFailed,
    AspirePasswordExpired,
    AspirePasswordMissing,
    AspireReplyUnreadable,
    AspireTooSlow,
    AspireUnreachable,
    CouldNotLook,
    DeskError,
    SecretsUnavailable,
)
from portal_admin.services.doctor.visit import Finding, NotLookedAt, Visit
from portal_admin.settings import FROM_ENVIRONMENT, OVERRIDES

CAPABILITIES = (
    "Invoices",
    "Equipment",
    "Payments",
    "AlternateEfts",
    "Amortization",
    "BankAccounts",
    "CreditLines",
    "EftBatches",
    "Settings",
    "PaymentRequests",
    "ServiceRequests",
)
NOT_REACHED = (AspireUnreachable, AspireTooSlow, AspireBusy, AspireFailed, AspireReplyUnreadable)
CLOCKS_MAY_DIFFER = timedelta(minutes=2)
JOB_MAY_REST = timedelta(days=2)


def aspire(visit: Visit) -> Finding:
    profile, problem = visit.profile, visit.sign_in
    if visit.patient.aspire is None:
        fix = f"Run `portal-admin profile add {profile.name} --change --aspire-url URL --aspire-user USER`."
        if profile.name == FROM_ENVIRONMENT:
            fix = f"Set {OVERRIDES['aspire_url']} and {OVERRIDES['aspire_user']}, or choose a profile that names them."
        return Finding("aspire", Result.FAIL, "The profile names no ASPIRE address and user.", fix)
    if isinstance(problem, NOT_REACHED):
        fix = "Check the address, the network or VPN, and whether ASPIRE is running."
        return Finding("aspire", Result.FAIL, problem.message, fix, could_not_look=True)
    if isinstance(problem, AspirePasswordMissing) or (problem and not isinstance(problem, CouldNotLook)):
        raise NotLookedAt("Not looked at: there is no password to ask with.")
    return Finding("aspire", Result.PASS, f"ASPIRE answers at {profile.aspire_url}.")


def signed_in(visit: Visit) -> Finding:
    profile, problem = visit.profile, visit.sign_in
    if problem is None:
        return Finding("signed_in", Result.PASS, f"Signed in as {profile.aspire_user}.")
    if visit.patient.aspire is None or isinstance(problem, NOT_REACHED):
        raise NotLookedAt("Not looked at: ASPIRE could not be asked.")
    fix = _way_to_sign_in(visit)
    if isinstance(problem, AspirePasswordExpired):
        fix = f"Change the password in ASPIRE, then: {fix}"
    return Finding("signed_in", Result.FAIL, problem.message, fix)


def _way_to_sign_in(visit: Visit) -> str:
    patient = visit.patient
    if patient.password_in_environment:
        # It comes before whatever `signin` keeps.
        return "Correct PORTAL_ADMIN_ASPIRE_PASSWORD."
    if isinstance(visit.sign_in, SecretsUnavailable):
        return "Set PORTAL_ADMIN_ASPIRE_PASSWORD, or unlock the keyring and run `portal-admin signin`."
    try:
        patient.check_keyring()
    except SecretsUnavailable:
        return "Set PORTAL_ADMIN_ASPIRE_PASSWORD."
    return "Run `portal-admin signin`."


def capabilities(visit: Visit) -> Finding:
    missing = [name for name in CAPABILITIES if name not in visit.instance.capabilities]
    if not missing:
        return Finding("capabilities", Result.PASS, "ASPIRE offers everything that the desk can use.")
    message = f"This ASPIRE does not offer: {', '.join(missing)}. The screens leave it out."
    return Finding("capabilities", Result.ADVICE, message, "If you need it, ask who runs the ASPIRE gateway.")


def clock_skew(visit: Visit) -> Finding:
    apart = visit.instance.now - visit.patient.clock()
    seconds = abs(int(apart.total_seconds()))
    if abs(apart) <= CLOCKS_MAY_DIFFER:
        return Finding(
            "clock_skew", Result.PASS, f"The clocks of ASPIRE and this machine differ by {seconds} s."
        )
    direction = "ahead of" if apart > timedelta() else "behind"
    message = (
        f"ASPIRE's clock is {seconds:,} s {direction} this machine's, so ages and waiting times are wrong."
    )
    if apart < timedelta() and _restored(visit):
        message = f"{message} It may have gone back with the restored backup."
        return Finding(
            "clock_skew", Result.ADVICE, message, "See sync_age first, then look at the clocks again."
        )
    return Finding("clock_skew", Result.FAIL, message, "Set both machines to the same time service.")


def _restored(visit: Visit) -> bool:
    try:
        return visit.restored
    except DeskError:
        return False  # what is wrong with the database is a finding of its own


def contract_values_job(visit: Visit) -> Finding:
    name, job = "contract_values_job", visit.settings.get("CalculateContractValuesJob")
    fix = "In ASPIRE's JobStream, schedule a daily job with the task Calculate Contract Values."
    if job is None:
        return Finding(
            name, Result.UNKNOWN, "ASPIRE does not tell whether Calculate Contract Values is scheduled.", fix
        )
    if not job.get("IsScheduled"):
        return Finding(
            name, Result.FAIL, "No JobStream job with the task Calculate Contract Values is scheduled.", fix
        )
    if job.get("LastRunSucceeded") is False:
        return Finding(
            name, Result.FAIL, "The last run of Calculate Contract Values failed.", "See ASPIRE's JobStream."
        )
    last = _instant(job.get("LastRun"))
    if last is None or visit.instance.now - last > JOB_MAY_REST:
        message = "Calculate Contract Values is scheduled, but did not run in the last two days."
        return Finding(name, Result.ADVICE, message, "See ASPIRE's JobStream.")
    return Finding(name, Result.PASS, f"Calculate Contract Values ran at {last:%Y-%m-%d %H:%M} UTC.")


def amortization_schedule(visit: Visit) -> Finding:
    name, kept = "amortization_schedule", visit.settings.get("SaveCustomerAmortizationSchedule")
    if kept is None:
        message = "ASPIRE does not tell its Global Setting Save Customer Amortization Schedule."
        return Finding(name, Result.UNKNOWN, message, "Look it up in ASPIRE; its default is No.")
    if not kept:
        # Its default, and a company may want it so: the portal lacks one list and shows nothing wrong. Without the job
        # above, values that the portal does show are never calculated.
        message = "ASPIRE does not save amortization schedules, so the portal shows none."
        fix = "If customers should see them, set ASPIRE's Save Customer Amortization Schedule to Yes."
        return Finding(name, Result.ADVICE, message, fix)
    return Finding(name, Result.PASS, "ASPIRE saves amortization schedules.")


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
