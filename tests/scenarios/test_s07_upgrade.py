"""Scenario 7: a school moves to a higher subscription level within its year: the page shows the sum, and just that is paid."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.services import run_billing
from subscriptions.agreements.rules.forms import Prorate
from subscriptions.queries import included_on, subscription_on
from subscriptions.services import subscribe
from tests.conftest import finance
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import LONDON, person, schools
from tests.subscriptions.plans.levels import places, published_level

pytestmark = pytest.mark.django_db
START = date(2026, 9, 1)


@dataclass(frozen=True)
class Story:
    """Two levels with their prices a year in pounds, how a part of a year is counted, the day of the move, the pence."""

    lower: tuple[str, str]
    higher: tuple[str, str]
    prorate: Prorate
    day: date
    net: int
    vat: int
    button: str


# As described: Silver £1,200 to Gold £2,000 on 1 February of a September-to-August year: 7/12 of the difference.
DESCRIBED = Story(
    ("silver", "1200"), ("gold", "2000"), Prorate.MONTHS, date(2027, 2, 1), 46667, 9333,
    "Change to Gold: pay £466.67 + VAT £93.33 = £560.00",
)  # fmt: skip
# Our own: Bronze £730 to Silver £1,460 on 1 January, by days: 243 of 365 days of the difference of £730.00.
OUR_OWN = Story(
    ("bronze", "730"), ("silver", "1460"), Prorate.DAYS, date(2027, 1, 1), 48600, 9720,
    "Change to Silver: pay £486.00 + VAT £97.20 = £583.20",
)  # fmt: skip


@pytest.mark.parametrize("story", [DESCRIBED, OUR_OWN], ids=["as described", "our own"])
def test_an_upgrade_is_previewed_then_bought_on_the_page(actor, partnership, tmp_path, story):
    [school] = schools(tmp_path, actor, {})
    lower = published_level(actor, *story.lower, [places(4)], prorate=story.prorate)
    published_level(actor, *story.higher, [places(6)], prorate=story.prorate, position=2)
    buyer, officer = person(school, actor, on=START), finance(partnership)
    agreement = subscribe(organisation=school, version=lower, starts=START, on=START, actor=buyer)
    run_billing(on=START, actor=officer)
    [yearly] = Document.objects.all()
    whole = int(story.lower[1]) * 100
    assert (yearly.net_pence, yearly.vat_pence) == (whole, whole // 5)

    title = story.higher[0].capitalize()
    at = f"/school/{school.school.urn}/subscription"
    with time_machine.travel(datetime(story.day.year, story.day.month, story.day.day, 10, tzinfo=LONDON), tick=True):
        client = signed_in(buyer)
        assert f"Change to {title}" in text_of(client.get(at))
        preview = client.get(f"{at}/{story.higher[0]}")
        assert story.button in text_of(preview)
        assert Document.objects.count() == 1
        done = client.post(f"{at}/{story.higher[0]}", hidden_fields(preview), follow=True)
        assert f"You have {title} from" in text_of(done)

        [number] = run_billing(on=story.day, actor=officer).numbers
        invoice = Document.objects.get(number=number)
        assert (invoice.net_pence, invoice.vat_pence) == (story.net, story.vat)
        assert invoice.gross_pence == story.net + story.vat
        has = subscription_on(school, story.day)
        assert has is not None
        assert (has.agreement, has.version.plan.code) == (agreement, story.higher[0])
        assert included_on([school.pk], story.day)[school.pk].left == 6

        # Sent once more, nothing more is bought.
        client.post(f"{at}/{story.higher[0]}", hidden_fields(preview), follow=True)
        assert run_billing(on=story.day, actor=officer).numbers == []
    call_command("verify_ledger")
