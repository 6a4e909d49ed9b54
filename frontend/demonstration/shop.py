"""What is offered: providers, offers with prices and course dates, and who buys at which class of price."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import MeetingTimes, add_offer, add_price, add_run, publish_offer, refresh_search_words
from frontend.demonstration import partners, places, schools
from frontend.demonstration.courses import COURSES
from frontend.demonstration.directory import Directory
from frontend.demonstration.more_courses import MORE_COURSES
from frontend.demonstration.offers import CODES, LENGTHS, OfferFacts, RunFacts
from frontend.demonstration.other_kinds import OTHER_KINDS
from frontend.demonstration.people import office_of
from frontend.demonstration.services import SERVICES
from marketplace.core.actors import Actor
from marketplace.core.working_days import is_working_day
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.registry import add_organisation
from providers.models import Provider
from providers.services import add_provider
from subscriptions.services import set_membership

ALL_COURSES = COURSES + MORE_COURSES
_DECIDED_BEFORE = timedelta(days=14)
_LONDON = ZoneInfo("Europe/London")
_CLASSES = {
    "any": PriceClass.ANY,
    "member": PriceClass.MEMBER,
    "associate": PriceClass.ASSOCIATE,
    "non_member": PriceClass.NON_MEMBER,
}
# Months and days between which schools are closed, roughly: summer, Christmas.
_CLOSED = (((7, 20), (9, 4)), ((12, 18), (12, 31)), ((1, 1), (1, 5)))


def add_catalogue(directory: Directory, *, today: date, actor: Actor) -> dict[str, Offer]:
    """All offers, published, by code; their dates lie around ``today``."""
    providers = {facts.code: _provider(directory, facts, actor) for facts in partners.PROVIDERS}
    offers = {
        facts.code: _offer(facts, providers[facts.provider], directory.since, today, actor)
        for facts in ALL_COURSES + SERVICES + OTHER_KINDS
    }
    refresh_search_words()
    return offers


def _provider(directory: Directory, facts: partners.ProviderFacts, actor: Actor) -> Provider:
    if facts.name:
        organisation = add_organisation(
            kind=Organisation.Kind.PROVIDER, name=facts.name, valid_from=directory.since, actor=actor,
            address=places.address_in(facts.town, facts.name), notify_email=office_of(facts.name),
        )  # fmt: skip
        directory.organisations[facts.name] = organisation
    return add_provider(organisation=directory.find(facts.name), code=facts.code, summary=facts.summary, actor=actor)


def _offer(facts: OfferFacts, provider: Provider, since: date, today: date, actor: Actor) -> Offer:
    offer = add_offer(
        code=facts.code, kind=Offer.Kind(facts.kind), title=facts.title, summary=facts.summary,
        description=facts.description or facts.summary, provider=provider, themes=facts.themes, phases=facts.phases,
        supply_kind=Offer.SupplyKind(facts.supply), vat_category=facts.vat, vat_reason=facts.reason,
        cfr_code=facts.cfr, aar_code=CODES[facts.cfr], term_months=facts.term_months,
        cancellation=facts.cancellation, actor=actor,
    )  # fmt: skip
    for name, rule in facts.prices.items():
        add_price(offer=offer, price_class=_CLASSES[name], rule=rule, valid_from=since, actor=actor)
    for run, day in run_days(facts, today):
        _run(offer, run, day, actor)
    return publish_offer(offer=offer, on=since, actor=actor)


def run_days(facts: OfferFacts, today: date) -> list[tuple[RunFacts, date]]:
    """The dates of a course with their days: those on which schools are open, none twice, past ones in the past.

    What would fall into holidays is spread over the weeks beside them.
    """
    found: list[tuple[RunFacts, date]] = []
    for run in facts.runs:
        day = today + timedelta(days=run.days)
        step = timedelta(days=1 if run.days > 0 else -1)
        if _closed(day):
            while _closed(day):
                day += step
            day += step * (places.number_of(f"spread {facts.code} {run.days}") % 21)
        while not _open(day) or any(day == other for _, other in found):
            day += step
        found.append((run, day))
    return found


def run_code(offer: str, day: date) -> str:
    """The code of a course date."""
    return f"{offer}-{day:%Y%m%d}"


def _closed(day: date) -> bool:
    return any(first <= (day.month, day.day) <= last for first, last in _CLOSED)


def _open(day: date) -> bool:
    return is_working_day(day) and not _closed(day)


def meeting_days(facts: RunFacts, first: date) -> list[date]:
    """The days of a course's meetings: so many days apart, each moved on to one on which schools are open."""
    days = [first]
    for index in range(1, facts.meetings):
        day = max(first + timedelta(days=index * facts.apart), days[-1] + timedelta(days=1))
        while not _open(day):
            day += timedelta(days=1)
        days.append(day)
    return days


def _run(offer: Offer, facts: RunFacts, day: date, actor: Actor) -> CourseRun:
    """Some dates to come depend on enough people; those that were held did have enough."""
    begins, lasts = LENGTHS[facts.shape]
    starts = [
        datetime(one.year, one.month, one.day, begins // 60, begins % 60, tzinfo=_LONDON)
        for one in meeting_days(facts, day)
    ]
    code = run_code(offer.code, day)
    depends = facts.days > 0 and places.chance(35, f"depends {code}")
    return add_run(
        offer=offer, code=code, mode=CourseRun.Mode(facts.mode), venue=facts.venue, capacity=facts.places,
        meetings=[MeetingTimes(one, one + timedelta(minutes=lasts)) for one in starts],
        min_numbers=min(6, facts.places) if depends else None,
        decide_by=day - _DECIDED_BEFORE if depends else None, actor=actor,
    )  # fmt: skip


def add_memberships(directory: Directory, *, actor: Actor) -> None:
    """Most maintained schools and the three trusts' academies are members, single academies and independent ones
    partly associates, the rest buys as non-members."""
    classes = dict(School.objects.values_list("organisation__name", "billing_class"))
    for name, facts in directory.facts.items():
        price_class = _class_of(facts, classes[name])
        if price_class != PriceClass.NON_MEMBER:
            set_membership(
                organisation=directory.find(name), price_class=price_class, valid_from=directory.since, actor=actor
            )
    for name, *_ in schools.TRUSTS.values():
        set_membership(
            organisation=directory.find(name), price_class=PriceClass.MEMBER, valid_from=directory.since, actor=actor
        )


def _class_of(facts: schools.SchoolFacts, billing_class: str) -> PriceClass:
    beyond = facts.town == "H"
    if beyond:
        return PriceClass.NON_MEMBER
    if billing_class == BillingClass.MAINTAINED:
        return PriceClass.MEMBER if places.chance(85, f"member {facts.urn}") else PriceClass.ASSOCIATE
    if billing_class == BillingClass.ACADEMY:
        return PriceClass.MEMBER if facts.trust or places.chance(40, facts.urn) else PriceClass.ASSOCIATE
    return PriceClass.ASSOCIATE if places.chance(50, facts.urn) else PriceClass.NON_MEMBER
