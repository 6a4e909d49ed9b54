"""Verbs of a school's own contracts: written by who buys there, and by its trust's finance while it belongs to the trust."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.periods import Period
from marketplace.core.series import claim, ensure_series
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation, Person
from subscriptions.register.models import OutsideContract
from subscriptions.register.people import owners_of
from subscriptions.register.rules.categories import CATEGORIES
from subscriptions.register.rules.values import notice_day

SERIES, PREFIX = "outside-contract", "OC"
MOST_PENCE = 10**11
MOST_YEARS = 30
FIRST_YEAR, LAST_YEAR = 1990, 2200
MOST_WEEKS, MOST_QUOTES = 104, 50
NOTES_LIMIT = 1000
VAT_CATEGORIES = {"S": "Standard or reduced rate", "Z": "Zero rate", "E": "Exempt", "O": "Outside the scope of VAT"}


class ContractEnded(DomainError):
    """The contract has ended, so nothing of it changes any more."""

    code = "contract_ended"


@dataclass(frozen=True)
class ContractTerms:
    """What a contract with another supplier says. ``year_pence`` is before VAT; ``vat_rate`` a fraction."""

    supplier: str
    title: str
    cfr_code: str
    year_pence: int
    term: Period
    vat_category: str = "S"
    vat_rate: Decimal = Decimal(0)
    notice_weeks: int = 0
    renewal: str = OutsideContract.Renewal.ASK
    owner: Person | None = None
    related: str = OutsideContract.Related.NONE
    related_role: str = ""
    quotes: int = 0
    notes: str = ""


@transaction.atomic
def add_outside_contract(
    *, organisation: Organisation, terms: ContractTerms, on: date, actor: Actor
) -> OutsideContract:
    """Enters a contract that the organisation has with another supplier. Raises WrongInput for terms that cannot be, and
    NotFound where the actor does not buy for the organisation."""
    require_buying(organisation.pk, actor)
    values = _checked(terms, organisation, on)
    ensure_series(code=SERIES, prefix=PREFIX)
    made = OutsideContract.objects.create(number=claim(series=SERIES)[0], organisation=organisation, **values)
    record("outside_contract.added", made, actor, {})
    return made


@transaction.atomic
def change_outside_contract(
    *, contract: OutsideContract, terms: ContractTerms, on: date, actor: Actor
) -> OutsideContract:
    """Puts other terms in place of those entered. Another end or notice asks for a new decision about it.

    Refused: a contract that has ended (ContractEnded); terms that cannot be (WrongInput).
    """
    held = locked(contract, actor)
    values = _checked(terms, held.organisation, on)
    before = {name: getattr(held, name) for name in values}
    changed = sorted(name for name, value in values.items() if before[name] != value)
    if not changed:
        return held
    if {"term_to", "notice_by"} & set(changed):
        values |= {"decision": OutsideContract.Decision.OPEN, "decided_on": None}
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))
    record("outside_contract.changed", held, actor, {"changed": changed})
    return held


@transaction.atomic
def end_outside_contract(*, contract: OutsideContract, ended_on: date, on: date, actor: Actor) -> OutsideContract:
    """Says that it no longer runs from ``ended_on`` on, once. Refused outside its term (WrongInput) and a second time."""
    held = locked(contract, actor)
    if not held.term_from <= ended_on <= held.term_to:
        raise WrongInput(
            f"The first day without it must be between {long_date(held.term_from)} and {long_date(held.term_to)}"
        )
    held.ended_on = ended_on
    held.save(update_fields=["ended_on"])
    record("outside_contract.ended", held, actor, {"ended_on": ended_on.isoformat(), "on": on.isoformat()})
    return held


@transaction.atomic
def decide_notice(*, contract: OutsideContract, decision: str, on: date, actor: Actor) -> OutsideContract:
    """Notes that the contract is kept, or that notice was given to its supplier; or takes the note back (empty).

    Nobody is reminded of a notice date that is decided. Raises WrongInput for another decision.
    """
    held = locked(contract, actor)
    if decision not in OutsideContract.Decision.values:
        raise WrongInput("Choose whether the contract is kept or notice was given")
    held.decision = decision
    held.decided_on = on if decision else None
    held.save(update_fields=["decision", "decided_on"])
    record("outside_contract.decided", held, actor, {"decision": decision})
    return held


def locked(contract: OutsideContract, actor: Actor) -> OutsideContract:
    """The contract for writing, where the actor buys for its organisation. Raises NotFound, and ContractEnded."""
    found = OutsideContract.objects.select_for_update(of=("self",)).select_related("organisation", "owner_person")
    held = found.get(pk=contract.pk)
    require_buying(held.organisation_id, actor)
    if held.ended_on is not None:
        raise ContractEnded(
            f"{held.title} ended: it has not run since {long_date(held.ended_on)}. Enter a new contract instead."
        )
    return held


def require_buying(organisation_id: int, actor: Actor) -> None:
    """Raises NotFound unless the actor holds a buying role there today; a trust's finance does at its schools."""
    if not actor.system and organisation_id not in actor.organisations(*BUYING):
        raise NotFound("Page not found")


