"""Hubs of the demonstration: one that runs, a call that a panel scores with one member barred, one that is open, a draft."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory, add_one
from frontend.demonstration.people import SignIn, name_for
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import actor_for, give_role
from subscriptions.hubs.models import HubApplication, HubCall
from subscriptions.hubs.progress import schools_of
from subscriptions.hubs.rules.template import Template, Wanted
from subscriptions.hubs.services.applying import (
    Offer,
    save_application,
    start_application,
    submit_application,
)
from subscriptions.hubs.services.awarding import award, decline
from subscriptions.hubs.services.calls import CallTerms, CriterionTerms, close_call, draft_call, publish_call
from subscriptions.hubs.services.life import add_hub_school, prepare_review, record_engagement
from subscriptions.hubs.services.panel import Points, declare_interests, finish_scoring, invite_member, score
from subscriptions.hubs.services.partnering import answer_partner, name_partner
from subscriptions.hubs.services.spending import record_spend
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import agree_contract

LEAD, PAIR, THIRD = (
    "Saltpans Primary School",
    ("Lantern Street Primary School", "Osprey Bank Primary School"),
    "Marrambridge School",
)
JUDGES = (("judge-one", "Marrambridge School"), ("judge-two", "Osprey Bank Primary School"))
"""Two members without a sign-in; both work at a school that applies, so that each is barred from one application."""
OUTCOMES = (
    Wanted("reading", "Pupils reading at the expected standard", weight=Decimal(50), unit="%", target=Decimal(72)),
    Wanted("daily", "Schools that teach phonics daily", weight=Decimal(30), unit="schools", target=Decimal(10)),
    Wanted("leaders", "New reading leaders", weight=Decimal(20), unit="people", target=Decimal(6)),
)
CRITERIA = (
    CriterionTerms("Track record", Decimal(40), words="What the school has done with others before"),
    CriterionTerms("Plan", Decimal(40), words="What would be done, with whom, by when"),
    CriterionTerms("Reach", Decimal(20), words="How many schools, and which of them need it most"),
)
NEEDS = "Twelve places for pupils with speech, language and communication needs, in the north and on the coast."


def add_hubs(directory: Directory, *, today: date, actor: Actor) -> None:
    """All of it, through the services, by the demonstration's own people."""
    judges = [_judge(directory, key, school, today, actor) for key, school in JUDGES]
    _running(directory, judges, today)
    _being_scored(directory, judges, today)
    organiser = directory.signed["organiser"]
    opens, closes = _at(today - timedelta(days=12), 9), _at(today + timedelta(days=20), 12)
    call = _call(organiser, "Attendance hub", opens, closes, _september_after(today + timedelta(days=60)))
    head = directory.signed["approver"]
    made = start_application(call=call, lead=directory.find(THIRD), at=_at(today - timedelta(days=3)), actor=head)
    offer = Offer("Every day counts", "Clinics for families with the two feeder schools.", schools_planned=6)
    save_application(application=made, offer=offer, at=_at(today - timedelta(days=3)), actor=head)
    name_partner(application=made, school=directory.find(LEAD), part="Runs the clinics on the coast", actor=head)
    _draft(organiser, today)


def _judge(directory: Directory, key: str, school: str, today: date, actor: Actor) -> Actor:
    email = f"{key}@partnership.example"
    made = add_one(directory, SignIn(email, name_for(key), "", "", (Role.PANEL,)), None, today, actor)
    person = Person.objects.select_related("user").get(pk=made.person_id or 0)
    give_role(
        person=person, role=Role.DELEGATE, organisation=directory.find(school), valid_from=directory.since, actor=actor
    )
    assert person.user is not None  # noqa: S101  add_person makes the login
    return actor_for(user=person.user, on=today)


def _at(day: date, hour: int = 15) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def _september_after(day: date) -> date:
    return date(day.year if day <= date(day.year, 9, 1) else day.year + 1, 9, 1)


def _terms(
    title: str, opens: datetime, closes: datetime, first: date, *, kind: str = "hub", needs: str = ""
) -> CallTerms:
    return CallTerms(
        kind=kind, title=title, needs=needs, monthly=Money(100_000), budget=Money(7_200_000),
        priorities="Every child reads well by the age of seven.\nSchools on the coast come first.",
        term=Period(first, add_months(first, 36)), opens_at=opens, closes_at=closes, criteria=CRITERIA,
        template=Template(Decimal("0.7"), Decimal("0.3"), outcome_measures=OUTCOMES),
    )  # fmt: skip


def _call(
    organiser: Actor, title: str, opens: datetime, closes: datetime, first: date, *, kind: str = "hub", needs: str = ""
) -> HubCall:
    on = opens.date() - timedelta(days=7)
    call = draft_call(terms=_terms(title, opens, closes, first, kind=kind, needs=needs), on=on, actor=organiser)
    return publish_call(call=call, on=on, actor=organiser)


def _draft(organiser: Actor, today: date) -> None:
    opens = _at(today + timedelta(days=30), 9)
    first = _september_after(today + timedelta(days=120))
    draft_call(terms=_terms("Oracy hub", opens, opens + timedelta(days=40), first), on=today, actor=organiser)


def _sent(
    directory: Directory, call: HubCall, school: str, offer: Offer, *partners: str, at: datetime
) -> HubApplication:
    lead = directory.find(school)
    head = platform("demonstration")
    made = start_application(call=call, lead=lead, at=at, actor=head)
    save_application(application=made, offer=offer, at=at, actor=head)
    for one in partners:
        partner = name_partner(application=made, school=directory.find(one), part="Hosts training", actor=head)
        answer_partner(partner=partner, confirms=True, at=at, actor=head)
    return submit_application(application=made, at=at, actor=head)


