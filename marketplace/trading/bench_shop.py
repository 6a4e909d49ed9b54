"""The shop in which the benchmark of booking orders: the partnership, its schools with a buyer each, one course."""

import itertools
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, add_run, publish_offer
from invoicing.services import seed_chart, seed_vat_rules, set_vat_facts
from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.bulk import copy_rows, next_ids
from marketplace.organisations.models import Authority, Organisation, Person
from marketplace.organisations.services.registry import add_organisation
from marketplace.organisations.services.schools import RegisterFacts, add_authority, add_school, count_pupils
from marketplace.trading.models import Basket, BasketLine
from providers.services import add_provider
from subscriptions.services import set_membership

ON, OPENING = date(2026, 9, 1), date(2020, 1, 1)
PLACES, CUSTOMERS, RUNS = 3, 200, 50
TOTAL = 3 * 140_00  # members' price, exempt from VAT: pence
_ACTOR = platform("bench")


class Shop:
    """What stands before anybody orders: the partnership, its schools with a buyer each, one course with fifty dates."""

    def __init__(self) -> None:
        seed_chart()
        seed_vat_rules()
        ours = add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Ours", valid_from=OPENING, actor=_ACTOR)
        set_vat_facts(
            organisation=ours,
            valid_from=OPENING,
            registered=True,
            eligible_body=True,
            evidence="Articles",
            actor=_ACTOR,
        )
        council = add_organisation(kind=Organisation.Kind.AUTHORITY, name="Council", valid_from=OPENING, actor=_ACTOR)
        authority = add_authority(organisation=council, code="900", actor=_ACTOR)
        self.schools = [self._school(number, authority) for number in range(CUSTOMERS)]
        provider = add_provider(organisation=ours, code="ours", actor=_ACTOR)
        self.course = add_offer(
            code="safeguarding", kind=Offer.Kind.COURSE, title="Safeguarding for new leaders", provider=provider,
            supply_kind=Offer.SupplyKind.TRAINING, cfr_code="E09", aar_code="BAE090", actor=_ACTOR,
        )  # fmt: skip
        for price_class, rate in ((PriceClass.MEMBER, "140"), (PriceClass.NON_MEMBER, "180")):
            rule = {"rate": rate, "per": "quantity"}
            add_price(offer=self.course, price_class=price_class, rule=rule, valid_from=OPENING, actor=_ACTOR)
        publish_offer(offer=self.course, actor=_ACTOR)

    def _school(self, number: int, authority: Authority) -> Organisation:
        made = add_organisation(
            kind=Organisation.Kind.SCHOOL, name=f"School {number}", valid_from=OPENING, actor=_ACTOR
        )
        facts = RegisterFacts(urn=f"{900_000 + number}", type_code="01", phase_code="2")
        school = add_school(organisation=made, authority=authority, facts=facts, actor=_ACTOR)
        count_pupils(school=school, pupils=210 + number, source="Census", counted_on=date(2025, 10, 2), actor=_ACTOR)
        set_membership(organisation=made, price_class=PriceClass.MEMBER, valid_from=OPENING, actor=_ACTOR)
        return made

    def runs(self, places: int) -> list[CourseRun]:
        """Fresh dates of the course, with room for all."""
        number = CourseRun.objects.count()
        starts = [datetime(2027, 3, 1, 9, 30, tzinfo=UTC) + timedelta(days=day) for day in range(RUNS)]
        return [
            add_run(
                offer=self.course, code=f"date-{number + index}", mode=CourseRun.Mode.ONLINE, starts_at=start,
                ends_at=start + timedelta(hours=6), capacity=places, actor=_ACTOR,
            )
            for index, start in enumerate(starts)
        ]  # fmt: skip

    def baskets(self, count: int) -> list[tuple[int, Actor]]:
        """Open baskets of three places, each of a buyer of its own, with the actor that the buyer is."""
        runs = self.runs(min(PLACES * (count // RUNS + 2), 10_000))
        people, baskets = next_ids(Person, count), next_ids(Basket, count)
        schools = list(itertools.islice(itertools.cycle(self.schools), count))
        with transaction.atomic():
            copy_rows(Person, ("id", "name", "email"), ((pk, "Buyer", "") for pk in people))
            rows = zip(baskets, schools, people, strict=True)
            copy_rows(
                Basket, ("id", "organisation_id", "owner_person_id", "state"),
                ((pk, school.pk, person, "open") for pk, school, person in rows),
            )  # fmt: skip
            BasketLine.objects.bulk_create(
                [
                    BasketLine(
                        basket_id=pk, offer=self.course, run=runs[index % RUNS], school=schools[index], quantity=PLACES,
                        delegates=["Ann Lee", "Bo Ray"], quoted_pence=TOTAL,
                    )
                    for index, pk in enumerate(baskets)
                ],
                batch_size=2_000,
            )  # fmt: skip
        return [
            (pk, Actor(person, None, "Buyer", frozenset({Grant(Role.BUYER, school.pk, 10_000_00)})))
            for pk, person, school in zip(baskets, people, schools, strict=True)
        ]
