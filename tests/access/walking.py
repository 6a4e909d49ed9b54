"""Asks for every address in the name of every role, and holds what comes back against the file."""

import copy
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from marketplace.core.actors import Role
from tests.access.matrix import FOREIGN, ONE, ROLES, SIGNED_OUT, Ask, Thing
from tests.access.world import Keys, World, bodies

# Which key of the world stands for a name in an address; the longest beginning that fits decides.
PAGE_KEYS: dict[str, dict[str, str]] = {
    "school": {"number": "order"},
    "school-approval": {"number": "approval"},
    "school-invoice": {"number": "invoice"},
    "school-explain": {"number": "invoice"},
    "school-booking": {"pk": "booking"},
    "school-deput": {"pk": "deputy"},
    "school-waiting": {"pk": "waiting"},
    "organise-waiting": {"code": "waiting_run", "pk": "waiting"},
    "finance": {"number": "invoice"},
    "finance-item": {"pk": "charge"},
    "finance-payment-request": {"number": "payment_request"},
    "finance-payment-request-ask": {"number": "invoice"},
    "school-payment-request": {"number": "payment_request"},
    "finance-invoice-batch-done": {"first": "invoice", "last": "invoice"},
    "finance-customer": {"number": "customer", "pk": "payment"},
    "finance-customer-allowance": {"number": "customer", "pk": "allowance"},
    "finance-statement": {"number": "customer"},
    "finance-receipt": {"number": "customer", "pk": "payment"},
    "finance-allocate": {"number": "customer", "pk": "payment"},
    "finance-allocation-undo": {"pk": "allocation"},
    "finance-bank-undo": {"pk": "matched"},
    "finance-bank-statement": {"pk": "statement"},
    "finance-account": {"code": "ledger"},
    "finance-vat-rule": {"pk": "vat_rule"},
    "finance-vat-facts": {"number": "customer"},
    "finance-entry": {"pk": "entry"},
    "finance-journal": {"number": "journal"},
    "finance-fund": {"code": "fund"},
    "finance-member": {"pk": "member"},
    "finance-contribution": {"code": "contribution"},
    "finance-shared-cost": {"code": "shared_cost", "pk": "sharer"},
    "school-shared-cost": {"cost": "shared_cost"},
    "school-network-join": {"network": "network"},
    "finance-asked-change": {"pk": "asked_change"},
    "school-service-asked-withdraw": {"number": "asked_agreement", "pk": "asked_change"},
    "finance-purse": {"code": "purse"},
    "school-purse": {"purse": "purse", "pk": "purse_member"},
    "finance-plan": {"code": "plan", "number": "plan_draft"},
    "school-subscription": {"level": "plan"},
    "finance-month": {"month": "month"},
    "finance-vat-return": {"key": "vat_return"},
    "finance-council-journal": {"number": "council_journal"},
    "finance-council-journal-undo": {"number": "paid_journal", "pk": "council_receipt"},
    "school-council-journal": {"number": "council_journal"},
    "finance-purchase": {"number": "purchase", "pk": "purchase_payment"},
    "finance-agency": {"number": "agency_supplier"},
    "finance-settlement": {"number": "settlement"},
    "finance-refund-paid": {"pk": "refund"},
    "finance-prepared": {"pk": "prepared"},
    "finance-query": {"number": "query"},
    "finance-late-payment": {"number": "customer"},
    "finance-reminder": {"number": "customer", "pk": "reminder"},
    "school-query": {"number": "query"},
    "school-query-ask": {"number": "invoice"},
    "school-resource-file": {"pk": "resource_file"},
    "school-licence": {"pk": "licence"},
    "finance-payable": {"pk": "payable"},
    "finance-payment-batch": {"number": "payment_batch"},
    "finance-payment-file": {"number": "payment_sent", "ordinal": "payment_ordinal"},
    "payment-release": {"number": "payment_approved"},
    "release-by-link": {"token": "release_link"},
    "release-by-link-done": {"answer": "release_answer"},
    "finance-payee-account": {"pk": "payee_account"},
    "provider-bank-account": {"provider": "own_provider"},
    "finance-self-billing": {"number": "self_billing"},
    "finance-provider-invoice": {"pk": "provider_invoice"},
    "provider-invoice": {"provider": "own_provider", "pk": "provider_invoice"},
    "provider-claim-pdf": {"provider": "own_provider", "pk": "claimed_credit"},
    "provider-credit-send": {"provider": "own_provider", "pk": "own_agreed"},
    "provider-remittance": {"provider": "own_provider", "pk": "remittance"},
    "provider-self-billing": {"provider": "own_provider", "number": "self_billing"},
    "organise-resource": {"code": "resource"},
    "organise-service-terms": {"code": "resource"},
    "organise-terms-document": {"code": "terms_code"},
    "terms-of-service": {"code": "terms_code", "version": "terms_version"},
    "provider": {"provider": "own_provider", "code": "own_offer", "part": "offer_part"},
    "provider-application": {"provider": "own_provider", "number": "application"},
    "provider-referee": {"provider": "own_provider", "number": "application"},
    "organise-application": {"number": "application"},
    "organise-document": {"pk": "evidence"},
    "organise-consultant": {"code": "able"},
    "organise-provider": {"code": "own_provider"},
    "school-consultant-shares": {"number": "shared_booking"},
    "school-retainer": {"number": "retainer"},
    "provider-retainer": {"provider": "own_provider", "number": "retainer"},
    "provider-retainers": {"provider": "own_provider"},
    "organise-retainer": {"number": "retainer"},
    "provider-consultant": {"provider": "own_provider", "code": "able"},
    "office-": {"number": "supplier"},
    "consultant": {"code": "able"},
    "reference": {"token": "reference_link"},
    "school-consultant-letter": {"consultant": "able"},
    "organise-offer": {"code": "own_offer", "part": "offer_part"},
    "organise-offer-prices": {"code": "offer"},
    "organise-price": {"code": "offer", "pk": "price_row"},
    "organise-catalogue-file": {"sheet": "sheet"},
    "organise-offer-version": {"code": "own_offer", "number": "offer_version"},
    "organisation": {},
    "person": {"pk": "kept_person", "role": "held_role"},
    "school-consultant-request": {"number": "request_quoted"},
    "school-consultant-accept": {"number": "request_quoted", "quote": "quote_given"},
    "school-consultant-booking": {"number": "ask_booking"},
    "school-consultant-date": {"number": "ask_booking", "ordinal": "ask_ordinal"},
    "school-consultant-cancel": {"number": "ask_booking"},
    "school-consultant-off-payroll": {"number": "ask_booking"},
    "provider-request": {"provider": "own_provider", "pk": "quote_asked"},
    "provider-booking": {"provider": "own_provider", "number": "ask_booking", "ordinal": "ask_ordinal"},
    "visit": {"number": "visit_booking", "ordinal": "visit_ordinal"},
    "school-visit": {"number": "visit_booking", "ordinal": "visit_ordinal"},
    "organise-visit": {"number": "visit_booking", "ordinal": "visit_ordinal"},
    "finance-margin": {"number": "visit_booking"},
    "school-waiver": {"pk": "late"},
    "school-ticket": {"number": "ticket"},
    "organise-ticket": {"number": "ticket"},
    "finance-service-credit": {"pk": "service_credit"},
    "school-contract": {"number": "contract", "pk": "contract_paper"},
    "school-service": {"number": "agreement", "do": "agreement_change"},
    "school-service-accept": {"number": "offered_agreement"},
    "school-service-decline": {"number": "offered_agreement"},
    "school-renewals": {"year": "renewal_year"},
    "finance-agreement": {"number": "agreement", "do": "agreement_change"},
    "organise-date": {"code": "course_date"},
    "organise-policy": {"code": "policy"},
    "organise-waiver": {"pk": "waiver"},
    "council-": {"number": "council_contract", "ordinal": "council_return"},
    "council-contract": {"number": "council_contract"},
    "council-lines": {"number": "council_contract"},
    "council-package": {"number": "council_contract", "code": "council_package"},
    "council-invoice": {"number": "invoice"},
    "organise-council": {"number": "council_contract", "code": "council_package", "ordinal": "council_return"},
    "organise-rate": {"number": "rate_proposal"},
    "organise-support-plan": {"number": "support_plan", "pk": "support_review"},
    "organise-matched": {"code": "matched_scheme"},
    "school-support-plan": {"number": "support_plan"},
    "council-support-plan": {"number": "support_plan"},
    "organise-outcome-contract": {"number": "outcome_contract"},
    "organise-outcome-contract-redraft": {"number": "outcome_draft"},
    "organise-outcome-contract-discard": {"number": "outcome_draft"},
    "outcome-vary": {"number": "outcome_contract"},
    "outcome-variation": {"number": "outcome_contract", "version": "outcome_version"},
    "outcome-statement": {"number": "outcome_contract", "ordinal": "outcome_statement"},
    "finance-outcome-statement": {"number": "outcome_contract", "ordinal": "outcome_statement"},
    "finance-outcome-move": {"number": "outcome_contract", "code": "outcome_item"},
    "finance-outcome-take-back": {"number": "outcome_contract", "code": "outcome_item"},
    "organise-review": {"number": "review_round"},
    "provider-rate": {"provider": "own_provider", "number": "rate_proposal"},
    "provider-calendar": {"provider": "own_provider", "pk": "away"},
    "organise-date-presenters": {"code": "course_date"},
    "organise-place-waive": {"pk": "late"},
    "organise-register": {"code": "held_run", "pk": "held_place"},
    "organise-report-course": {"offer": "held_offer"},
    "evaluate": {"token": "evaluation"},
    "certificate-check": {"number": "certificate"},
    "me-certificate": {"number": "certificate"},
    "me-course": {"pk": "own_place"},
    "me-record": {"pk": "cpd_entry"},
    "organise-network": {"code": "network", "pk": "network_member"},
    "me-network": {"pk": "membership", "run": "network_run"},
    "network-stop": {"token": "network_stop"},
    "audit": {"pk": "event"},
    "message": {"number": "message"},
    "messages-stop": {"token": "stop"},
    "decide": {"token": "link"},
    "file": {"pk": "file"},
    "job": {"number": "job"},
    "organise-hub-call": {"number": "hub_call"},
    "organise-hub-call-change": {"number": "hub_draft"},
    "organise-hub-application": {"number": "hub_bid"},
    "panel-call": {"number": "panel_call"},
    "panel-application": {"number": "panel_call", "application": "panel_application"},
    "school-hub-call": {"number": "hub_call"},
    "school-hub-application": {"number": "hub_application"},
    "hub-return": {"number": "outcome_contract", "code": "outcome_item"},
    "hub-statements": {"number": "outcome_contract"},
    "hub-heads": {"number": "heads_contract", "ordinal": "heads_statement", "code": "heads_open"},
    "verify-heads": {
        "number": "heads_contract",
        "statement": "heads_statement",
        "code": "heads_waits",
        "ordinal": "heads_return",
    },
    "hub-contract": {"number": "outcome_contract"},
    "hub-deputies": {"number": "outcome_contract"},
    "verify-item": {"number": "outcome_contract", "code": "outcome_item"},
    "verify-decide": {"number": "outcome_contract", "code": "outcome_claimed", "ordinal": "outcome_claim"},
    "hub-school": {"number": "hub_contract", "pk": "hub_school"},
    "hub-spend": {"number": "hub_contract"},
    "hub-review": {"number": "hub_contract", "ordinal": "hub_review"},
    "account-token": {"pk": "token"},
    "find": {},
    "me-favourite": {},
    "me-search": {"pk": "search"},
    "me-calendar-feed": {"token": "calendar"},
    "school-webhook": {"number": "webhook", "event": "delivery"},
    "webhook": {"number": "webhook", "event": "delivery"},
}
FIXED = {"meeting": 1, "answer": "approve", "uidb36": "1", "key": "gone", "position": 1, "part": "ordered"}
API_KEYS = {
    "/organisations/": {"number": "customer"},
    "/roles/": {"id": "held_role"},
    "/people/": {"id": "kept_person"},
    "/offers/": {"code": "offer"},
    "/consultants/": {"code": "able"},
    "/applications/": {"number": "application"},
    "/offers/{code}/prices/": {"code": "offer", "id": "price_row"},
    "/course-dates/": {"code": "course_date"},
    "/own-offers/": {"code": "own_offer"},
    "/service-terms/": {"code": "offer"},
    "/terms-of-service/": {"code": "terms_code", "version": "terms_version"},
    "/favourites/": {"code": "offer"},
    "/saved-searches/": {"id": "search"},
    "/baskets/": {"number": "customer"},
    "/orders/": {"number": "order"},
    "/budgets/": {"number": "customer"},
    "/year-ends/": {"number": "customer"},
    "/licences/": {"number": "customer"},
    "/allowances/": {"number": "customer"},
    "/allowances/{id}/": {"id": "allowance"},
    "/royalties/": {"number": "customer"},
    "/course-dates/{code}/registers/": {"code": "held_run", "meeting": "held_meeting"},
    "/bookings/": {"id": "booking"},
    "/waiting-entries/": {"id": "waiting"},
    "/bookings/{id}/waivers": {"id": "late"},
    "/waivers/": {"id": "waiver"},
    "/consultant-requests/": {"number": "request_quoted"},
    "/consultant-quotes/": {"id": "quote_asked"},
    "/consultant-bookings/": {"number": "ask_booking", "ordinal": "ask_ordinal"},
    "/consultant-bookings/{number}/dates/{ordinal}/release": {"number": "release_booking", "ordinal": "ask_ordinal"},
    "/retainers/": {"number": "retainer"},
    "/visits/": {"number": "visit_booking", "ordinal": "visit_ordinal"},
    "/rate-proposals/": {"number": "rate_proposal"},
    "/tickets/": {"number": "ticket"},
    "/agreements/": {"number": "agreement"},
    "/contracts/": {"number": "contract"},
    "/agreements/{number}/accept": {"number": "offered_agreement"},
    "/agreements/{number}/decline": {"number": "offered_agreement"},
    "/invoices/": {"number": "invoice"},
    "/credit-notes/": {"number": "note"},
    "/queries/": {"number": "query"},
    "/customers/": {"number": "customer"},
    "/payments/": {"id": "payment"},
    "/payment-requests/": {"number": "payment_request"},
    "/prepared-actions/": {"id": "prepared"},
    "/allocations/": {"id": "allocation"},
    "/bank-accounts/": {"code": "account"},
    "/bank-lines/": {"id": "loose"},
    "/bank-lines/{id}/undo": {"id": "matched"},
    "/ledger/accounts/": {"code": "ledger"},
    "/ledger/entries/": {"id": "entry"},
    "/jobs/": {"number": "job"},
    "/files/": {"id": "file"},
    "/journals/": {"number": "journal"},
    "/payment-batches/": {"number": "payment_batch"},
    "/purchases/": {"number": "purchase"},
    "/purchases/{number}/approve": {"number": "purchase_waits"},
    "/purchases/{number}/send-back": {"number": "purchase_waits"},
    "/council-journals/": {"number": "council_journal"},
    "/funds/": {"code": "fund"},
    "/months/": {"month": "month"},
    "/vat-returns/": {"period": "vat_return"},
    "/sales-mandates/": {"id": "mandate"},
    "/settlements/": {"number": "settlement"},
    "/approvals/": {"number": "approval"},
    "/webhooks/": {"number": "webhook", "event": "delivery"},
    "/outcome-contracts/": {
        "number": "outcome_contract",
        "code": "outcome_item",
        "version": "outcome_version",
        "ordinal": "outcome_statement",
    },
    "/outcome-contracts/{number}/redraft": {"number": "outcome_draft"},
    "/outcome-contracts/{number}/discard": {"number": "outcome_draft"},
    "/outcome-contracts/{number}/offer": {"number": "outcome_draft"},
    "/outcome-contracts/{number}/items/{code}/claims/": {
        "number": "outcome_contract",
        "code": "outcome_claimed",
        "ordinal": "outcome_claim",
    },
    "/outcome-contracts/{number}/statements/{ordinal}/heads": {
        "number": "heads_contract",
        "ordinal": "heads_statement",
        "code": "heads_waits",
        "nth": "heads_return",
    },
    "/hub-calls/": {"number": "hub_call", "id": "hub_member"},
    "/hub-calls/{number}/ranking": {"number": "panel_call"},
    "/hub-calls/{number}/applicants": {"number": "panel_call"},
    "/hub-calls/{number}/interests": {"number": "panel_call"},
    "/hub-applications/": {"number": "hub_application"},
    "/hub-applications/{number}/partners/{school}/removal": {"number": "hub_joint", "school": "hub_partner"},
    "/hub-applications/{number}/partners/{school}/answer": {"number": "hub_asked", "school": "customer"},
    "/hub-applications/{number}/files/": {"number": "hub_joint", "id": "hub_paper"},
    "/hub-applications/{number}/agreed-points": {"number": "hub_bid"},
    "/hub-applications/{number}/decision": {"number": "hub_bid"},
    "/hub-applications/{number}/scores": {"number": "panel_application"},
    "/hubs/": {"number": "hub_contract", "id": "hub_school", "entry": "hub_line", "ordinal": "hub_review"},
    "/hubs/{number}/deputies": {"number": "hub_contract", "id": "hub_deputy"},
    "/contributions/": {"code": "contribution"},
    "/shared-costs/": {"code": "shared_cost"},
    "/purses/": {"code": "purse"},
    "/council-contracts/": {
        "number": "council_contract",
        "ordinal": "council_return",
        "code": "council_package",
        "position": "council_step",
    },
    "/council-invoices/": {"number": "invoice"},
    "/support-plans/": {"number": "support_plan", "id": "support_review", "pk": "support_review"},
    "/matched-schemes/": {"code": "matched_scheme"},
    "/asked-changes/": {"id": "asked_change"},
    "/provider-invoices/": {"id": "provider_invoice"},
    "/provider-invoices/{id}/withdraw-claim": {"id": "claimed_credit"},
    "/subscriptions/": {"number": "subscription"},
}
# What a list must show of what may be seen, and must not show of what may not.
LISTS = {
    "GET /orders": "order", "GET /bookings": "order", "GET /waivers": "late_order", "GET /invoices": "invoice", "GET /credit-notes": "note",
    "GET /items-to-invoice": "item", "GET /payments": "customer", "GET /organisations": "customer", "GET /jobs": "job",
    "GET /webhooks": "webhook", "school-orders": "order", "school-invoices": "invoice", "school-approvals": "approval",
    "jobs": "job", "finance-customers": "customer", "finance-invoices": "invoice", "finance-aged-debtors": "customer",
    "GET /queries": "query", "school-queries": "query", "finance-queries": "query", "GET /reminders": "customer",
    "finance-reminders-sent": "customer", "GET /aged-debtors": "customer", "GET /approvals": "approval",
    "GET /council-journals": "council_journal", "school-council-journals": "council_journal", "GET /events": "order",
    "GET /own-offers": "own_offer", "GET /allowances": "level_name", "finance-included": "level_name",
    "GET /waiting-entries": "waiting_run",
    "GET /consultant-requests": "request_asked", "GET /consultant-quotes": "request_asked",
    "GET /consultant-bookings": "ask_booking", "school-consultant-requests": "request_asked",
    "school-consultant-bookings": "ask_booking", "provider-bookings": "ask_booking",
    "organise-consultant-bookings": "ask_booking",
    "GET /consultant-calendar": "ask_booking", "school-retainers": "retainer", "provider-retainers": "retainer",
    "organise-retainers": "retainer", "GET /retainers": "retainer",
    "GET /visits": "visit_booking", "visits": "visit_booking", "school-visits": "visit_booking",
    "organise-visits": "visit_booking", "finance-margins": "visit_booking",
    "GET /consultants": "able", "GET /applications": "application", "provider-accreditation": "application",
    "organise-accreditation": "application", "consultants": "able",
    "GET /rates": "rate_consultant", "GET /rate-proposals": "rate_proposal",
    "GET /tickets": "ticket", "school-help": "ticket",
    "GET /council-contracts": "council_contract", "GET /council-draws": "council_contract",
    "GET /support-plans": "support_plan", "GET /matched-promises": "matched_contract",
    "GET /council-returns": "council_contract", "council-contracts": "council_contract",
    "council-reports": "council_title", "council-outcomes": "council_title",
    "council-schools": "council_school", "council-invoices": "invoice",
    "organise-council-contracts": "council_contract", "organise-support-plans": "support_plan",
    "school-support-plans": "support_plan", "council-support-plans": "support_title",
    "GET /contributions": "contribution", "finance-contributions": "contribution", "GET /shared-costs": "shared_cost",
    "GET /asked-changes": "asked_agreement", "finance-asked-changes": "asked_agreement",
    "finance-purses": "purse", "GET /purses": "purse", "finance-shared-costs": "shared_cost", "school-sharing": "shared_cost",
    "GET /contracts": "contract", "school-contracts": "contract", "GET /agreements": "agreement", "school-services": "agreement", "finance-agreements": "agreement",
    "GET /provider-invoices": "provider_invoice_number", "finance-provider-invoices": "provider_invoice_number",
    "finance-self-billing": "self_billing", "provider-money": "provider_invoice_number",
    "GET /outcome-contracts": "outcome_contract", "organise-outcome-contracts": "outcome_contract",
    "GET /hub-calls": "hub_call", "GET /hub-applications": "hub_application",
    "GET /outcome-claims": "outcome_contract", "GET /outcome-heads": "heads_contract",
    "people": "kept_name", "GET /roles": "kept_name",
    "GET /payment-requests": "payment_request", "finance-payment-requests": "payment_request",
}  # fmt: skip
POSTED = {
    "finance-plan": {"do": "withdraw"},
    "school-approval": {"answer": "approve", "reason": ""},
    "job": {"do": "cancel"},
    "outcome-variation": {"do": "decline", "reason": "Too early"},
    "school-renewals": {"do": "keep_all", "expected": "0"},
    "school-webhook": {"do": "off"},
    "webhook": {"do": "off"},
    "school-webhook-delivery": {"do": "again"},
}
QUERIES = {
    "GET /customers/{number}/statement": {"from": "2020-01-01", "to": "2030-01-01"},
    "GET /events": {"page_size": "200", "kind": "order.placed"},
}


