"""The VAT of an offer: a person's own treatment where the offer has one, otherwise what the dated rules decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalogue.models import Offer
from invoicing.vat.rules.kinds import Funding, SupplyKind
from invoicing.vat.standing import Ground, ground_for, known_of_each
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of


@dataclass(frozen=True)
class OfferVat:
    """The treatment, and the rule that decided it; None where a person did. ``used``: that rule is frozen already."""

    treatment: VatTreatment
    rule_id: int | None = None
    used: bool = True


TreatmentOf = Callable[[Offer], OfferVat]


def vat_for(
    *,
    offer: Offer,
    organisation: Organisation | None,
    on: date,
    invoice_to: Organisation | None = None,
    funding: Funding | None = None,
) -> OfferVat:
    """How the offer is taxed on a day for whoever is invoiced: ``invoice_to``, or as the organisation's terms say.

    The legal supplier is who sells it: the partnership, or in whose name it sells. Raises NoVatRule or NoSupply where the rules refuse.
    """
    return treatments_for(offers=[offer], organisation=organisation, on=on, invoice_to=invoice_to, funding=funding)(
        offer
    )


def treatments_for(
    *,
    offers: Sequence[Offer],
    organisation: Organisation | None,
    on: date,
    invoice_to: Organisation | None = None,
    funding: Funding | None = None,
    supplier: Organisation | None = None,
) -> TreatmentOf:
    """The same for many offers: the database is asked once for all of them, and not at all where every offer has a
    treatment of its own. Without an organisation: for a customer in the United Kingdom of whom nothing is known.
    ``supplier`` is the partnership, where the caller has it at hand."""
    grounds: dict[int | None, Ground] = {}
    if any(not offer.vat_category for offer in offers):
        customer = invoice_to or (organisation and (terms_of(organisation).invoice_to or organisation))
        ours = ground_for(supplier=supplier or partnership(), customer=customer, on=on, funding=funding)
        others = {offer.sold_by_id: offer.sold_by for offer in offers if offer.sold_by is not None}
        known = known_of_each(list(others.values()), on) if others else {}
        grounds = {None: ours, **{pk: replace(ours, supplier=known[pk]) for pk in known}}
    return treatments_on(grounds, on)


def treatments_on(grounds: Mapping[int | None, Ground], on: date) -> TreatmentOf:
    """Treatments by what was read already: the ground of each in whose name we sell, that of the partnership under None."""

    def treatment_of(offer: Offer) -> OfferVat:
        if offer.vat_category:
            own = VatTreatment(offer.vat_category, vat_rate_on(offer.vat_category, on), offer.vat_reason)
            return OfferVat(own)
        ground = grounds[offer.sold_by_id]
        decision = ground.decide(SupplyKind[offer.supply_kind.upper()])
        return OfferVat(decision.treatment, decision.rule.id, decision.rule.id in ground.used)

    return treatment_of
