"""What makes the lists of hubs longer: calls, panels, interests, what was done with a school, what was spent."""

from datetime import timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import (
    HubApplication,
    HubCall,
    HubEngagement,
    HubSchool,
    HubSpend,
    PanelInterest,
    PanelMember,
)
from subscriptions.hubs.services.calls import CallTerms, draft_call, publish_call
from subscriptions.outcomes.models import OutcomeContract
from tests.frontend.lists.world import World, copies
from tests.subscriptions.hubs.calling import CRITERIA, TEMPLATE


def _call(world: World) -> HubCall:
    """An open call."""

    def make() -> HubCall:
        now, first = timezone.now(), add_months(world.today.replace(day=1), 2)
        terms = CallTerms(
            kind="hub", title="Reading hub", priorities="Reading", monthly=Money(100_000), budget=Money(3_600_000),
            term=Period(first, add_months(first, 36)), opens_at=now - timedelta(days=9),
            closes_at=now + timedelta(days=9), template=TEMPLATE, criteria=CRITERIA,
        )  # fmt: skip
        organiser = world.person(Role.ORGANISER)
        return publish_call(
            call=draft_call(terms=terms, on=world.today, actor=organiser), on=world.today, actor=organiser
        )

    return world.kept("a call", make)


def calls(world: World, numbers: range) -> list[HubCall]:
    """Open calls, to each of which the customer has begun an application."""
    made = copies(_call(world), numbers, number=lambda n: f"HC-{n}", title=lambda n: f"Hub number {n}")
    first = HubApplication(call=made[0], lead_id=world.customer.pk, started_on=world.today)
    at = dict(zip(numbers, made, strict=True))
    copies(first, numbers, number=lambda n: f"HA-{n}", call_id=lambda n: at[n].pk)
    return made


def panels(world: World, numbers: range) -> None:
    """Calls on whose panel somebody sits."""
    at = dict(zip(numbers, calls(world, numbers), strict=True))
    first = PanelMember(call=_call(world), person_id=world.person(Role.PANEL).person_id, invited_on=world.today)
    copies(first, numbers, call_id=lambda n: at[n].pk)


def interests(world: World, numbers: range) -> None:
    """Interests of a member of a panel in applications that were withdrawn since."""
    member = world.kept(
        "a member of a panel",
        lambda: PanelMember.objects.create(
            call=_call(world), person_id=world.person(Role.PANEL).person_id, invited_on=world.today
        ),
    )
    bid = HubApplication(
        call=_call(world),
        lead_id=world.customer.pk,
        started_on=world.today,
        state="withdrawn",
        withdrawn_on=world.today,
    )
    made = copies(bid, numbers, number=lambda n: f"HB-{n}")
    at = dict(zip(numbers, made, strict=True))
    first = PanelInterest(member=member, application=made[0], words="A governor there", declared_on=world.today)
    copies(first, numbers, application_id=lambda n: at[n].pk)


def _hub(world: World) -> OutcomeContract:
    """A hub that runs."""
    return world.kept(
        "a hub",
        lambda: OutcomeContract.objects.create(
            number="OC-HUB", kind="hub", side="pays", party_id=world.customer.pk, title="Reading hub", state="active",
            valid_from=world.today, valid_to=world.today + timedelta(days=1000), value_pence=100, vat_category="O",
            vat_rate=0, account_id="7900", stream_id="GR", offered_on=world.today, agreed_on=world.today,
        ),
    )  # fmt: skip


def _school(world: World) -> HubSchool:
    return world.kept(
        "a school of the hub",
        lambda: HubSchool.objects.create(
            contract=_hub(world), organisation=Organisation.objects.get(pk=world.customer.pk), joined_on=world.today
        ),
    )


def engagements(world: World, numbers: range) -> None:
    first = HubEngagement(
        school=_school(world), done_on=world.today, kind="visit", words="Watched reading", hours=Decimal(2),
        recorded_on=world.today,
    )  # fmt: skip
    copies(first, numbers, people=lambda n: n + 1)


def spends(world: World, numbers: range) -> None:
    first = HubSpend(
        contract=_hub(world), spent_on=world.today, category="cover", words="Cover", pence=100, recorded_on=world.today
    )
    copies(first, numbers, ordinal=lambda n: n + 1)


def at_school(world: World) -> str:
    return reverse("hub-school", kwargs={"number": "OC-HUB", "pk": _school(world).pk})


def at_spend(world: World) -> str:
    return reverse("hub-spend", kwargs={"number": _hub(world).number})
