"""Reads over agreements: from the actor, what they cost, how they are charged."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from marketplace.core.actors import BUYING, FINANCE_READERS, Actor
from marketplace.core.money import Money, TaxedAmount
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement, BillingPeriod


def agreements_for(actor: Actor) -> QuerySet[Agreement]:
    """All for finance and the auditor, otherwise those of organisations for which the actor buys or approves."""
    found = Agreement.objects.select_related("organisation", "invoice_to")
    if actor.system or actor.has(*FINANCE_READERS):
        return found
    return found.filter(organisation_id__in=actor.organisations(*BUYING))


def agreements_of(organisation: Organisation) -> QuerySet[Agreement]:
    """All that the organisation takes or took, and what it is offered; those that end last first."""
    return Agreement.objects.filter(organisation=organisation).order_by("-term_to", "-pk")


def periods_of(agreement: Agreement) -> QuerySet[BillingPeriod]:
    """Its billing periods by day, with their lines. One that was taken back whole and kept nothing is left out."""
    rows = BillingPeriod.objects.filter(line__agreement=agreement).select_related("line")
    return rows.exclude(valid_from=F("valid_to"), kept_pence=0).order_by("valid_from", "line__slot", "pk")


def whole_term(agreement: Agreement) -> TaxedAmount:
    """What it costs over its whole term, with VAT per rate as one invoice would have it."""
    return whole_terms([agreement.pk])[agreement.pk]


def whole_terms(agreement_ids: Iterable[int]) -> dict[int, TaxedAmount]:
    """The same for several, by their ids; one query."""
    ids = list(agreement_ids)
    nets: dict[int, dict[Decimal, int]] = defaultdict(dict)
    rows = BillingPeriod.objects.filter(line__agreement__in=ids).values_list("line__agreement_id", "line__vat_rate")
    for pk, rate, net in rows.annotate(net=Sum(F("pence") + F("kept_pence"))):
        nets[pk][rate] = net
    return {pk: taxed(nets[pk]) for pk in ids}


def taxed(nets: dict[Decimal, int]) -> TaxedAmount:
    """Net pence by VAT rate as one taxed amount."""
    parts = [TaxedAmount.at(Money(net), rate) for rate, net in nets.items()]
    net, vat = Money(sum(part.net.pence for part in parts)), Money(sum(part.vat.pence for part in parts))
    return TaxedAmount(net, vat, net + vat)
