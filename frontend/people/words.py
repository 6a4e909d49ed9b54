"""Roles in words: what each lets somebody do, and one that is held as a line."""

from datetime import date, timedelta

from frontend.formats import long_date, money
from marketplace.core.actors import BUYING, Role
from marketplace.organisations.models import RoleAssignment

MAY: dict[Role, str] = {
    Role.BUYER: "Books, orders and signs off visits, up to their limit; sees what is invoiced",
    Role.APPROVER: "Buys and decides on orders above others' limits; keeps the organisation's people",
    Role.TRUST_FINANCE: "Buys and approves for the trust and its schools; keeps their people",
    Role.DELEGATE: "Has a record of courses attended, and certificates",
    Role.PROVIDER: "Lists offers, answers requests, sends invoices; keeps the provider's people",
    Role.CONSULTANT: "Has a calendar and writes up visits",
    Role.HUB_LEAD: "Sends the hub's returns and sees what is paid for them",
    Role.SCHEME_SUPPLIER: "Sells under a purchasing scheme",
    Role.COMMISSIONER: "Commissions statutory packages for the council and keeps its people here",
    Role.COUNCIL_PAYMENTS: "Pays the council's invoices and journals",
    Role.PANEL: "Scores applications to become a hub or to be accredited",
    Role.VERIFIER: "Decides on returns of other schools",
    Role.BOARD_MEMBER: "Sees totals, and nobody's details",
    Role.FINANCE_OFFICER: "Invoices, matches the bank, prepares payments",
    Role.FINANCE_MANAGER: "Approves what finance officers prepare, closes months",
    Role.ORGANISER: "Runs courses, networks, offers and accreditation",
    Role.AUDITOR: "Reads everything and changes nothing",
    Role.ADMINISTRATOR: "Keeps people, organisations and imports; handles no money",
}


def name_of(role: Role | str) -> str:
    """ "Trust finance"."""
    return Role(role).words.capitalize()


def limit_words(role: Role | str, pence: int | None) -> str:
    """What somebody of the role may commit in one order; empty for roles that order nothing."""
    if Role(role) not in BUYING:
        return ""
    return "no limit for one order" if pence is None else f"up to {money(pence)} for one order"


def held_words(one: RoleAssignment, on: date, *, place: bool = True) -> str:
    """ "Buyer of Oakfield Primary, up to £500.00 for one order, from 1 December 2026": what is not so today is said."""
    parts = [f"{name_of(one.role)} of {one.organisation.name}" if place else name_of(one.role)]
    parts += [limit] if (limit := limit_words(one.role, one.spending_limit_pence)) else []
    parts += [f"from {long_date(one.valid_from)}"] if one.valid_from > on else []
    parts += [f"until {long_date(one.valid_to - timedelta(days=1))}"] if one.valid_to else []
    return ", ".join(parts)