def record(kind: str, contract: OutsideContract, actor: Actor, payload: dict[str, Any]) -> None:
    """An event in the scope of the contract's organisation. It tells that something was done and what was touched, never
    a supplier, a price or a relation: the partnership reads the log, and the contract is the school's own."""
    events.record(
        kind=kind,
        subject_kind="outside_contract",
        subject=contract.number,
        organisation_ids=[contract.organisation_id],
        payload=payload,
        actor=actor,
    )


def _checked(terms: ContractTerms, organisation: Organisation, on: date) -> dict[str, Any]:
    """The columns of terms that can be."""
    _check_money(terms)
    _check_dates(terms)
    related_role = clean_line(terms.related_role, what="Who is related, by role", limit=80, required=False)
    if terms.related not in OutsideContract.Related.values:
        raise WrongInput("Choose whether the supplier is a related party")
    if terms.related != OutsideContract.Related.NONE and not related_role:
        raise WrongInput("Enter who is related by their role, such as chair of trustees")
    if terms.owner is not None and terms.owner not in owners_of(organisation, on):
        raise WrongInput("Choose somebody who buys for the school as the one who looks after the contract")
    renews = terms.renewal != OutsideContract.Renewal.NONE
    notice_by = notice_day(terms.term.end, terms.notice_weeks) if renews else None
    return {
        "supplier": clean_line(terms.supplier, what="Supplier", limit=160),
        "title": clean_line(terms.title, what="What it is for", limit=160),
        "cfr_code": terms.cfr_code,
        "year_pence": terms.year_pence,
        "vat_category": terms.vat_category,
        "vat_rate": terms.vat_rate,
        "term_from": terms.term.start,
        "term_to": terms.term.end,
        "notice_weeks": terms.notice_weeks,
        "notice_by": notice_by,
        "renewal": terms.renewal,
        "owner_person": terms.owner,
        "related": terms.related,
        "related_role": related_role if terms.related != OutsideContract.Related.NONE else "",
        "quotes": terms.quotes,
        "notes": clean_line(terms.notes, what="Notes", limit=NOTES_LIMIT, required=False),
    }


def _check_money(terms: ContractTerms) -> None:
    if terms.cfr_code not in CATEGORIES:
        raise WrongInput("Choose the category under which the school books it")
    if not 0 <= terms.year_pence <= MOST_PENCE:
        raise WrongInput("The price a year must be between £0.00 and £1,000,000,000.00")
    if terms.vat_category not in VAT_CATEGORIES:
        raise WrongInput("Choose how the supplier charges VAT")
    if not 0 <= terms.vat_rate < 1 or terms.vat_rate != terms.vat_rate.quantize(Decimal("0.0001")):
        raise WrongInput("The VAT rate must be a number of per cent from 0 to under 100, with at most 2 decimal places")
    if terms.vat_category != "S" and terms.vat_rate:
        raise WrongInput("Only the standard or reduced rate has a percentage. Leave the VAT rate empty")
    if terms.vat_category == "S" and not terms.vat_rate:
        raise WrongInput("Enter the VAT rate, such as 20")
    if not 0 <= terms.quotes <= MOST_QUOTES:
        raise WrongInput(f"The number of quotes must be {MOST_QUOTES} or fewer")


def _check_dates(terms: ContractTerms) -> None:
    if terms.term.start.year < FIRST_YEAR or terms.term.last_day.year > LAST_YEAR:
        raise WrongInput(
            f"A contract begins in {FIRST_YEAR} or later and ends by {LAST_YEAR}. Check its first and last day"
        )
    if terms.term.days > MOST_YEARS * 366:
        raise WrongInput(f"A contract may run for at most {MOST_YEARS} years. Check its first and last day")
    if terms.renewal not in OutsideContract.Renewal.values:
        raise WrongInput("Choose what happens when the term ends")
    if not 0 <= terms.notice_weeks <= MOST_WEEKS:
        raise WrongInput(f"Notice must be {MOST_WEEKS} weeks or fewer")
