"""What renewals need of the database to be priced, read once for all agreements that are renewed from one day."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from catalogue.rules.classes import PriceClass
from catalogue.services import QuotingMany
from marketplace.organisations.models import CustomerTerms, Organisation
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.plans.models import PlanVersion
from subscriptions.plans.queries import SOURCE, versions_on
from subscriptions.plans.services.pricing import PlanPricing
from subscriptions.slas.models import ServiceTerms
from subscriptions.slas.queries import terms_of_offers
from subscriptions.tiers.queries import price_classes_on


class Reckoning:
    """Prices of the day ``on`` for the agreements of ``lines``, each with those of its lines that may go on.

    Each kind of fact is read when the first price asks for it, and then for all agreements at once.
    """

    def __init__(self, *, on: date, lines: Mapping[Agreement, Sequence[AgreementLine]]) -> None:
        self.on, self._agreements = on, list(lines)
        self._lines = [line for own in lines.values() for line in own]
        self._offers = {line.offer.pk: line.offer for line in self._lines if line.offer is not None}

    def invoiced(self, agreement: Agreement) -> Organisation:
        """Who is invoiced: as the agreement says, else as the customer's terms have it."""
        return agreement.invoice_to or self._payers.get(agreement.organisation_id) or agreement.organisation

    def version_before(self, source: str) -> PlanVersion:
        """The version of a level that a line took."""
        return self._versions_before[int(source.removeprefix(SOURCE))]

    def plan_pricing(self, agreement: Agreement) -> PlanPricing:
        """The prices of levels for the customer of an agreement."""
        return PlanPricing(
            organisation=agreement.organisation,
            on=self.on,
            invoice_to=self.invoiced(agreement),
            read=(self.quoting, self.price_classes[agreement.organisation_id]),
        )

    @cached_property
    def quoting(self) -> QuotingMany:
        return QuotingMany(
            on=self.on,
            offers=list(self._offers.values()),
            organisations=[one.organisation for one in self._agreements] + [line.consumer for line in self._lines],
            customers=[self.invoiced(one) for one in self._agreements],
        )

    @cached_property
    def price_classes(self) -> dict[int, PriceClass]:
        """The class of each customer and each school that consumes on the day, by its id."""
        ids = {line.consumer_id for line in self._lines} | {one.organisation_id for one in self._agreements}
        return price_classes_on(sorted(ids), self.on)

    @cached_property
    def service_terms(self) -> dict[int, ServiceTerms]:
        """How the offers are agreed, by their ids."""
        return terms_of_offers(self._offers)

    @cached_property
    def versions(self) -> dict[int, PlanVersion]:
        """What can be taken on the day, by the level's id."""
        return {one.plan_id: one for one in versions_on(self.on)}

    @cached_property
    def _versions_before(self) -> dict[int, PlanVersion]:
        sources = {line.source.removeprefix(SOURCE) for line in self._lines if line.source.startswith(SOURCE)}
        return PlanVersion.objects.select_related("plan").in_bulk([int(one) for one in sources])

    @cached_property
    def _payers(self) -> dict[int, Organisation]:
        """Who is invoiced for customers whose agreement does not say it."""
        unsaid = [one.organisation_id for one in self._agreements if one.invoice_to_id is None]
        terms = CustomerTerms.objects.filter(organisation__in=unsaid).exclude(invoice_to=None)
        return {one.organisation_id: one.invoice_to for one in terms.select_related("invoice_to") if one.invoice_to}
