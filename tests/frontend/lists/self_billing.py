"""What makes the pages of self-billing agreements and providers' invoices longer."""

from datetime import timedelta

from django.urls import reverse

from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.models import ProviderInvoice
from marketplace.organisations.models import Organisation
from providers.models import Provider
from providers.services import add_provider
from tests.frontend.lists.world import World, copies
from tests.invoicing.self_billing.ridgeway import add_firm, agreed, earned


def _provider(world: World) -> Provider:
    """The partnership, at which everybody who buys nothing holds their role."""

    def make() -> Provider:
        found = Provider.objects.filter(organisation=world.partnership).first()
        return found or add_provider(organisation=world.partnership, code="own", actor=world.actor)

    return world.kept("own provider", make)  # type: ignore[no-any-return]


def agreements(world: World, numbers: range) -> None:
    """Agreements of a day each, long ago."""
    first = world.kept("self-billing agreement", lambda: agreed(add_firm(), begins=world.today))
    copies(
        first, numbers, number=lambda n: f"SBA-{n + 500_000:06d}",
        valid_from=lambda n: world.today - timedelta(days=n + 2), valid_to=lambda n: world.today - timedelta(days=n + 1),
        ended_on=lambda n: world.today, reason=lambda n: "Ended",
    )  # fmt: skip
    assert SelfBillingAgreement.objects.count() > len(numbers)


def _first(world: World, provider: Organisation) -> ProviderInvoice:
    return ProviderInvoice.objects.create(
        kind="own", state="received", provider=provider, number="R-0", dated_on=world.today, due_on=world.today,
        net_pence=1_000, vat_pence=0, gross_pence=1_000,
    )  # fmt: skip


def invoices(world: World, numbers: range) -> None:
    """Own invoices of one provider, to check."""
    first = world.kept("provider invoice", lambda: _first(world, add_firm()))
    copies(first, numbers, number=lambda n: f"R-{n + 1}")


def own_invoices(world: World, numbers: range) -> None:
    """The same of the provider whose page it is."""
    provider = _provider(world)
    first = world.kept("own provider invoice", lambda: _first(world, provider.organisation))
    copies(first, numbers, number=lambda n: f"R-{n + 1}")


def earned_by_many(world: World, numbers: range) -> None:
    """One amount of each of many providers with an agreement."""
    for number in numbers:
        firm = add_firm(f"Firm {number}", vat_number="")
        agreed(firm, begins=world.today)
        earned(firm, 1_000, key=f"firm:{firm.pk}", on=world.today)


def at_run(world: World) -> str:
    return f"{reverse('finance-self-billing-run')}?on={world.today:%d/%m/%Y}"


def at_money(world: World) -> str:
    return reverse("provider-money", kwargs={"provider": _provider(world).code})
