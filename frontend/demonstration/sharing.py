"""The register of members, what five of them contribute, and a consultant that three schools share."""

from datetime import timedelta
from decimal import Decimal

from catalogue.rules.classes import PriceClass
from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS
from frontend.demonstration.plans import invoice_agreement
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, Person
from subscriptions.agreements.rules.forms import Every
from subscriptions.membership.rules.methods import Method
from subscriptions.models import Agreement, ContributionRound, MemberClass
from subscriptions.queries import price_classes_on
from subscriptions.services import (
    PartTerms,
    Taking,
    add_member_class,
    agree_cost,
    agree_round,
    enter_member,
    plan_cost,
    plan_round,
)

# Code, name, votes, prices.
CLASSES = [
    ("founding", "Founding member", "2", PriceClass.MEMBER),
    ("full", "Full member", "1", PriceClass.MEMBER),
    ("associate", "Associate", "0", PriceClass.ASSOCIATE),
]
FOUNDERS, SIGNED = 5, ("buyer", "head", "small_limit", "approver")
BUDGET, FEE, BUS, CONSULTANT = Money(9_500_00), Money(25_00), 1_200_00, 6_480_00


def add_sharing(directory: Directory, *, year: Year, actor: Actor) -> None:
    """Everybody with a price class in the register; a round agreed and the next one a draft; one shared cost."""
    manager, officer = directory.signed["finance_manager"], directory.signed["finance_officer"]
    everybody = [directory.find(name) for name in directory.facts]
    prices = price_classes_on([one.pk for one in everybody], year.today - timedelta(days=1))
    founders = _founders(directory, prices)
    classes = _enter_all(directory, founders, prices, actor)
    began = year.began(9)
    term = Period(began, add_months(began, 12))
    this = _round(classes["founding"], term, BUDGET, officer)
    agree_round(round=this, drawn=this.drawn, on=year.last_batch, actor=manager)
    _round(classes["founding"], Period(term.end, add_months(term.end, 12)), Money(9_900_00), officer, previous=this)
    cost = plan_cost(
        code="send-consultant", title="SEND consultant", term=term, lead=founders[0],
        takes=[Taking(one) for one in founders[:3]], is_open=True, every=Every.TERM, supply_kind="consultancy",
        parts=[
            PartTerms("Twelve days and a half", CONSULTANT, Method.PUPILS), PartTerms("Bus", BUS, Method.LEAD)
        ],
        actor=officer,
    )  # fmt: skip
    agree_cost(cost=cost, version=cost.version, on=year.last_batch, actor=manager)
    for kind in (Agreement.Kind.MEMBERSHIP, Agreement.Kind.SHARED):
        for made in Agreement.objects.filter(kind=kind).order_by("pk"):
            invoice_agreement(made, on=year.last_batch, actor=officer)


def _founders(directory: Directory, prices: dict[int, PriceClass]) -> list[Organisation]:
    """Five members: those of whom somebody signs in, then others by name."""
    named = [directory.find(SIGN_INS[key].organisation) for key in SIGNED]
    others = [directory.find(name) for name in sorted(directory.facts)]
    members = [one for one in dict.fromkeys([*named, *others]) if prices.get(one.pk) == PriceClass.MEMBER]
    return members[:FOUNDERS]


def _enter_all(
    directory: Directory, founders: list[Organisation], prices: dict[int, PriceClass], actor: Actor
) -> dict[str, MemberClass]:
    """The register as the price classes have it, since the partnership began."""
    classes = {
        code: add_member_class(code=code, name=name, votes=Decimal(votes), price_class=bought_at, actor=actor)
        for code, name, votes, bought_at in CLASSES
    }
    code_of = {PriceClass.MEMBER: "full", PriceClass.ASSOCIATE: "associate"}
    first = {one.pk for one in founders}
    for one in map(directory.find, directory.facts):
        code = "founding" if one.pk in first else code_of.get(prices[one.pk], "")
        if code:
            enter_member(organisation=one, member_class=classes[code], valid_from=directory.since, actor=actor,
                         voter=_voter(directory, one))  # fmt: skip
    return classes


def _voter(directory: Directory, organisation: Organisation) -> Person | None:
    """The head of the one school whose head signs in."""
    head = SIGN_INS["head"]
    return Person.objects.get(email=head.email) if organisation.name == head.organisation else None


def _round(
    members: MemberClass, term: Period, budget: Money, actor: Actor, previous: ContributionRound | None = None
) -> ContributionRound:
    years = f"{term.start.year}-{term.end.year % 100:02d}"
    return plan_round(
        code=years, title=f"Contribution {years}", term=term, budget=budget, nominal=FEE, method=Method.PUPILS,
        member_class=members, every=Every.TERM, previous=previous, actor=actor,
    )  # fmt: skip
