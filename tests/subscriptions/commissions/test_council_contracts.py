"""A council's contract: its lines, packages and what is drawn of them, its indicators and returns, its end."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from subscriptions.commissions.desk_queries import eligible_by_package, indicators_of, schools_of, summary_of
from subscriptions.commissions.models import IndicatorReading, PackageDraw, PackageMovement, QuarterReturn
from subscriptions.commissions.queries import (
    council_contract_for,
    council_contracts_for,
    draws_for,
    eligible_of,
    packages_for,
    return_for,
    returns_for,
)
from subscriptions.commissions.rules.blocks import LineTerms
from subscriptions.commissions.services.drafting import IndicatorTerms, add_indicator
from subscriptions.commissions.services.drawing import DrawnBefore, NotEligible, PackageUsedUp, draw, release
from subscriptions.commissions.services.handover import StepTerms, add_handover_steps, plan_handover, tick_handover
from subscriptions.commissions.services.lining import change_lines
from subscriptions.commissions.services.packaging import change_allocation, list_schools
from subscriptions.commissions.services.recording import CommissionStands
from subscriptions.commissions.services.returning import (
    ReadingTerms,
    accept_return,
    missing_of,
    query_return,
    send_return,
    take_reading,
    write_narrative,
)
from tests.subscriptions.commissions.councils import START, YEAR, Cast, agreed, area, cast_of, drafted, filled, package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
JULY = date(2026, 7, 1)


@pytest.fixture
def place(partnership, actor: Actor, tmp_path):
    """The council's people, and its seven schools."""
    council, schools = area(tmp_path, actor)
    return cast_of(council, actor), schools


def drawn(one, school, units: str, key: str, on: date = JULY) -> PackageDraw:
    return draw(package=one, school=school, units=Decimal(units), source_key=key, label="A day", on=on)


def test_a_quarterly_contract_has_items_statements_measures_and_returns_for_each_quarter(place):
    cast, _ = place
    made = drafted(cast, pounds=(300_000,) * 3, start=date(2025, 4, 1))
    contract = made.contract
    assert (contract.value_pence, contract.valid_to) == (900_000_00, date(2028, 4, 1))
    assert sorted({one.pence for one in contract.items.all()}) == [3_750_00, 71_250_00]
    assert (contract.items.count(), contract.measures.count(), contract.statements.count()) == (24, 12, 12)
    assert made.returns.count() == 12
    assert [one.pence for one in made.lines.all()] == [300_000_00] * 3
    [indicator] = indicators_of([made], START)
    assert (indicator.state, indicator.risk_pence) == ("no reading", 45_000_00)


def test_lines_that_do_not_come_to_the_value_are_refused_and_nothing_is_written(place):
    cast, _ = place
    made = drafted(cast)
    with pytest.raises(WrongInput, match=r"The lines come to £90,000.00, the contract's value is £100,000.00"):
        change_lines(council=made, lines=[LineTerms(START, "council", 90_000_00)], on=START, actor=cast.olga)
    assert [(one.block, one.pence) for one in made.lines.all()] == [("council", 100_000_00)]
    halves = [LineTerms(START, block, 50_000_00) for block in ("council", "high_needs")]
    change_lines(council=made, lines=halves, on=START, actor=cast.olga)
    assert [(one.block, one.pence) for one in made.lines.all()] == [("council", 50_000_00), ("high_needs", 50_000_00)]
    with pytest.raises(WrongInput, match="A financial year that is over keeps its lines"):
        change_lines(
            council=made, lines=[LineTerms(START, "council", 100_000_00)], on=date(2027, 4, 1), actor=cast.olga
        )


def test_packages_of_a_block_come_to_no_more_than_its_lines(place):
    cast, schools = place
    made = drafted(cast)
    package(cast, made, schools[:2])
    with pytest.raises(WrongInput, match=r"£60,000.00 is left of that block, and this package is worth £80,000.00"):
        package(cast, made, [], code="more", allocation=Decimal(200))
    assert made.packages.count() == 1


def test_a_package_is_drawn_once_for_a_source_and_what_is_given_back_is_left_again(place):
    cast, schools = place
    one = package(cast, agreed(cast), schools[:2])
    made = drawn(one, schools[0], "2.5", "order-line:1")
    assert drawn(one, schools[0], "2.5", "order-line:1") == made
    one.refresh_from_db()
    assert (one.drawn, made.pence, PackageMovement.objects.count()) == (Decimal("2.5"), 1_000_00, 1)
    with pytest.raises(DrawnBefore):
        drawn(one, schools[0], "3", "order-line:1")
    assert release(source_key="order-line:1", units=Decimal(1), on=JULY) == 1
    assert release(source_key="order-line:1", on=JULY) == Decimal("1.5")
    assert release(source_key="order-line:1", on=JULY) == 0
    assert release(source_key="nothing", on=JULY) == 0
    one.refresh_from_db()
    assert (one.drawn, one.left) == (0, 100)