def _three(directory: Directory, call: HubCall, at: datetime) -> list[HubApplication]:
    return [
        _sent(
            directory, call, LEAD, Offer(
                "Saltpans reading hub", "A reading lead in every school, and a day together each half-term.",
                "The ten maintained primaries on the coast", "Deputy head, one day a week", 10,
            ), at=at,
        ),
        _sent(
            directory, call, PAIR[0], Offer(
                "Two schools, one reading team", "Pairs of teachers teach each other's classes.",
                "Eight schools in the town", "Two assistant heads, half a day each", 8,
            ), PAIR[1], at=at,
        ),
        _sent(directory, call, THIRD, Offer("Reading across the phases", "From Year 5 to Year 8.", people="Head of English"), at=at),
    ]  # fmt: skip


def _running(directory: Directory, judges: list[Actor], today: date) -> OutcomeContract:
    """The hub of Saltpans: chosen in spring, running since September."""
    organiser, head, lead = directory.signed["organiser"], directory.signed["head"], directory.signed["hub_lead"]
    first = _september_after(today - timedelta(days=430))
    closes = _at(first - timedelta(days=120), 12)
    call = _call(organiser, "Early reading hub", closes - timedelta(days=50), closes, first)
    bids = _three(directory, call, closes - timedelta(days=4))
    close_call(call=call, at=closes, actor=organiser)
    on = closes.date() + timedelta(days=5)
    for judge in (judges[0], directory.signed["panel"], judges[1]):
        _sits(call, judge, organiser, on)
    for judge, seen in ((judges[0], bids[:2]), (directory.signed["panel"], bids), (judges[1], [bids[0], bids[2]])):
        for bid in seen:
            _gives(bid, judge, (4, 5, 4) if bid == bids[0] else (4, 3, 3), on)
    finish_scoring(call=call, on=on, actor=organiser)
    on += timedelta(days=6)
    contract = award(
        application=bids[0], feedback="The fullest plan, and the schools that need it most.", on=on, actor=organiser
    )
    for bid in bids[1:]:
        decline(application=bid, feedback="A good team. Reach more schools next time.", on=on, actor=organiser)
    agree_contract(contract=contract, on=on + timedelta(days=7), actor=head)
    _lives(directory, contract, lead, today)
    return contract


def _lives(directory: Directory, contract: OutcomeContract, lead: Actor, today: date) -> None:
    begin = contract.valid_from
    for name in ("Lantern Street Primary School", "Osprey Bank Primary School"):
        add_hub_school(contract=contract, school=directory.find(name), joined_on=begin, on=today, actor=lead)
    for row in schools_of(contract)[:1]:
        for days, kind, words, hours in (
            (20, "meeting", "Looked at the books that children read", "1.5"),
            (41, "training", "How phonics is taught in reception", "3"),
            (62, "visit", "Watched reading in Years 1 and 2", "2"),
        ):
            record_engagement(
                school=row.school, done_on=begin + timedelta(days=days), kind=kind, words=words, hours=Decimal(hours),
                people=6, on=today, actor=lead,
            )  # fmt: skip
    for days, category, words, pence in (
        (25, "cover", "Cover for two teachers, one day", 45_000),
        (41, "materials", "Decodable books for three schools", 68_250),
        (50, "training", "A speaker for the first day together", 40_000),
    ):
        record_spend(
            contract=contract, spent_on=begin + timedelta(days=days), category=category, words=words,
            amount=Money(pence), on=today, actor=lead,
        )  # fmt: skip
    review = contract.reviews.get(ordinal=1)
    prepare_review(review=review, words="The days together are full. One school has not begun.", on=today, actor=lead)


def _being_scored(directory: Directory, judges: list[Actor], today: date) -> None:
    """A specialist centre: the panel has declared, one member is barred from the pair, and scoring has begun."""
    organiser, panel = directory.signed["organiser"], directory.signed["panel"]
    closes = _at(today - timedelta(days=6), 12)
    first = _september_after(today + timedelta(days=60))
    call = _call(
        organiser, "Speech and language centre", closes - timedelta(days=40), closes, first, kind="centre", needs=NEEDS
    )
    bids = _three(directory, call, closes - timedelta(days=2))
    close_call(call=call, at=closes, actor=organiser)
    on = today - timedelta(days=4)
    for judge in judges:
        _sits(call, judge, organiser, on)
    invite_member(call=call, person=Person.objects.get(pk=panel.person_id or 0), on=on, actor=organiser)
    interest = {bids[2].number: "My niece teaches there"}
    declare_interests(call=call, interests=interest, on=on, actor=panel)
    _gives(bids[0], judges[0], (5, 3, 4), on)
    _gives(bids[0], judges[1], (3, 4, 4), on)
    _gives(bids[0], panel, (4, 4, 4), on)


def _sits(call: HubCall, judge: Actor, organiser: Actor, on: date) -> None:
    invite_member(call=call, person=Person.objects.get(pk=judge.person_id or 0), on=on, actor=organiser)
    declare_interests(call=call, interests={}, on=on, actor=judge)


def _gives(bid: HubApplication, judge: Actor, points: tuple[int, ...], on: date) -> None:
    given = {at: Points(one) for at, one in enumerate(points, start=1)}
    score(application=bid, points=given, on=on, actor=judge)
