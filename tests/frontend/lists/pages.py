"""Every page of the site that shows a list by pages: who looks, where it lies, and what makes it longer.

``test_list_query_counts.py`` proves that none is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from marketplace.core.actors import Role
from tests.frontend.lists import (
    accreditation,
    agency,
    agreements,
    claims,
    consultancy,
    council_journals,
    councils,
    dates,
    days,
    finding,
    hubs,
    included,
    outcome_contracts,
    outcome_statements,
    own_offers,
    payment_requests,
    payments,
    price_lists,
    rates,
    registers,
    resources,
    retaining,
    self_billing,
    sharing,
    support,
    tickets,
    visits,
    waiting,
    waivers,
)
from tests.frontend.lists.funds import at_fund, funds, spending
from tests.frontend.lists.months import months
from tests.frontend.lists.vat_returns import vat_returns
from tests.frontend.lists.world import World

BUYER, OFFICER, ADMINISTRATOR = Role.BUYER, Role.FINANCE_OFFICER, Role.ADMINISTRATOR


@dataclass(frozen=True)
class ListPage:
    """``grow`` adds the rows of these numbers, counted from 0; ``path`` is asked for after each growth."""

    role: Role | None
    path: Callable[[World], str]
    grow: Callable[[World, range], object]


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: reverse(name) + query


def _batch(world: World) -> str:
    """From the first invoice ever to the newest."""
    numbers = type(world.newest_invoice()).objects.order_by("pk").values_list("number", flat=True)
    return reverse("finance-invoice-batch-done", kwargs={"first": numbers[0], "last": world.newest_invoice().number})


def _statement(world: World) -> str:
    newest = world.bank_account().statements.latest("pk")
    return reverse("finance-bank-statement", kwargs={"account": "current", "pk": newest.pk})


LIST_PAGES: dict[str, ListPage] = {
    "find": ListPage(None, _at("find"), World.offers),
    "school-find": ListPage(BUYER, lambda w: w.own("school-find"), World.offers),
    "calendar": ListPage(None, finding.calendar, finding.meetings),
    "school-calendar": ListPage(BUYER, finding.own_calendar, finding.meetings),
    "me-kept": ListPage(BUYER, _at("me-kept"), finding.favourites),
    "school-bookings": ListPage(BUYER, lambda w: w.own("school-bookings"), World.bookings),
    "school-waiting": ListPage(BUYER, lambda w: w.own("school-waiting"), waiting.entries),
    "organise-waiting": ListPage(Role.ORGANISER, waiting.of_date, waiting.entries),
    "school-orders": ListPage(BUYER, lambda w: w.own("school-orders"), World.orders),
    "school-approvals": ListPage(Role.APPROVER, lambda w: w.own("school-approvals"), World.approvals),
    "school-budget-lines": ListPage(BUYER, lambda w: w.own("school-budget-lines"), World.items),
    "school-year-end-part": ListPage(BUYER, lambda w: w.own("school-year-end") + "/ordered", World.items),
    "school-contracts": ListPage(BUYER, lambda w: w.own("school-contracts") + "?show=all", registers.contracts),
    "school-help": ListPage(BUYER, lambda w: w.own("school-help"), tickets.tickets),
    "organise-tickets": ListPage(Role.ORGANISER, _at("organise-tickets"), tickets.tickets),
    "finance-service-credits": ListPage(OFFICER, _at("finance-service-credits"), tickets.credits),
    "school-services": ListPage(BUYER, lambda w: w.own("school-services"), agreements.running),
    "finance-agreements": ListPage(OFFICER, _at("finance-agreements"), agreements.running),
    "finance-renewals": ListPage(OFFICER, agreements.window, agreements.running),
    "school-invoices": ListPage(BUYER, lambda w: w.own("school-invoices"), World.invoices),
    "school-history": ListPage(BUYER, lambda w: w.own("school-history"), World.events),
    "organise-offers": ListPage(own_offers.ROLES[0], _at("organise-offers"), own_offers.written),
    "provider-offers": ListPage(own_offers.ROLES[1], own_offers.at_provider, own_offers.written),
    "organise-dates": ListPage(Role.ORGANISER, _at("organise-dates"), dates.coming_runs),
    "organise-messages": ListPage(Role.ORGANISER, _at("organise-messages"), dates.letters),
    "organise-registers": ListPage(Role.ORGANISER, _at("organise-registers"), days.held_runs),
    "organise-report-courses": ListPage(Role.ORGANISER, _at("organise-report-courses"), days.attended),
    "me-courses": ListPage(Role.DELEGATE, _at("me-courses"), days.own_attended),
    "me-record": ListPage(Role.DELEGATE, _at("me-record"), days.own_entries),
    "school-cpd": ListPage(BUYER, lambda w: w.own("school-cpd"), days.attended),
    "organise-networks": ListPage(Role.ORGANISER, _at("organise-networks"), days.networks),
    "organise-network": ListPage(Role.ORGANISER, days.one_network, days.members),
    "me-networks": ListPage(BUYER, _at("me-networks"), days.networks),
    "finance-invoicing": ListPage(OFFICER, _at("finance-invoicing"), World.items),
    "finance-held": ListPage(OFFICER, _at("finance-held"), World.held),
    "finance-invoice-batches": ListPage(
        OFFICER, lambda w: f"{reverse('finance-invoice-batches')}?on={w.today.isoformat()}", World.items
    ),
    "finance-invoice-batch-done": ListPage(OFFICER, _batch, World.invoices),
    "finance-invoices": ListPage(OFFICER, _at("finance-invoices"), World.invoices),
    "finance-invoice": ListPage(
        OFFICER,
        lambda w: reverse("finance-invoice", kwargs={"number": w.newest_invoice().number}),
        World.long_invoice,
    ),
    "finance-credits-due": ListPage(OFFICER, _at("finance-credits-due"), World.credits_due),
    "finance-customers": ListPage(OFFICER, _at("finance-customers"), World.invoices),
    "finance-aged-debtors": ListPage(OFFICER, _at("finance-aged-debtors"), World.invoices),
    "finance-queries": ListPage(OFFICER, _at("finance-queries"), World.queries),
    "finance-reminders": ListPage(OFFICER, _at("finance-reminders"), World.late),
    "finance-reminders-sent": ListPage(OFFICER, _at("finance-reminders-sent"), World.reminders),
    "school-queries": ListPage(BUYER, lambda w: w.own("school-queries"), World.queries),
    "finance-bank": ListPage(OFFICER, _at("finance-bank"), World.statements),
    "finance-bank-statement": ListPage(OFFICER, _statement, World.long_statement),
    "finance-bank-unidentified": ListPage(OFFICER, _at("finance-bank-unidentified"), World.unidentified),
    "finance-refunds": ListPage(OFFICER, _at("finance-refunds"), World.refunds),
    "finance-to-approve": ListPage(OFFICER, _at("finance-to-approve"), World.prepared),
    "finance-funds": ListPage(OFFICER, _at("finance-funds"), funds),
    "finance-payment-batches": ListPage(OFFICER, _at("finance-payment-batches"), payments.batches),
    "finance-payment-batch-new": ListPage(OFFICER, _at("finance-payment-batch-new"), payments.due),
    "finance-payee-accounts": ListPage(OFFICER, _at("finance-payee-accounts"), payments.accounts),
    "finance-payment-holds": ListPage(OFFICER, _at("finance-payment-holds"), payments.holds),
    "finance-payment-requests": ListPage(OFFICER, _at("finance-payment-requests"), payment_requests.requests),
    "finance-fund": ListPage(OFFICER, at_fund, spending),
    "finance-months": ListPage(OFFICER, _at("finance-months"), months),
    "finance-vat-returns": ListPage(OFFICER, _at("finance-vat-returns"), vat_returns),
    "finance-agency": ListPage(OFFICER, _at("finance-agency"), agency.suppliers),
    "finance-agency-supplier": ListPage(OFFICER, agency.at_supplier, agency.settlements),
    "finance-journals": ListPage(OFFICER, _at("finance-journals"), World.journals),
    "finance-council-journals": ListPage(OFFICER, _at("finance-council-journals"), council_journals.sent_journals),
    "finance-council-journal-new": ListPage(OFFICER, council_journals.preview, council_journals.ready),
    "finance-council-journal": ListPage(OFFICER, council_journals.newest, council_journals.long_journal),
    "school-council-journals": ListPage(
        Role.COUNCIL_PAYMENTS, lambda w: w.own("school-council-journals"), council_journals.sent_journals
    ),
    "school-council-journal": ListPage(
        Role.COUNCIL_PAYMENTS, council_journals.newest_of_council, council_journals.long_journal
    ),
    "finance-outcome-statements": ListPage(OFFICER, _at("finance-outcome-statements"), outcome_statements.due),
    "finance-payables": ListPage(OFFICER, _at("finance-payables"), resources.payables),
    "finance-self-billing": ListPage(OFFICER, _at("finance-self-billing"), self_billing.agreements),
    "finance-self-billing-run": ListPage(OFFICER, self_billing.at_run, self_billing.earned_by_many),
    "finance-provider-invoices": ListPage(OFFICER, _at("finance-provider-invoices"), self_billing.invoices),
    "provider-money": ListPage(Role.PROVIDER, self_billing.at_money, self_billing.own_invoices),
    "school-resources": ListPage(BUYER, lambda w: w.own("school-resources"), resources.licences),
    "school-royalties": ListPage(BUYER, lambda w: w.own("school-royalties"), resources.royalties),
    "organise-resources": ListPage(Role.ORGANISER, _at("organise-resources"), resources.resources),
    "organise-prices": ListPage(Role.ORGANISER, _at("organise-prices"), own_offers.written),
    "organise-offer-prices": ListPage(Role.ORGANISER, price_lists.of_offer, price_lists.rows),
    "school-places-left": ListPage(BUYER, lambda w: w.own("school-places-left"), included.uses),
    "finance-customer-allowance": ListPage(OFFICER, included.at_allowance, included.uses),
    "finance-included": ListPage(OFFICER, _at("finance-included"), included.allowances),
    "consultants": ListPage(None, _at("consultants"), accreditation.people),
    "organise-accreditation": ListPage(Role.ORGANISER, _at("organise-accreditation"), accreditation.applications),
    "organise-documents": ListPage(Role.ORGANISER, _at("organise-documents"), accreditation.documents),
    "provider-accreditation": ListPage(Role.PROVIDER, accreditation.at_provider, accreditation.applications),
    "council-contracts": ListPage(Role.COMMISSIONER, _at("council-contracts"), councils.contracts),
    "council-schools": ListPage(Role.COMMISSIONER, _at("council-schools"), councils.schools),
    "council-invoices": ListPage(Role.COMMISSIONER, _at("council-invoices"), World.invoices),
    "council-reports": ListPage(Role.COMMISSIONER, _at("council-reports"), councils.contracts),
    "organise-council-contracts": ListPage(Role.ORGANISER, _at("organise-council-contracts"), councils.contracts),
    "organise-council-package": ListPage(Role.ORGANISER, councils.at_package, councils.draws),
    "organise-support-plans": ListPage(Role.ORGANISER, _at("organise-support-plans"), support.plans),
    "school-support-plans": ListPage(Role.APPROVER, lambda w: w.own("school-support-plans"), support.plans),
    "council-support-plans": ListPage(Role.COMMISSIONER, _at("council-support-plans"), support.plans),
    "organise-matched": ListPage(Role.ORGANISER, _at("organise-matched"), support.schemes),
    "organise-matched-scheme": ListPage(Role.ORGANISER, support.at_scheme, support.promises),
    "organise-hub-calls": ListPage(Role.ORGANISER, _at("organise-hub-calls"), hubs.calls),
    "school-hub-calls": ListPage(Role.APPROVER, _at("school-hub-calls"), hubs.calls),
    "panel-calls": ListPage(Role.PANEL, _at("panel-calls"), hubs.panels),
    "panel-interests": ListPage(Role.PANEL, _at("panel-interests"), hubs.interests),
    "hub-school": ListPage(Role.ORGANISER, hubs.at_school, hubs.engagements),
    "verify": ListPage(Role.VERIFIER, _at("verify"), claims.waiting),
    "verify-decided": ListPage(Role.VERIFIER, _at("verify-decided"), claims.sent_back),
    "verify-sample": ListPage(Role.AUDITOR, _at("verify-sample"), claims.sampled),
    "hub-spend": ListPage(Role.ORGANISER, hubs.at_spend, hubs.spends),
    "organise-outcome-contracts": ListPage(
        Role.ORGANISER, _at("organise-outcome-contracts"), outcome_contracts.contracts
    ),
    "organise-rates": ListPage(Role.ORGANISER, _at("organise-rates"), rates.proposals),
    "organise-reviews": ListPage(Role.ORGANISER, _at("organise-reviews"), rates.reviews),
    "organise-support": ListPage(Role.ORGANISER, _at("organise-support"), rates.support),
    "provider-rates": ListPage(Role.PROVIDER, rates.at_provider, rates.proposals),
    "school-consultants": ListPage(BUYER, lambda w: w.own("school-consultants"), consultancy.consultants),
    "school-consultant-requests": ListPage(BUYER, lambda w: w.own("school-consultant-requests"), consultancy.requests),
    "school-consultant-bookings": ListPage(BUYER, lambda w: w.own("school-consultant-bookings"), consultancy.bookings),
    "school-releases": ListPage(Role.APPROVER, lambda w: w.own("school-releases"), consultancy.releases),
    "provider-requests": ListPage(Role.PROVIDER, consultancy.at_provider("provider-requests"), consultancy.requests),
    "provider-bookings": ListPage(Role.PROVIDER, consultancy.at_provider("provider-bookings"), consultancy.bookings),
    "organise-consultant-bookings": ListPage(Role.ORGANISER, _at("organise-consultant-bookings"), consultancy.bookings),
    "organise-retainers": ListPage(Role.ORGANISER, _at("organise-retainers"), retaining.retainers),
    "school-retainers": ListPage(BUYER, lambda w: w.own("school-retainers"), retaining.retainers),
    "provider-retainers": ListPage(Role.PROVIDER, consultancy.at_provider("provider-retainers"), retaining.retainers),
    "organise-visit-reviews": ListPage(Role.ORGANISER, _at("organise-visit-reviews"), retaining.reviews),
    "organise-presenters": ListPage(Role.ORGANISER, _at("organise-presenters"), retaining.presenters),
    "visits": ListPage(Role.PROVIDER, _at("visits"), visits.visits),
    "school-visits": ListPage(BUYER, lambda w: w.own("school-visits"), visits.visits),
    "organise-visits": ListPage(Role.ORGANISER, _at("organise-visits"), visits.visits),
    "finance-margins": ListPage(OFFICER, _at("finance-margins"), visits.bookings),
    "organise-waivers": ListPage(Role.ORGANISER, _at("organise-waivers"), waivers.waivers),
    "organise-policies": ListPage(Role.ORGANISER, _at("organise-policies"), waivers.policies),
    "finance-subscribers": ListPage(OFFICER, _at("finance-subscribers"), agreements.subscribers),
    "finance-members": ListPage(OFFICER, _at("finance-members"), sharing.members),
    "finance-contributions": ListPage(OFFICER, _at("finance-contributions"), sharing.rounds),
    "finance-contribution": ListPage(OFFICER, sharing.at_round, sharing.shares),
    "finance-shared-costs": ListPage(OFFICER, _at("finance-shared-costs"), sharing.costs),
    "finance-asked-changes": ListPage(OFFICER, _at("finance-asked-changes"), agreements.asked),
    "finance-purses": ListPage(OFFICER, _at("finance-purses"), sharing.purses),
    "school-sharing": ListPage(BUYER, lambda w: w.own("school-sharing"), sharing.own_contributions),
    "finance-purchases": ListPage(OFFICER, _at("finance-purchases"), World.purchases),
    "finance-opening": ListPage(OFFICER, _at("finance-opening"), World.places),
    "finance-account": ListPage(OFFICER, lambda _: reverse("finance-account", kwargs={"code": "1100"}), World.invoices),
    "finance-deferred-income": ListPage(OFFICER, _at("finance-deferred-income"), World.deferrals),
    "organisations": ListPage(ADMINISTRATOR, _at("organisations"), World.customers),
    "people": ListPage(ADMINISTRATOR, _at("people"), World.people),
    "jobs": ListPage(OFFICER, _at("jobs"), World.jobs),
    "audit-events": ListPage(Role.AUDITOR, _at("audit-events"), World.events),
    "audit-seals": ListPage(Role.AUDITOR, _at("audit-seals"), World.seals),
    "school-webhooks": ListPage(Role.APPROVER, lambda w: w.own("school-webhooks"), World.webhooks),
    "school-webhook": ListPage(
        Role.APPROVER,
        lambda w: reverse(
            "school-webhook", kwargs={"kind": "customer", "code": w.customer.number, "number": w.webhook().number}
        ),
        World.deliveries,
    ),
    "webhooks": ListPage(ADMINISTRATOR, _at("webhooks"), World.webhooks),
    "webhook": ListPage(
        ADMINISTRATOR, lambda w: reverse("webhook", kwargs={"number": w.webhook().number}), World.deliveries
    ),
    "messages": ListPage(ADMINISTRATOR, _at("messages"), World.messages),
}
