"""Three agree and the clock runs out, all at once: one answer counts; without the guard several go on to charge it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.visit_models import Visit
from tests.conftest import START
from tests.shop import person
from tests.trading.engagements.visiting import written
from tests.trading.engagements.world import DAY, book, consultant_of, on_day, provider_of, rate_of
from tests.trading.races.visiting import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 12


@pytest.fixture
def visits(partnership, actor) -> list[int]:
    """Visits that are with the school, each of a booking of its own, so that nothing else holds them apart."""
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    firm = provider_of(actor)
    nadia = consultant_of(firm, actor)
    rate_of(nadia, audience="other")
    office = person(firm.organisation, actor, name="Lena Larkfield", role=Role.PROVIDER)
    made = []
    for number in range(TRIALS):
        day = DAY - timedelta(days=number)
        booking = book(school, nadia, actor, on_day(day), quantity=Decimal(1))
        made.append(written(booking.dates.get(), DAY, office).pk)
    return made


def test_one_answer_counts_and_what_is_charged_was_agreed(visits):
    told = race(visits=visits, guarded=True)
    assert [answers.count("done") for answers in told] == [1] * TRIALS
    assert Visit.objects.filter(state__in=["agreed", "taken"]).count() == TRIALS
    assert Charge.objects.count() == TRIALS
    call_command("verify_ledger")


def test_control_looking_first_and_writing_afterwards_lets_several_answer(visits):
    told = race(visits=visits, guarded=False)
    several = sum(sum(answer != "VisitDecided" for answer in answers) > 1 for answers in told)
    print(f"\ncontrol without the guard: {several} of {TRIALS} visits were answered by more than one at once")
    assert several >= TRIALS // 2