@dataclass
class Walk:
    """What was asked, and what came back differently from what the file says."""

    world: World
    today: date
    asked: int = 0
    names: set[str] = field(default_factory=set)
    surprises: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{len(self.names)} pages and operations, {self.asked} cells, {len(self.surprises)} surprises"

    def thing(self, thing: Thing, roles: list[str] = ROLES) -> None:
        """Every request of a thing, for each of the roles and scopes."""
        for ask in thing.asks:
            self.names.add(ask.name)
            for role in roles:
                for scope in thing.scopes:
                    self._cell(thing, ask, role, scope)

    def _cell(self, thing: Thing, ask: Ask, role: str, scope: str) -> None:
        self.asked += 1
        keys = self._keys(role, scope)
        answer = self._answer(ask, role, keys)
        seen, wanted = outcome(answer, ask), thing.expected(ask, role, scope)
        if ask.name in LISTS:
            problem = self._listed(thing, ask, role, scope, answer)
        elif seen != wanted:
            problem = f"is {wanted} in the file, was {seen} ({answer.status_code})"
        else:
            return
        if problem:
            self.surprises.append(f"{ask.method} {ask.name.split()[-1]} for {role}, {scope}: {problem}")

    def _keys(self, role: str, scope: str) -> Keys:
        own = self.world.own.get(Role(role)) if role != SIGNED_OUT else None
        keys = self.world.one if scope == ONE else self.world.foreign if scope == FOREIGN else own
        return {**self.world.one, **self.world.foreign, **(keys or {})} | ({} if scope != ONE else self.world.one)

    def _listed(self, thing: Thing, ask: Ask, role: str, scope: str, answer: Any) -> str:
        """A list of the API answers everybody; what stands in it is what counts."""
        wanted = thing.expected(ask, role, scope)
        seen = outcome(answer, ask)
        if wanted == "sign in" or seen != "ok":
            return "" if seen == wanted else f"is {wanted} in the file, was {seen} ({answer.status_code})"
        mark = LISTS[ask.name]
        text = answer.content.decode()
        shown = str(self._keys(role, scope)[mark]) in text
        if wanted != "ok":
            if not ask.name.startswith(("school-", "finance-")) and not shown:
                return ""
            return f"is {wanted} in the file, and {'shows' if shown else 'opens'}"
        if not shown:
            return f"does not show {mark}"
        foreign = str(self.world.foreign[mark])
        if ask.is_page and thing.expected(ask, role, FOREIGN) != "ok" and foreign in text:
            return f"shows {foreign}, which is another's"
        return ""

    def _answer(self, ask: Ask, role: str, keys: Keys) -> Any:
        with transaction.atomic():
            answer = self._page(ask, role, keys) if ask.is_page else self._operation(ask, role, keys)
            if hasattr(answer, "streaming_content"):
                list(answer.streaming_content)
            transaction.set_rollback(True)
        return answer

    def _page(self, ask: Ask, role: str, keys: Keys) -> Any:
        client = Client()
        if role != SIGNED_OUT:  # a copy: what the request does to its cookies must not outlive it
            client.cookies = copy.deepcopy(self.world.clients[Role(role)].cookies)
        path = address(ask.name, keys)
        return client.get(path) if ask.method == "GET" else client.post(path, POSTED.get(ask.name, {}))

    def _operation(self, ask: Ask, role: str, keys: Keys) -> Any:
        method, path = ask.name.split()
        begins = max((start for start in API_KEYS if path.startswith(start)), key=len, default="")
        known = {name: keys.get(key, 999_999_999) for name, key in API_KEYS.get(begins, {}).items()}
        filled = path.format(**known, line=keys.get("line", 999_999_999))
        body = bodies({**self.world.one, **keys}, self.world, self.today).get(ask.name)
        if role == SIGNED_OUT:
            return Client().generic(method, f"/api/v1{filled}", content_type="application/json")
        program = self.world.programs[Role(role)]
        if method == "GET":
            return program.get(filled, **QUERIES.get(ask.name, {}))
        return program.send(method, filled, body)


def outcome(answer: Any, ask: Ask) -> str:
    """What the answer says about the right: a form that lacks something has been let in."""
    status = answer.status_code
    if status == 401 or (status == 302 and answer["Location"].startswith(reverse("account_login") + "?next=")):
        return "sign in"
    if status in (403, 404):
        return str(status)
    return "ok" if status < 500 and status != 405 else f"fault {status}"


def address(name: str, keys: Keys) -> str:
    """The address of a page, its names filled from the keys."""
    [(_, wanted)] = get_resolver().reverse_dict.getlist(name)[0][0][:1]
    begins = max((start for start in PAGE_KEYS if name.startswith(start)), key=len, default="")
    known = PAGE_KEYS.get(begins, {})
    filled = {one: keys.get(known.get(one, one), FIXED.get(one, 999_999_999)) for one in wanted}
    try:
        return reverse(name, kwargs=filled)
    except NoReverseMatch as error:
        raise LookupError(f"{name}: no key for {re.sub(' +', ' ', str(filled))}") from error
