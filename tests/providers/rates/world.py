"""A provider with a consultant, its staff and the partnership's organiser, made through public services only."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import Address, add_organisation
from providers.models import Consultant, Provider, Rate, RateProposal
from providers.rates.rules.terms import RateTerms
from providers.services import add_consultant, add_provider, agree_rates, propose_rates
from tests.shop import START, person

ON = date(2026, 9, 1)
FROM = date(2026, 10, 1)
TERMS = RateTerms(
    day_pence=450_00,
    other_day_pence=500_00,
    brokerage="inclusive",
    share=Decimal("0.15"),
    half_day_percent=55,
    twilight_percent=30,
    hour_percent=20,
)


@dataclass
class RateWorld:
    """Who negotiates about whom."""

    provider: Provider
    consultant: Consultant
    staff: Actor
    organiser: Actor
    manager: Actor
    dana: Actor

    def agreed(self, terms: RateTerms = TERMS, *, valid_from: date = FROM, on: date = ON) -> RateProposal:
        """Proposed by the provider and agreed by the organiser."""
        made = propose_rates(consultant=self.consultant, terms=terms, valid_from=valid_from, on=on, actor=self.staff)
        return agree_rates(proposal=made, seen=1, on=on, actor=self.organiser)

    def rate(self, unit: str = "day", audience: str = "member", valid_from: date = FROM) -> Rate:
        return Rate.objects.get(consultant=self.consultant, unit=unit, audience=audience, valid_from=valid_from)


def rate_world(actor: Actor, name: str = "Ridgeway Learning", code: str = "ridgeway-learning") -> RateWorld:
    """The cast at one provider. Called again with another name it makes another provider with people of its own."""
    organisation = add_organisation(
        kind=Organisation.Kind.OTHER,
        name=name,
        valid_from=START,
        actor=actor,
        address=Address(street="Mill Road", town="Tidewell", postcode="TW4 4DD"),
    )
    provider = add_provider(organisation=organisation, code=code, actor=actor)
    dana = person(organisation, actor, name=f"Dana of {name}", role=Role.CONSULTANT)
    user = person(organisation, actor, name=f"Bookings of {name}", role=Role.PROVIDER)
    consultant = add_consultant(
        provider=provider, code=f"dana-{code}", name="Dana Whitlock", joined_on=START, actor=actor
    )
    consultant.person_id = dana.person_id
    consultant.save(update_fields=["person"])
    return RateWorld(
        provider=provider,
        consultant=consultant,
        staff=user,
        organiser=person(partnership(), actor, name=f"Olive of {code}", role=Role.ORGANISER),
        manager=person(partnership(), actor, name=f"Mo of {code}", role=Role.FINANCE_MANAGER),
        dana=dana,
    )
