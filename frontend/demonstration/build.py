"""Building the demonstration: everything in one transaction, so that a build that was ended leaves nothing behind."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db import connection, transaction

from catalogue.services import seed_budget_codes
from frontend.demonstration import people
from frontend.demonstration.agreed import add_agreed
from frontend.demonstration.approvals import add_approvals
from frontend.demonstration.asking import add_requests
from frontend.demonstration.beyond_sales import add_beyond_sales
from frontend.demonstration.budgets import add_budgets
from frontend.demonstration.calendar import Year
from frontend.demonstration.claims import add_claims
from frontend.demonstration.closing import add_closing
from frontend.demonstration.consultants import add_consultants, add_firms
from frontend.demonstration.council_contracts import add_council_contracts
from frontend.demonstration.council_journals import add_council_journals
from frontend.demonstration.days import add_days
from frontend.demonstration.desk import add_desk
from frontend.demonstration.directory import Directory, add_area, add_partnership, add_sign_ins, first_day
from frontend.demonstration.found import add_found
from frontend.demonstration.funds import add_funds
from frontend.demonstration.heads import add_heads
from frontend.demonstration.held_elsewhere import add_held_elsewhere
from frontend.demonstration.hubs import add_hubs
from frontend.demonstration.included import add_included_places
from frontend.demonstration.lapsing import add_lapsing
from frontend.demonstration.letters import add_letters
from frontend.demonstration.offer_life import add_offer_life
from frontend.demonstration.outcome_statements import add_outcome_statements
from frontend.demonstration.outcome_terms import add_outcome_terms
from frontend.demonstration.paying_out import add_paying_out
from frontend.demonstration.payment_requests import add_payment_requests
from frontend.demonstration.planner import tell_planner
from frontend.demonstration.plans import add_plans
from frontend.demonstration.purses import add_purses
from frontend.demonstration.rates import add_rates
from frontend.demonstration.real import add_real_area
from frontend.demonstration.reminding import add_reminding
from frontend.demonstration.retaining import add_retainers
from frontend.demonstration.self_billing import add_self_billing
from frontend.demonstration.service_terms import add_mid_year_joiner, add_service_terms
from frontend.demonstration.sharing import add_sharing
from frontend.demonstration.shop import add_catalogue, add_memberships
from frontend.demonstration.support import add_support
from frontend.demonstration.tickets import add_tickets
from frontend.demonstration.vat_returns import add_vat_returns
from frontend.demonstration.visits import add_visits
from frontend.demonstration.waiting_lists import add_waiting_lists
from frontend.demonstration.waivers import add_waivers
from frontend.demonstration.year import add_bank_account, add_year
from invoicing.services import seed_chart, seed_vat_rules
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation

BUILT = "demonstration.built"
FICTIONAL, REAL = "fictional", "real"

T = TypeVar("T")
Say = Callable[[str], None]
Fill = Callable[[Directory], str]


class OtherData(DomainError):
    """The database holds something else than the demonstration that was asked for."""

    code = "other_data"


@dataclass(frozen=True)
class Built:
    """What stands in the database: which area, for which day it was built, by this call or before, and the name of the
    real school that the invented buyer buys for (empty in the fictional area)."""

    area: str
    on: date
    now: bool
    buys_at: str = ""

    @property
    def sign_ins(self) -> dict[str, people.SignIn]:
        """Who can sign in, by role."""
        return people.SIGN_INS if self.area == FICTIONAL else people.real_sign_ins(self.buys_at)


def build(*, name: str, on: date, actor: Actor, say: Say = print) -> Built:
    """The fictional area with a year of trading that ends on ``on``, run by a partnership called ``name``.

    Once built it stays as it is, whatever the day. Raises OtherData where the database holds anything else.
    """

    def fill(directory: Directory) -> str:
        parts: list[tuple[str, Callable[[], object]]] = [
            ("Schools, trusts and the council", lambda: add_area(directory, today=on, actor=actor)),
            ("Offers, dates and prices", lambda: add_catalogue(directory, today=on, actor=actor)),
            ("Memberships", lambda: add_memberships(directory, actor=actor)),
            ("Providers of consultants", lambda: add_firms(directory, actor=actor)),
            ("People", lambda: add_sign_ins(directory, people.SIGN_INS, today=on, actor=actor)),
            ("Consultants", lambda: add_consultants(directory, today=on, actor=actor)),
            ("Rates of consultants", lambda: add_rates(directory, today=on)),
            ("Requests to consultants", lambda: add_requests(directory, today=on, actor=actor)),
            ("Retainers", lambda: add_retainers(directory, today=on, actor=actor)),
            ("How services are agreed", lambda: add_service_terms(directory, today=on)),
            ("Offers being written", lambda: add_offer_life(directory, today=on, actor=actor)),
            ("The bank account", lambda: add_bank_account(directory, actor=actor)),
            ("A year of trading", lambda: add_year(directory, today=on, actor=actor)),
            ("A look at the rows so far", tell_planner),
            ("Somebody joins a service in mid-year", lambda: add_mid_year_joiner(directory, today=on)),
            ("Orders that wait for approval", lambda: add_approvals(directory, today=on, actor=actor)),
            ("Services agreed by hand", lambda: add_agreed(directory, today=on, actor=actor)),
            ("Queries and reminders", lambda: add_reminding(directory, today=on)),
            ("Journals, purchases and old books", lambda: add_beyond_sales(directory, year=Year(on), actor=actor)),
            ("Council journals", lambda: add_council_journals(directory, year=Year(on))),
            ("Funds and grants", lambda: add_funds(directory, year=Year(on), actor=actor)),
            ("Payment requests", lambda: add_payment_requests(directory, year=Year(on))),
            ("Policies and waivers", lambda: add_waivers(directory, today=on, actor=actor)),
            ("A waiting list", lambda: add_waiting_lists(directory, today=on, actor=actor)),
            ("Subscription levels", lambda: add_plans(directory, year=Year(on))),
            ("Members and what they share", lambda: add_sharing(directory, year=Year(on), actor=actor)),
            ("Registers, evaluations and a network", lambda: add_days(directory, today=on, actor=actor)),
            ("The organiser's desk", lambda: add_desk(directory, today=on, actor=actor)),
            ("Places of subscriptions", lambda: add_included_places(directory, today=on)),
            ("A purse of three schools", lambda: add_purses(directory, year=Year(on), actor=actor)),
            ("What lapses and is carried over", lambda: add_lapsing(directory, today=on)),
            ("Ratings and what is bought together", lambda: add_found(directory, today=on)),
            ("Budgets of some schools", lambda: add_budgets(directory, today=on)),
            ("Contracts with others", lambda: add_held_elsewhere(directory, today=on, actor=actor)),
            ("Tickets of the service desk", lambda: add_tickets(directory, today=on, actor=actor)),
            ("Visits of a consultant", lambda: add_visits(directory, today=on, actor=actor)),
            ("Invoices of providers", lambda: add_self_billing(directory, today=on, actor=actor)),
            ("Hubs and calls for them", lambda: add_hubs(directory, today=on, actor=actor)),
            ("Returns of a hub", lambda: add_claims(directory, today=on, actor=actor)),
            ("Payments to providers", lambda: add_paying_out(directory, today=on)),
            ("A council's contracts", lambda: add_council_contracts(directory, year=Year(on))),
            ("Outcome statements", lambda: add_outcome_statements(directory, today=on)),
            ("A hub paid by heads", lambda: add_heads(directory, today=on)),
            ("Terms of contracts that pay on outcomes", lambda: add_outcome_terms(directory, today=on)),
            ("Support plans and matched funding", lambda: add_support(directory, today=on)),
            ("VAT returns", lambda: add_vat_returns(directory, year=Year(on))),
            ("A closed month", lambda: add_closing(directory, year=Year(on))),
            ("E-mails of the last days", add_letters),
        ]
        for words, part in parts:
            _timed(words, part, say)
        return ""

    return _once(FICTIONAL, name=name, on=on, actor=actor, fill=fill)


def build_real(*, name: str, on: date, file: Path, codes: list[str], actor: Actor, say: Say = print) -> Built:
    """Real schools of the register's file, those of the authorities named, with the catalogue and people to sign in.

    Nothing is traded: no order, invoice or debt is ever invented for a real school. Raises OtherData where the database
    holds anything else, and the import's refusals.
    """

    def fill(directory: Directory) -> str:
        school = _timed(
            "Schools of the register", lambda: add_real_area(directory, file=file, codes=codes, on=on, actor=actor), say
        )
        _timed("Offers, dates and prices", lambda: add_catalogue(directory, today=on, actor=actor), say)
        _timed("People", lambda: add_sign_ins(directory, people.real_sign_ins(school), today=on, actor=actor), say)
        add_bank_account(directory, actor=actor)
        return school

    return _once(REAL, name=name, on=on, actor=actor, fill=fill)


@transaction.atomic
def _once(area: str, *, name: str, on: date, actor: Actor, fill: Fill) -> Built:
    with connection.cursor() as cursor:  # a second build waits here, and then finds the first one's marker
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('frontend.demonstration'))")
    if (standing := built()) is not None:
        if standing.area != area:
            raise OtherData(
                f"This database holds the demonstration of {_WORDS[standing.area]}, and {_WORDS[area]} was asked for. "
                "Set VAR_DIR to another folder, or remove this one."
            )
        return standing
    if Organisation.objects.exists():
        raise OtherData(
            "This database holds organisations that are not the demonstration's, so nothing was built. "
            "Set VAR_DIR to another folder, or DATABASE_URL to an empty database."
        )
    seed_chart()
    seed_vat_rules()
    seed_budget_codes()
    buys_at = fill(add_partnership(name=name, since=first_day(on), actor=actor))
    events.record(
        kind=BUILT,
        subject_kind="demonstration",
        subject=area,
        organisation_ids=[],
        payload={"on": on.isoformat(), "buys_at": buys_at},
        actor=actor,
    )
    return Built(area, on, now=True, buys_at=buys_at)


_WORDS = {FICTIONAL: "the fictional area", REAL: "real schools"}


def built() -> Built | None:
    """What was built in this database, if anything."""
    marker = Event.objects.filter(kind=BUILT).order_by("pk").first()
    if marker is None:
        return None
    day = date.fromisoformat(marker.payload["on"])
    return Built(marker.subject, day, now=False, buys_at=marker.payload["buys_at"])


def _timed(words: str, part: Callable[[], T], say: Say) -> T:
    begun = time.monotonic()
    result = part()
    say(f"  {words}: {time.monotonic() - begun:.1f} s")
    return result
