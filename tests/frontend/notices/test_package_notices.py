"""Who buys for a school reads that a council pays for something; nobody else does, and never of a confidential package."""

from decimal import Decimal

import pytest

from marketplace.core.actors import Role
from subscriptions.commissions.services.packaging import fund_offers
from subscriptions.commissions.services.telling import tell_schools
from tests.shop import Shop, person
from tests.subscriptions.commissions.councils import agreed, area, cast_of, package
from tests.subscriptions.commissions.test_changing_contracts import JULY

pytestmark = pytest.mark.django_db


def test_who_buys_for_the_school_reads_who_pays_for_what_until_when(partnership, actor, tmp_path, post):
    council, schools = area(tmp_path, actor)
    cast = cast_of(council, actor)
    one = package(cast, agreed(cast), schools[:2], what="A coordinator for a day.")
    course = Shop(actor).course()
    fund_offers(package=one, offers=[(course, Decimal("0.5"))], actor=cast.olga)
    buyer = person(schools[0], actor, name="Bo Buyer", role=Role.BUYER)
    person(schools[1], actor, name="Not Asked", role=Role.BUYER)
    tell_schools(package=one, schools=schools[:1], on=JULY, actor=cast.carla)
    [made] = post("packages")
    assert (made.person_id, made.subject) == (
        buyer.person_id,
        f"{council.name} pays for Inclusion days for your school",
    )
    words = " ".join(made.plain.split())
    assert "31 March 2027" in words and f"50% of {course.title}" in words and "A coordinator for a day." in words
    assert f"/school/{schools[0].school.urn}/find/{course.code}" in made.plain
