"""Resources that schools wrote: licences sold to others, a royalty that is owed and one that waits, one that ends soon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from catalogue.services import (
    add_offer,
    add_price,
    add_resource_file,
    publish_offer,
    refresh_search_words,
    set_up_resource,
)
from frontend.demonstration.calendar import Year
from frontend.demonstration.directory import Directory
from frontend.demonstration.offers import CODES
from invoicing.ledger.models import LedgerAccount
from invoicing.receivables.models import ReceivableItem
from invoicing.services import allocate, record_receipt, release_payables
from marketplace.core.actors import Actor
from marketplace.core.working_days import previous_working_day
from marketplace.trading.models import OrderLine
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from providers.models import Provider

CFR = "E19"
_BANK = "1010"  # not the account whose statements are read: it would differ from its bank
_FIRST, _LAST = 0, 9  # before and after everything else of a day
_BUYER, _HEAD = "Lantern Street Primary School", "Saltpans Primary School"
_GUIDE = "{title}\n\nHow to use this set, week by week. Twelve sessions of twenty minutes.\n"
_PLAN = "week,session,what you need\n1,Hello and rhythm,none\n2,Counting songs,ten cups\n3,Stories with numbers,a die\n"

Step = tuple[date, int, Callable[[], None]]


@dataclass(frozen=True)
class ResourceFacts:
    """A resource with its price in pounds and its author; without a term it is bought once and kept."""

    code: str
    title: str
    summary: str
    price: str
    author: str
    royalty: str
    term_months: int | None


MATHS = ResourceFacts(
    "storytelling-maths", "Storytelling maths", "Forty stories that need a number to end well, with a guide.", "84",
    _BUYER, "0.30", 12,
)  # fmt: skip
SONGS = ResourceFacts(
    "phonics-through-song", "Phonics through song", "A song for each sound, with words, chords and a plan.", "60", _HEAD,
    "0.25", 12,
)  # fmt: skip
GAMES = ResourceFacts(
    "playground-games", "Playground games of the coast", "Thirty games without equipment, collected by our schools.", "12",
    "", "0", None,
)  # fmt: skip
_SALES = (7, 5, 3, 1)  # in which invoice batches from the end the maths is sold; the last one is not paid yet


def sold_resources(directory: Directory, year: Year, officer: Actor) -> list[Step]:
    """What happens on which day: sales go with the batch of their day and are paid a week later, but for the last."""
    offers = {facts.code: _offer(directory, facts, year, officer) for facts in (MATHS, SONGS, GAMES)}
    refresh_search_words()
    batches, steps = year.batches(), list[Step]()
    schools = [name for name in directory.actors if name in directory.facts and name not in (_BUYER, _HEAD)]
    for back, name in zip(_SALES, schools, strict=False):
        steps += _sale(directory, offers[MATHS.code], name, batches[-back], officer, paid=back != _SALES[-1])
    ends_soon = previous_working_day(year.today - timedelta(days=345))
    steps += _sale(directory, offers[SONGS.code], _BUYER, ends_soon, officer, paid=False)
    return steps + _sale(directory, offers[GAMES.code], _BUYER, batches[-4], officer, paid=False)


def _offer(directory: Directory, facts: ResourceFacts, year: Year, actor: Actor) -> Offer:
    keeper = directory.signed["organiser"]
    offer = add_offer(
        code=facts.code, kind=Offer.Kind.RESOURCE, title=facts.title, summary=facts.summary, description=facts.summary,
        provider=Provider.objects.get(organisation=directory.partnership), supply_kind=Offer.SupplyKind.OTHER,
        themes=["Curriculum"], phases=["primary"], cfr_code=CFR, aar_code=CODES[CFR], account_code="4300",
        stream_code="PR", term_months=facts.term_months, actor=keeper,
    )  # fmt: skip
    rule = {"flat": facts.price}
    add_price(offer=offer, price_class=PriceClass.ANY, rule=rule, valid_from=directory.since, actor=keeper)
    publish_offer(offer=offer, actor=keeper)
    resource = set_up_resource(
        offer=offer, form=Resource.Form.LICENCE if facts.term_months else Resource.Form.DOWNLOAD,
        author=directory.find(facts.author) if facts.author else None, royalty=Decimal(facts.royalty), actor=keeper,
    )  # fmt: skip
    for title, name, text in (("Guide", "guide.txt", _GUIDE.format(title=facts.title)), ("Plan", "plan.csv", _PLAN)):
        add_resource_file(
            resource=resource, title=title, upload=text.encode(), name=name, on=year.first_day, actor=keeper
        )
    return offer


def _sale(directory: Directory, offer: Offer, school: str, day: date, officer: Actor, *, paid: bool) -> list[Step]:
    steps: list[Step] = [(day, _FIRST, partial(_order, directory, offer, school, day))]
    if paid:
        on = previous_working_day(day + timedelta(days=7))
        steps.append((on, _LAST, partial(_receive, offer, directory.find(school).pk, on, officer)))
    return steps


def _order(directory: Directory, offer: Offer, school: str, on: date) -> None:
    signed = {_BUYER: "buyer", _HEAD: "head"}
    actor = directory.signed[signed[school]] if school in signed else directory.actors[school]
    organisation = directory.find(school)
    basket = open_basket(organisation=organisation, actor=actor)
    add_to_basket(basket=basket, offer=offer, school=organisation, quantity=Decimal(1), on=on, actor=actor)
    seen = check_basket(basket=basket, on=on, actor=actor).total.gross.pence
    place_order(basket=basket, purchase_order="", expected_pence=seen, on=on, actor=actor)


def _receive(offer: Offer, school_id: int, on: date, officer: Actor) -> None:
    """The school pays the whole invoice, and the author's share is owed."""
    [key] = OrderLine.objects.filter(offer=offer, school_id=school_id).values_list("charge_source_key", flat=True)
    owed = ReceivableItem.objects.filter(document__lines__charge__source_key=key, outstanding_pence__gt=0)
    for item in owed.select_related("organisation", "document"):
        source = record_receipt(
            source_key=f"demonstration:resource:{key}", payer=item.organisation, pence=item.outstanding_pence,
            received_on=on, reference="Cheque", bank_account=LedgerAccount.objects.get(pk=_BANK), actor=officer,
        )  # fmt: skip
        allocate(source=source, to=item, pence=item.outstanding_pence, on=on, actor=officer)
    release_payables(on=on, actor=officer)
