"""What would happen if the caller typed this on the page, and what ASPIRE has on file."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.addresses import usable_addresses
from portal_admin.domain.enrolment import explain_enrolment
from portal_admin.domain.enrolment_typed import Typed, masked_postal_code
from portal_admin.domain.permissions import Permission
from portal_admin.domain.text import whole
from portal_admin.domain.verdict import Edition, Verdict
from portal_admin.domain.verification import masked
from portal_admin.errors import NotFound
from portal_admin.models.engine import reading
from portal_admin.services import accounts, audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.facts import case_of, known, told
from portal_admin.services.settings import read_settings
from portal_admin.services.sites import find_site


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was typed on which site (its key), and the verdict of each edition; `in_force` is the one that counts."""

    site: str
    typed: Typed
    in_force: Edition
    verdicts: dict[Edition, Verdict]


def rehearse(
    desk: Desk,
    *,
    site: str,
    email: str,
    postal_code: str,
    contract_id: str,
    first_name: str = "",
    last_name: str = "",
    edition: Edition | None = None,
) -> Verdict:
    """Rule D's verdict on what was typed, from the snapshot and, within one budget, from ASPIRE itself.

    `edition` None is the one in force. It changes nothing and sends no mail.
    """
    typed = Typed(whole(email), whole(postal_code), whole(contract_id), whole(first_name), whole(last_name))
    return _judged(desk, site, typed, (edition,))[0]


def rehearse_both(desk: Desk, *, site: str, typed: Typed) -> Rehearsal:
    """The verdicts of all editions on the same facts, so that they can be compared."""
    cleaned = Typed(*map(whole, (typed.email, typed.postal_code, typed.contract_id)))
    with reading(desk.engine) as connection:
        in_force, key = read_settings(connection).edition, find_site(connection, site).key
    found = _judged(desk, key, cleaned, tuple(Edition))
    return Rehearsal(key, typed, in_force, {one.edition: one for one in found})


def _judged(desk: Desk, site: str, typed: Typed, editions: tuple[Edition | None, ...]) -> tuple[Verdict, ...]:
    with reading(desk.engine) as connection:
        ours = known(connection, typed, site, desk.clock())
    with accounts.one_budget(desk):
        theirs = told(desk, typed, ours)
    now = desk.clock()
    return tuple(explain_enrolment(case_of(typed, ours, theirs, one, now)).verdict for one in editions)


@dataclass(frozen=True, slots=True)
class OnFile:
    """What the portal's copy has for a contract: its customers' and contacts' addresses, its Bill-To's, its postal code."""

    emails: tuple[str, ...]
    bill_to: tuple[str, ...]
    postal_code: str | None


@action(Permission.REVEAL)
def reveal_on_file(desk: Desk, *, site: str, contract_id: str, email: str = "") -> OnFile:
    """What a rehearsal is compared with, unmasked; the audit tells who looked, and not what was seen."""
    typed = Typed(whole(email), "", whole(contract_id))
    with changing(desk) as connection:
        ours = known(connection, typed, site, desk.clock())
        contract = ours.contract.fact
        if contract is None:
            raise NotFound(f"The portal's copy of ASPIRE holds no contract {typed.contract_id}.")
        emails = tuple(dict.fromkeys(one for holder in ours.customers.values() for one in holder.emails))
        place = contract.bill_to
        bill_to = usable_addresses(place.email if place else None)
        code = place.postal_code if place else None
        shown = [*map(masked, (*emails, *bill_to)), *([masked_postal_code(code)] if code else [])]
        audit.record(
            connection,
            desk,
            action="caller.reveal",
            subject=typed.address or contract.contract_id,
            site=ours.site.key,
            after={"shown": shown, "contract": contract.contract_id},
        )
        return OnFile(emails, bill_to, code)
