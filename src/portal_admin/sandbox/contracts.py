"""Generated contracts: every kind of fate, role and label, computed from the seed and the contract's number."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache

from portal_admin.sandbox.deals import Deal, later
from portal_admin.sandbox.dice import Dice
from portal_admin.sandbox.parties import BLOCK, BROKER, GUARANTOR, Parties, contract_id
from portal_admin.sandbox.words import EASTERN, EQUIPMENT, LEGACY, NORTHWIND, PRAIRIE, PRAIRIE_WEST, REPS

BASE = 1000  # computed records have greater Oids, the fixed cases smaller ones
BLOCK_CONTRACTS = 16  # to each block of eight accounts
DAY = 86_400_000_000  # microseconds

# Whose contract it is, by the contract's place in its block; the guarantor's place has none, others have many.
CUSTOMERS = (0, 0, 1, 2, 0, 3, 1, 4, 0, 1, 2, 2, 3, 0, 6, 4)
LABEL_BY_CHANCE = (*[None] * 9, *[NORTHWIND] * 2, *[PRAIRIE] * 3, PRAIRIE_WEST, *[EASTERN] * 4, LEGACY)
BLANKS = (None, None, None, None, "", "  ")
OTHER_ROLES = ("Broker", "Vendor", "Insurance Agent", "Remit To")
TYPES = ("CapitalLease", "CapitalLease", "OperatingLease", "Loan")
METHODS = (
    "BalanceForward",
    "BalanceForward",
    "BalanceForwardProrated",
    "PriorityPost",
    "PriorityPostOldestDueBy",
)
STEPS = (*[1] * 17, 3, 3, 6, 12)


def deal_of(seed: int, number: int, stamp: int, everyone: Parties) -> Deal:
    """The contract of that number, counted from 0, last changed at `stamp`."""
    dice = Dice(seed, "contract", number)
    block, place = divmod(number, BLOCK_CONTRACTS)
    customer = block * BLOCK + CUSTOMERS[place]
    changed = date.fromordinal(date(1970, 1, 1).toordinal() + stamp // DAY)
    term, fate = 12 * (2 + dice.below(6)), dice.below(100)
    booked, ended, evergreen = fate >= 5, 5 <= fate < 25, 25 <= fate < 29
    age = term + 1 + dice.below(24) if evergreen else dice.below(1 + min(term, 96))
    start = later(date(changed.year, changed.month, 1 + dice.below(28)), -1 - age)
    label, billing = wording(seed, number, everyone)
    bill_to = everyone.bill_to(customer, billing)
    return Deal(
        oid=BASE + 1 + number,
        contract_id=contract_id(BASE + 1 + number),
        contract_type=dice.of(TYPES),
        roles=_roles(block, customer, dice),
        label=label,
        bill_to=bill_to,
        start=start,
        stamp=stamp,
        term=term,
        step=dice.of(STEPS),
        payment=500 * (20 + dice.below(1400)) + dice.below(100),
        rate=4 + dice.below(1000) / 100,
        booked_at=datetime.combine(start, time(9 + dice.below(8), dice.below(60)), UTC) if booked else None,
        terminated_on=min(later(start, 1 + age), changed) if ended else None,
        evergreen=evergreen,
        overdue=dice.of((0, 0, 0, 0, 0, 0, 0, 0, 1, 2)) if booked and not ended else 0,
        taxed=dice.chance(60),
        autopay=dice.chance(40),
        returned=dice.chance(4),
        equipment=dice.of(EQUIPMENT),
        currency="CAD" if bill_to["Country"] == "CA" else "USD",
        method=dice.of(METHODS),
        representative=dice.of(REPS),
    )


def _roles(block: int, customer: int, dice: Dice) -> tuple[tuple[int, str], ...]:
    first = BASE + 1 + block * BLOCK
    roles = [(BASE + 1 + customer, "Customer")]
    if dice.chance(25):
        roles.append((first + dice.of((GUARANTOR, GUARANTOR, 1, 2)), "Guarantor"))
    if dice.chance(12):
        roles.append((first + BROKER, dice.of(OTHER_ROLES)))
    if dice.chance(2):
        roles.append((first + 3, "Customer"))
    return tuple(dict.fromkeys(roles))


def wording(seed: int, number: int, everyone: Parties) -> tuple[str | None, str | None]:
    """The contract's private label and its Bill-To email: what people search for."""
    dice = Dice(seed, "wording", number)
    block, place = divmod(number, BLOCK_CONTRACTS)
    _, domain, _ = everyone.head(block * BLOCK + CUSTOMERS[place])
    billing = None if dice.chance(40) else f"billing@{domain}"
    return _label(_usual_label(seed, block), dice), billing


@lru_cache(maxsize=64)
def _usual_label(seed: int, block: int) -> str | None:
    return Dice(seed, "label", block).of(LABEL_BY_CHANCE)


def _label(usual: str | None, dice: Dice) -> str | None:
    """Mostly the label of the block; now and then another one, and some in odd spelling."""
    label = dice.of(LABEL_BY_CHANCE) if dice.chance(10) else usual
    if label is None:
        return dice.of(BLANKS)
    odd = dice.below(100)
    return (label.lower(), label.upper(), f" {label}", f"{label} ")[odd] if odd < 4 else label
