"""What a provider invoices in the world of the access matrix: an invoice written for it, a credit note, its agreement."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.self_billing.billing import self_bill
from invoicing.services import reduce_payable, set_vat_facts
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.queries import partnership
from tests.invoicing.paying_out.world import Payers, invoiced
from tests.invoicing.self_billing.ridgeway import NONE, agreed, earned
from tests.shop import person


def self_billed(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """The school as a provider: its running agreement and the invoice that was written under it."""
    _council_with_number(school, actor)
    day = min(today, date(2026, 10, 1))  # due by the day on which the world's batches pay
    agreement = agreed(school, begins=day - timedelta(days=30))
    earned(school, 12_000, key=f"matrix:earned:{school.pk}", on=day, vat=NONE)
    self_bill(on=day, actor=actor, provider_ids=[school.pk])
    invoice = ProviderInvoice.objects.filter(provider=school).latest("pk")
    paid, claim = _paid(school, actor), _claimed(school, invoice, day, actor)
    return {
        "self_billing": agreement.number, "provider_invoice": invoice.pk, "provider_invoice_number": invoice.number,
        "remittance": paid, "claimed_credit": claim.credit_id, "claimed_number": claim.document.number,
        "own_agreed": invoiced(school, 5_000, due_on=date(2031, 1, 24)).pk,
    }  # fmt: skip


def _claimed(school: Organisation, invoice: ProviderInvoice, day: date, actor: Actor) -> ClaimBack:
    """A credit note that nothing is due to take it from, so that it is claimed back."""
    reduce_payable(
        source_key=f"matrix:less:{school.pk}", of=f"matrix:earned:{school.pk}", pence=2_000, reason="Half a day",
        on=day, actor=actor,
    )  # fmt: skip
    self_bill(on=day, actor=actor, provider_ids=[school.pk])
    credit = ProviderInvoice.objects.get(credits=invoice)
    return claim_back(credit=credit, reason="No more work", on=day, actor=actor)


def _council_with_number(school: Organisation, actor: Actor) -> None:
    """A maintained school sells under its council's VAT number, which must be on record."""
    council = School.objects.get(organisation=school).authority.organisation
    if not council.vat_facts.exists():
        set_vat_facts(
            organisation=council, valid_from=date(2020, 1, 1), registered=True, vat_number="GB 987 6543 21",
            eligible_body=True, private_school=False, abroad=False, evidence="HMRC register", actor=actor,
        )  # fmt: skip


def _paid(school: Organisation, actor: Actor) -> int:
    """The payment of that invoice, sent to the bank: its line's id."""
    payers = Payers.__new__(Payers)
    roles = {"priya": Role.FINANCE_OFFICER, "marek": Role.FINANCE_MANAGER, "olive": Role.FINANCE_OFFICER}
    for name, role in roles.items():
        setattr(payers, name, person(partnership(), actor, role=role, name=f"{name} {school.pk}"))
    payers.account(school)
    batch = payers.approved()
    payers.release(batch, key=f"self-billed:{school.pk}")
    return int(batch.lines.get(provider=school).pk)


def self_billing_bodies(keys: Mapping[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What a program sends of its own papers, and asks back."""
    return {
        "POST /provider-invoices": {
            "provider": keys["customer"], "number": "R-1", "dated_on": today.isoformat(), "net_pence": 1, "vat_pence": 0,
        },
        "POST /provider-invoices/{id}/claim-back": {"reason": "No more work"},
        "POST /provider-invoices/{id}/withdraw-claim": {"number": keys["claimed_number"], "reason": "A day is booked"},
    }  # fmt: skip
