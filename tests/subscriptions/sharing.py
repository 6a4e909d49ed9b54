"""Members and those who share, made through public services."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor
from marketplace.organisations.models import Authority, Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.organisations.services.schools import RegisterFacts, add_authority, add_school, count_pupils
from subscriptions.models import MemberClass, MemberEntry
from subscriptions.services import add_member_class, enter_member
from tests.conftest import START

COUNTED = date(2025, 10, 2)


def schools_of(pupils: Sequence[int], actor: Actor, *, phase_code: str = "2") -> list[Organisation]:
    """A school for each figure: School 1, School 2, … counted in the October 2025 census."""
    council = add_organisation(kind=Organisation.Kind.AUTHORITY, name="Tidewell Council", valid_from=START, actor=actor)
    area = add_authority(organisation=council, code="901", actor=actor)
    return [another(area, index, figure, actor, phase_code=phase_code) for index, figure in enumerate(pupils, start=1)]


def another(area: Authority, index: int, pupils: int, actor: Actor, *, phase_code: str = "2") -> Organisation:
    """School of that number in the area."""
    made = add_organisation(kind=Organisation.Kind.SCHOOL, name=f"School {index:02d}", valid_from=START, actor=actor)
    facts = RegisterFacts(urn=f"90300{index:02d}", type_code="01", phase_code=phase_code)
    school = add_school(organisation=made, authority=area, facts=facts, actor=actor)
    count_pupils(school=school, pupils=pupils, source="October census", counted_on=COUNTED, actor=actor)
    return made


def full_member(actor: Actor) -> MemberClass:
    return add_member_class(
        code="full", name="Full member", votes=Decimal(1), price_class=PriceClass.MEMBER, actor=actor
    )


def enter_all(
    organisations: Sequence[Organisation], actor: Actor, *, since: date, member_class: MemberClass | None = None
) -> list[MemberEntry]:
    """All of them, of one class."""
    kind = member_class or full_member(actor)
    return [enter_member(organisation=one, member_class=kind, valid_from=since, actor=actor) for one in organisations]
