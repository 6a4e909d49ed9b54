"""Reads over VAT rules and facts: for finance and the auditor. Anybody else is told that nothing is there."""

from datetime import date

from django.db.models import QuerySet

from invoicing.vat.models import VatFacts, VatRule
from marketplace.core.actors import FINANCE_READERS, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day


def _require_reader(actor: Actor) -> None:
    if not (actor.system or actor.has(*FINANCE_READERS)):
        raise NotFound("There is no such page.")


def vat_rules_for(actor: Actor, *, on: date | None = None) -> QuerySet[VatRule]:
    """The rules in the order in which they are asked; with a day, those that hold on it."""
    _require_reader(actor)
    rules = VatRule.objects.select_related("reason")
    return rules if on is None else rules.filter(on_day(on))


def vat_rule_for(actor: Actor, pk: int) -> VatRule:
    """One rule, or NotFound."""
    found = vat_rules_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such VAT rule.")
    return found


def vat_facts_for(actor: Actor, organisation: Organisation) -> QuerySet[VatFacts]:
    """What is on record of an organisation, latest first."""
    _require_reader(actor)
    return VatFacts.objects.filter(organisation=organisation).order_by("-valid_from")


def vat_party_for(actor: Actor, number: str) -> Organisation:
    """Any organisation by its number, the partnership itself too, or NotFound."""
    _require_reader(actor)
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise NotFound(f"There is no organisation {number}.")
    return found
