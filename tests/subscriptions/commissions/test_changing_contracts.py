"""What of a council's contract may be changed by whom: lines, units, rules; and schools that are told of a package."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from subscriptions.commissions.models import Package
from subscriptions.commissions.queries import eligible_of
from subscriptions.commissions.rules.blocks import LineTerms, below_packages, changes_of
from subscriptions.commissions.services.drawing import draw
from subscriptions.commissions.services.lining import agrees, change_lines, may_change_lines, preview_lines
from subscriptions.commissions.services.packaging import change_allocation, change_rule, list_schools
from subscriptions.commissions.services.recording import CommissionStands
from subscriptions.commissions.services.telling import tell_schools
from subscriptions.outcomes.models import OutcomeContract
from tests.subscriptions.commissions.councils import START, agreed, area, cast_of, drafted, package

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
JULY = date(2026, 7, 1)
HALVES = [LineTerms(START, block, 50_000_00) for block in ("council", "high_needs")]


@pytest.fixture
def place(partnership, actor, tmp_path):
    council, schools = area(tmp_path, actor)
    return cast_of(council, actor), schools


def stands(council):
    return [(one.block, one.pence) for one in council.lines.all()]


def test_in_force_a_commissioner_changes_the_lines_and_the_partnership_does_not(place, council, actor):
    cast, _ = place
    made = agreed(cast)
    other = cast_of(council, actor, commissioner="Colin Elsewhere")
    for nobody in (cast.olga, cast.fatima, other.carla):
        assert not may_change_lines(made, nobody)
        with pytest.raises(NotAllowed, match=r"a commissioner of .* changes them"):
            change_lines(council=made, lines=HALVES, on=JULY, actor=nobody)
    assert stands(made) == [("council", 100_000_00)]
    asked = {"council": made, "lines": HALVES, "on": JULY, "actor": cast.carla}
    shown = preview_lines(**asked)
    assert stands(made) == [("council", 100_000_00)], "a preview writes nothing"
    assert change_lines(**asked) == shown
    assert [(one.block, one.before, one.after) for one in shown] == [
        ("council", 100_000_00, 50_000_00), ("high_needs", 0, 50_000_00)
    ]  # fmt: skip
    assert stands(made) == [("council", 50_000_00), ("high_needs", 50_000_00)]
    assert change_lines(**asked) == []
    assert Event.objects.filter(kind="commission.lines_changed").count() == 1


def test_after_a_variation_the_partnership_may_make_the_lines_agree_again(place):
    cast, _ = place
    made = agreed(cast)
    OutcomeContract.objects.filter(pk=made.contract_id).update(value_pence=90_000_00)
    made.contract.refresh_from_db()
    assert not agrees(made) and may_change_lines(made, cast.olga)
    cut = [LineTerms(START, "council", 90_000_00)]
    change_lines(council=made, lines=cut, on=JULY, actor=cast.olga)
    assert agrees(made) and not may_change_lines(made, cast.olga)
    OutcomeContract.objects.filter(pk=made.contract_id).update(value_pence=100_000_00)


def test_no_block_is_left_with_less_than_its_packages(place):
    cast, schools = place
    made = drafted(cast)
    package(cast, made, schools[:2], allocation=Decimal(200))
    with pytest.raises(WrongInput, match=r"budget: its packages come to £80,000.00, its lines to £50,000.00"):
        change_lines(council=made, lines=HALVES, on=START, actor=cast.olga)
    assert stands(made) == [("council", 100_000_00)]
    assert below_packages(HALVES, {"council": 50_000_00}) == ""
    assert changes_of(HALVES, HALVES) == []


def test_units_are_changed_within_what_is_drawn_and_what_the_block_has(place):
    cast, schools = place
    made = agreed(cast)
    one = package(cast, made, schools[:2])
    package(cast, made, schools[:2], code="more", allocation=Decimal(100))
    draw(package=one, school=schools[0], units=Decimal(40), source_key="line:1", label="Days", on=JULY)
    given = {"package": one, "reason": "The council asked for more", "actor": cast.olga}
    with pytest.raises(WrongInput, match=r"£60,000.00 is left of that block, and this package is worth £60,400.00"):
        change_allocation(allocation=Decimal(151), **given)
    with pytest.raises(CommissionStands, match="40 units are drawn already"):
        change_allocation(allocation=Decimal(39), **given)
    with pytest.raises(NotAllowed):
        change_allocation(allocation=Decimal(150), package=one, reason="More", actor=cast.carla)
    assert Package.objects.get(pk=one.pk).allocation == 100
    assert change_allocation(allocation=Decimal(150), **given).allocation == 150
    event = Event.objects.get(kind="commission.package_changed")
    assert (event.payload["package"], event.payload["before"], event.payload["after"]) == ("days", "100.00", "150.00")
    assert "council asked" not in str(event.payload), "what was written is erasable"


def test_a_rule_finds_other_schools_from_now_on_and_a_list_has_none(place):
    cast, schools = place
    made = agreed(cast)
    one = package(cast, made, [], by="rule", code="rule", billing_classes=("academy",))
    assert [row.organisation.name for row in eligible_of(one, JULY)] == [schools[3].name]
    change_rule(package=one, phases=[], billing_classes=["maintained"], actor=cast.olga)
    assert eligible_of(one, JULY).count() == 6
    with pytest.raises(WrongInput, match="kinds of school that there are"):
        change_rule(package=one, phases=[], billing_classes=["castle"], actor=cast.olga)
    with pytest.raises(NotAllowed):
        change_rule(package=one, phases=[], billing_classes=[], actor=cast.carla)
    listed = package(cast, made, schools[:1], allocation=Decimal(1))
    with pytest.raises(WrongInput, match="schools of a list"):
        change_rule(package=listed, phases=["2"], billing_classes=[], actor=cast.olga)


def test_a_school_is_told_of_a_package_once_in_thirty_days_by_either_side(place, actor):
    cast, schools = place
    made = agreed(cast)
    one = package(cast, made, schools[:3])
    given = {"package": one, "actor": cast.carla}
    assert tell_schools(schools=schools[:2], on=JULY, **given) == schools[:2]
    assert tell_schools(schools=schools[:3], on=JULY + timedelta(days=29), package=one, actor=cast.olga) == schools[2:3]
    assert tell_schools(schools=schools[:1], on=JULY + timedelta(days=30), **given) == schools[:1]
    events = Event.objects.filter(kind="commission.package_offered").order_by("pk")
    assert [set(one.organisation_ids) for one in events][:1] == [{cast.council.pk, schools[0].pk}]
    assert len(events) == 4
    with pytest.raises(WrongInput, match="does not pay for"):
        tell_schools(schools=schools[4:5], on=JULY, **given)
    with pytest.raises(NotAllowed):
        tell_schools(schools=schools[:1], on=JULY, package=one, actor=cast.fatima)
    with pytest.raises(CommissionStands, match="pays for nothing now"):
        tell_schools(schools=schools[:1], on=date(2028, 1, 1), **given)
    assert Event.objects.filter(kind="commission.package_offered").count() == 4


def test_of_a_confidential_package_nobody_is_told_and_no_event_names_it(place):
    cast, schools = place
    made = agreed(cast)
    secret = package(cast, made, schools[6:], code="concern", confidential=True, allocation=Decimal(5))
    with pytest.raises(WrongInput, match="Speak with the school"):
        tell_schools(package=secret, schools=schools[6:], on=JULY, actor=cast.carla)
    change_allocation(package=secret, allocation=Decimal(6), reason="One more", actor=cast.olga)
    list_schools(package=secret, schools=schools[5:], on=JULY, actor=cast.olga)
    events = Event.objects.filter(kind__startswith="commission.")
    assert events.exists() and not any("concern" in str(one.payload) for one in events)
    assert not any(schools[6].pk in one.organisation_ids for one in events)
