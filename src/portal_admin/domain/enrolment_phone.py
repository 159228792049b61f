"""What to say to somebody on the phone who could not enrol: helpful, and without telling what is on file."""

from __future__ import annotations

from collections.abc import Mapping

from portal_admin.domain.people import Status
from portal_admin.domain.verdict import Check, Result

LATER = "I cannot check that right now. May I call you back in a few minutes?"
SAY: Mapping[tuple[str, str], str] = {
    ("email", "no_address"): "That does not look like an email address. Would you spell it for me?",
    ("email", "not_on_file"): (
        "The page only takes an email address that we have on file for your company. "
        "Which other address might you have given us?"
    ),
    ("email", "no_contract"): (
        "We know that address, but there is no contract under it yet. Which address is on your invoices?"
    ),
    ("email", "not_booked"): (
        "We know that address, but its contract has not started with us yet. Please try again once it has."
    ),
    ("email", "not_customer"): (
        "With that address we know you, but not as the customer of a contract, so the page cannot let you in. "
        "I can look into setting up your access here."
    ),
    ("email", "several_in_field"): (
        "Your address is on file together with others, which the page cannot use. I will see to it on our side."
    ),
    ("email", "bill_to"): (
        "That is the address your invoices go to, which the page does not take. "
        "Please use the address of the company or of its contact person."
    ),
    ("postal_code", "nothing_typed"): "The page needs the postal code of the address your invoices go to.",
    ("postal_code", "too_short"): "That postal code is too short. Please type all of it.",
    ("postal_code", "none_on_file"): (
        "We have no billing postal code for that contract, so the page cannot check it. I will see to it on our side."
    ),
    ("postal_code", "short_on_file"): (
        "The postal code we have for that contract is not complete, so the page cannot check it. "
        "I will see to it on our side."
    ),
    ("postal_code", "differs"): (
        "Please use the postal code of the address on the invoice for this very contract; "
        "it may differ from your office's."
    ),
    (
        "contract",
        "nothing_typed",
    ): "The page needs the number of one of your contracts; it is on every invoice.",
    ("contract", "absent"): (
        "I cannot find that contract number. Would you read it to me from your invoice, with every zero and dash?"
    ),
    ("contract", "not_received"): (
        "Your contract is new, and the web site does not know it yet. Please try again in half an hour."
    ),
    ("contract", "not_booked"): (
        "That contract has not started with us yet. Please try again once it has, or use another contract number."
    ),
    (
        "contract",
        "label",
    ): "That contract is not served by this web site. I will find out where you can see it.",
    ("contract", "no_customer"): "Something is missing in our records of that contract. I will see to it.",
    ("contract", "other_customer"): (
        "That contract number does not go with that email address. "
        "Please use the number of one of your own contracts; it is on every invoice."
    ),
}
USED: Mapping[Status, str] = {
    Status.ACTIVE: "You have an account with that address already. I can send you a mail to set a new password.",
    Status.PENDING: (
        "Your account is waiting for you to confirm it. I am sending you the registration mail again; "
        "please follow its link."
    ),
    Status.INACTIVE: "There is an account with that address that was closed. I can look into opening it again.",
}
ELSEWHERE = "That contract is on another of our web sites, {sites}. Please register there."


def words_to_say(check: Check, user: Status | None, site_names: Mapping[str, str]) -> str | None:
    """The sentence for a check that did not pass; None for one that did, and where there is nothing to say."""
    if check.result is Result.UNKNOWN:
        return LATER if check.fix else None
    if check.result is not Result.FAIL:
        return None
    if user is not None and check.name == "already_user":
        return USED[user]
    cause = next(iter(check.evidence.get("causes", ())), "")
    takers = check.evidence.get("mapped_to")
    if cause == "label" and takers:
        return ELSEWHERE.format(sites=" or ".join(site_names.get(key, key) for key in takers))
    return SAY.get((check.name, cause))