def test_never_more_is_drawn_than_is_allocated_nor_than_one_school_may(place):
    cast, schools = place
    council = agreed(cast)
    one = package(cast, council, schools[:2], allocation=Decimal(5))
    with pytest.raises(PackageUsedUp, match=r"5 of Inclusion days is left, not 6. Nothing was drawn"):
        drawn(one, schools[0], "6", "order-line:1")
    each = package(cast, council, schools[:2], code="each", each_most=Decimal(3), allocation=Decimal(10))
    drawn(each, schools[0], "2", "order-line:2")
    with pytest.raises(PackageUsedUp, match="Alder Primary may draw 1 more of Inclusion days, not 2"):
        drawn(each, schools[0], "2", "order-line:3")
    drawn(each, schools[1], "3", "order-line:4")
    assert PackageDraw.objects.count() == 2
    with pytest.raises(CommissionStands, match="5 units are drawn already"):
        change_allocation(package=each, allocation=Decimal(4), reason="Cut", actor=cast.olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(each).objects.filter(pk=each.pk).update(drawn=11)


def test_a_package_pays_for_its_schools_alone_while_it_runs(place):
    cast, schools = place
    council = drafted(cast)
    one = package(cast, council, schools[:2])
    with pytest.raises(NotEligible, match="pays for nothing on 1 July 2026"):
        drawn(one, schools[0], "1", "order-line:1")  # it is not agreed
    live = agreed(cast, title="Another")
    one = package(cast, live, schools[:2])
    with pytest.raises(NotEligible, match="does not pay for Cedar Primary"):
        drawn(one, schools[2], "1", "order-line:1")
    with pytest.raises(NotEligible, match="pays for nothing on 1 April 2027"):
        drawn(one, schools[0], "1", "order-line:1", on=YEAR.end)
    list_schools(package=one, schools=schools[1:3], on=JULY, actor=cast.olga)
    with pytest.raises(NotEligible):
        drawn(one, schools[0], "1", "order-line:1", on=JULY)
    drawn(one, schools[0], "1", "order-line:2", on=date(2026, 6, 30))
    drawn(one, schools[2], "1", "order-line:3", on=JULY)


def test_a_rule_finds_the_schools_of_the_area_and_de_delegated_money_only_those_maintained(place):
    cast, schools = place
    council = drafted(cast, blocks=("council", "dedelegated"))
    everybody = package(cast, council, [], by="rule", allocation=Decimal(10))
    assert [one.organisation for one in eligible_of(everybody, START)] == schools
    primary = package(cast, council, [], code="primary", by="rule", phases=("4",), allocation=Decimal(10))
    assert list(eligible_of(primary, START)) == []
    given = package(cast, council, [], code="given", by="rule", block="dedelegated", allocation=Decimal(10))
    assert [one.organisation for one in eligible_of(given, START)] == [
        one for one in schools if "Academy" not in one.name
    ]
    for one, found in eligible_by_package(list(packages_for(cast.olga)), START).items():
        assert found == list(eligible_of(council.packages.get(pk=one), START))
    listed = package(cast, council, [], code="listed", block="dedelegated", allocation=Decimal(10))
    with pytest.raises(WrongInput, match="Dale Academy is not maintained by the council"):
        list_schools(package=listed, schools=schools[:4], on=START, actor=cast.olga)
    assert listed.schools.count() == 0


def test_who_may_do_what_and_nothing_is_done_by_others(place, actor):
    cast, schools = place
    with pytest.raises(NotAllowed):
        drafted(Cast(cast.carla, cast.fatima, cast.olga, cast.council))
    council = agreed(cast)
    with pytest.raises(NotAllowed):
        package(Cast(cast.carla, cast.fatima, cast.olga, cast.council), council, schools)
    report = filled(return_for(cast.olga, council.contract.number, 1), cast)
    with pytest.raises(NotAllowed):
        send_return(report=report, on=JULY, actor=cast.carla)
    sent = send_return(report=report, on=JULY, actor=cast.olga)
    for other in (cast.olga, cast.fatima, actor):
        with pytest.raises(NotAllowed):
            accept_return(report=sent, on=JULY, actor=other)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_return_is_sent_when_nothing_is_missing_queried_mended_and_accepted(place):
    cast, schools = place
    council = agreed(cast)
    one = package(cast, council, schools)
    for at, school in enumerate(schools[:6]):
        drawn(one, school, "2", f"order-line:{at}", on=date(2026, 5, 1))
    drawn(one, schools[0], "7", "order-line:later", on=JULY)
    report = return_for(cast.olga, council.contract.number, 1)
    assert missing_of(report, date(2026, 6, 30)) == [
        "The quarter ends on 30 June 2026. Send it after that.", "Enter Plans finished within 20 weeks",
        "Write what happened in the quarter",
    ]  # fmt: skip
    with pytest.raises(WrongInput):
        send_return(report=report, on=JULY, actor=cast.olga)
    assert not returns_for(cast.carla).exists()
    sent = send_return(report=filled(report, cast), on=JULY, actor=cast.olga)
    assert sent.figures == {
        "charged_pence": 0, "value_pence": 100_000_00, "schools_reached": 6, "schools_eligible": 7,
        "confidential_pence": 0,
        "packages": [{"code": "days", "title": "Inclusion days", "unit": "day", "schools": 6, "pence": 4_800_00}],
    }  # fmt: skip
    queried = query_return(report=sent, query="Which cases were excepted?", on=JULY, actor=cast.carla)
    again = send_return(report=filled(queried, cast, part=17), on=date(2026, 7, 9), actor=cast.olga)
    accepted = accept_return(report=again, on=date(2026, 7, 10), actor=cast.carla)
    assert (accepted.state, accepted.decided_by_id) == ("accepted", cast.carla.person_id)
    [standing] = indicators_of([council], JULY)
    assert (standing.latest.value, standing.state) == (Decimal(85), "behind")
    with pytest.raises(CommissionStands):
        write_narrative(report=accepted, narrative="Better", actor=cast.olga)


def test_what_was_accepted_stays_whoever_writes_to_the_database(place):
    cast, _ = place
    report = filled(return_for(cast.olga, agreed(cast).contract.number, 1), cast)
    accept_return(report=send_return(report=report, on=JULY, actor=cast.olga), on=JULY, actor=cast.carla)
    for change in (
        lambda: QuarterReturn.objects.filter(pk=report.pk).update(narrative="Else"),
        lambda: QuarterReturn.objects.filter(pk=report.pk).update(state="draft"),
        lambda: IndicatorReading.objects.update(part=1),
        lambda: IndicatorReading.objects.all().delete(),
        lambda: QuarterReturn.objects.filter(pk=report.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("kind", "terms", "said"),
    [
        ("number", ReadingTerms("Count", part=1, whole=2), "must be a number"),
        ("percentage", ReadingTerms("Count", value=Decimal(9)), "Enter how many, and of how many"),
        ("percentage", ReadingTerms("Count", part=3, whole=2), "more than all of them"),
        ("percentage", ReadingTerms("Count", part=1, whole=2, excepted=1), "within statutory weeks alone"),
    ],
)
def test_a_reading_is_of_its_indicators_kind(place, kind, terms, said):
    cast, _ = place
    council = agreed(cast)
    of = IndicatorTerms("more", "Something else", kind, Decimal(50))
    indicator = add_indicator(council=council, terms=of, due_on=YEAR.last_day, actor=cast.olga)
    with pytest.raises(WrongInput, match=said):
        take_reading(report=council.returns.first(), indicator=indicator, terms=terms, actor=cast.olga)
    assert not IndicatorReading.objects.exists()


def test_a_summary_says_what_is_left_and_who_drew_nothing(place):
    cast, schools = place
    council = agreed(cast)
    one = package(cast, council, schools)
    drawn(one, schools[0], "27", "order-line:1")
    found = summary_of(cast.carla, council, date(2026, 9, 27))
    assert (found.reached, found.eligible, found.unspent_pence) == (1, 7, 18_100_00)
    assert found.idle == schools[1:]


def test_an_exit_is_handed_over_step_by_step(place):
    cast, _ = place
    council = agreed(cast)
    steps = plan_handover(council=council, actor=cast.olga)
    assert plan_handover(council=council, actor=cast.olga) == steps
    assert (steps[0].due_on, steps[-1].due_on) == (date(2027, 3, 3), date(2027, 4, 30))
    done = tick_handover(step=steps[0], done=True, on=JULY, actor=cast.olga)
    assert (done.done_on, done.done_by_id) == (JULY, cast.olga.person_id)
    assert tick_handover(step=done, done=False, on=JULY, actor=cast.olga).done_on is None
    with pytest.raises(NotAllowed):
        tick_handover(step=done, done=True, on=JULY, actor=cast.carla)
    more = [StepTerms("Keys of the annexe", JULY), StepTerms("Minibus", JULY)]
    add_handover_steps(council=council, steps=more, actor=cast.olga)
    assert list(council.handover.values_list("position", "text"))[-2:] == [(7, more[0].text), (8, more[1].text)]


def test_nothing_is_handed_over_of_a_contract_that_is_not_agreed(place):
    cast, _ = place
    council = drafted(cast)
    with pytest.raises(CommissionStands, match="is draft, so there is nothing to hand over"):
        plan_handover(council=council, actor=cast.olga)
    with pytest.raises(CommissionStands):
        add_handover_steps(council=council, steps=[StepTerms("Keys", JULY)], actor=cast.olga)


def test_a_commissioner_sees_their_own_council_alone(place, council, actor):
    """Enumerated: every read of the package, for both commissioners, over everything that there is."""
    cast, schools = place
    other = cast_of(council, actor, commissioner="Colin Council")
    mine, theirs = agreed(cast), agreed(other, title="Theirs")
    first, second = package(cast, mine, schools[:3]), package(other, theirs, schools[3:])
    drawn(first, schools[0], "1", "order-line:1")
    drawn(second, schools[4], "1", "order-line:2")
    for one, whose in ((mine, cast), (theirs, other)):
        report = filled(return_for(whose.olga, one.contract.number, 1), whose)
        send_return(report=report, on=JULY, actor=whose.olga)
    for actor_, own, foreign, eligible in (
        (cast.carla, mine, theirs, schools[:3]),
        (other.carla, theirs, mine, schools[3:]),
    ):
        assert list(council_contracts_for(actor_)) == [own]
        assert {one.council_id for one in packages_for(actor_)} == {own.pk}
        assert {one.package.council_id for one in draws_for(actor_)} == {own.pk}
        assert {one.council_id for one in returns_for(actor_)} == {own.pk}
        seen = schools_of(actor_, list(council_contracts_for(actor_)), JULY)
        assert [row.school for row in seen] == eligible
        assert schools_of(actor_, [foreign], JULY) == []
        with pytest.raises(NotFound):
            council_contract_for(actor_, foreign.contract.number)
        with pytest.raises(NotFound):
            return_for(actor_, foreign.contract.number, 1)
    for nobody in (Actor(1, None, "A stranger"),):
        assert not council_contracts_for(nobody).exists()
        assert not draws_for(nobody).exists()


def test_a_draft_is_not_the_commissioners_to_see(place):
    cast, _ = place
    made = drafted(cast)
    assert not council_contracts_for(cast.carla).exists()
    assert list(council_contracts_for(cast.olga)) == [made]


def test_that_a_school_causes_concern_is_seen_by_the_commissioner_and_the_organisers_alone(place):
    cast, schools = place
    council = agreed(cast)
    package(cast, council, schools[2:], allocation=Decimal(50))
    secret = package(
        cast, council, schools[:1], code="concern", title="Extra support", confidential=True, allocation=Decimal(50)
    )
    drawn(secret, schools[0], "3", "visit:1", on=date(2026, 5, 1))
    for actor_, sees in ((cast.olga, True), (cast.carla, True), (cast.fatima, False)):
        assert packages_for(actor_).filter(pk=secret.pk).exists() is sees
        assert draws_for(actor_).exists() is sees
        assert (schools[0] in [row.school for row in schools_of(actor_, [council], JULY)]) is sees
    events = Event.objects.filter(subject=council.contract.number)
    assert events.filter(organisation_ids__contains=[schools[2].pk]).exists()
    assert not events.filter(organisation_ids__contains=[schools[0].pk]).exists()
    assert not any(schools[0].name in str(one.payload) for one in events)
    report = send_return(report=filled(council.returns.first(), cast), on=JULY, actor=cast.olga)
    assert [one["title"] for one in report.figures["packages"]] == ["Inclusion days"]
    assert (report.figures["schools_reached"], report.figures["confidential_pence"]) == (0, 1_200_00)
    with pytest.raises(WrongInput, match="A rule would tell who they are"):
        package(cast, council, [], code="rule", by="rule", confidential=True, allocation=Decimal(1))


def test_money_of_packages_is_rounded_once_for_each_draw(place):
    cast, schools = place
    one = package(cast, agreed(cast), schools, price=Money(333), allocation=Decimal(10))
    assert [drawn(one, schools[0], "0.5", f"k:{at}").pence for at in range(2)] == [167, 167]
    call_command("verify_ledger")
