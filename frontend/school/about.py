"""Our school (or trust, or details): what is on record, how we are invoiced, and who may do what."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import SCHOOL, TRUST, Buyer, SignedInRequest, buyer_for, receivers_for
from frontend.formats import long_date, money, plural
from frontend.messages.shared import shared_rows
from frontend.school.sharing import membership_rows
from marketplace.core.actors import BUYING, Role
from marketplace.messaging.services.addresses import may_set_address
from marketplace.organisations.models import ApprovalRule, Organisation, RoleAssignment, TrustMembership
from marketplace.organisations.queries import identity_on, pupil_count_on
from marketplace.organisations.services.delegation import may_name_deputy
from marketplace.organisations.services.people import on_day
from marketplace.organisations.services.registry import terms_of
from subscriptions.queries import price_class_on

Rows = list[dict[str, Any]]


@login_required
@require_safe
def about(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """What the partnership holds about the buyer, each fact with its source."""
    buyer, on = buyer_for(request, kind, code), timezone.localdate()
    trust = _trust_of(buyer, on)
    schools = [one for one in receivers_for(buyer, request.actor) if one.pk != buyer.organisation.pk]
    context = {
        "buyer": buyer,
        "details": _details(buyer, on),
        "register": _register(buyer, trust, on),
        "invoicing": _invoicing(buyer.organisation, on),
        "membership": membership_rows(buyer.organisation),
        "addresses": shared_rows(buyer.organisation),
        "may_change_addresses": may_set_address(request.actor, buyer.organisation),
        "people": _people(buyer.organisation, trust, on),
        "schools": schools if kind == TRUST else [],
        "scheme": _scheme(buyer.organisation, on),
        "may_name_deputy": may_name_deputy(request.actor, buyer.organisation.pk),
    }
    return render(request, "school/about.html", context)


def _details(buyer: Buyer, on: date) -> Rows:
    identity = identity_on(buyer.organisation, on)
    rows = [
        {"key": "Name", "value": identity.name},
        {"key": "Customer number", "value": buyer.organisation.number},
        {"key": "Address", "value": ", ".join(identity.address_lines) or "None on record"},
        {"key": "Address for notices", "value": buyer.organisation.notify_email or "None on record"},
    ]
    if identity.company_number:
        rows.append({"key": "Company number", "value": identity.company_number})
    return rows


def _trust_of(buyer: Buyer, on: date) -> Organisation | None:
    if buyer.kind != SCHOOL:
        return None
    found = TrustMembership.objects.filter(on_day(on), school_id=buyer.organisation.pk)
    member = found.select_related("trust__organisation").first()
    return member.trust.organisation if member else None


def _register(buyer: Buyer, trust: Organisation | None, on: date) -> Rows:
    """What the register of schools says: a trust's own codes, a school's with its pupils."""
    if buyer.kind == TRUST:
        return [
            {"key": "UID", "value": buyer.organisation.trust.uid},
            {"key": "UKPRN", "value": buyer.organisation.trust.ukprn or "None on record"},
        ]
    if buyer.kind != SCHOOL:
        return []
    school = buyer.organisation.school
    count = pupil_count_on(school, on)
    pupils = f"{count.pupils:,}, {count.source}, {long_date(count.counted_on)}" if count else "No count on record"
    return [
        {"key": "URN", "value": school.urn},
        {"key": "UKPRN", "value": school.ukprn or "None on record"},
        {"key": "Kind", "value": school.type_name or school.get_billing_class_display()},
        {"key": "Phase", "value": school.phase_name or "Not in the register"},
        {"key": "Local authority", "value": school.authority.organisation.name},
        {"key": "Trust", "value": trust.name if trust else "None"},
        {"key": "Pupils", "value": pupils},
        {"key": "State", "value": school.get_status_display()},
    ]


def _invoicing(organisation: Organisation, on: date) -> Rows:
    terms = terms_of(organisation)
    return [
        {"key": "Prices", "value": f"As {price_class_on(organisation, on).one}"},
        {"key": "Invoices go to", "value": (terms.invoice_to or organisation).name},
        {"key": "You pay by", "value": terms.get_settlement_display()},
        {"key": "Pay within", "value": plural(terms.payment_days, "day")},
        {"key": terms.payer_reference_name, "value": terms.get_purchase_order_rule_display()},
    ]


def _scheme(organisation: Organisation, on: date) -> Rows:
    """From which sums on who must approve an order, by the organisation's own scheme of delegation."""
    rules = ApprovalRule.objects.filter(on_day(on), organisation=organisation).select_related("approver_person")
    return [
        {
            "key": f"{money(rule.from_pence)} or more over the whole term",
            "value": rule.approver_title
            or (rule.approver_person.name if rule.approver_person else f"Any {Role(rule.approver_role).words}"),
        }
        for rule in rules.order_by("from_pence")
    ]


def _people(organisation: Organisation, trust: Organisation | None, on: date) -> Rows:
    """Who may order and approve here, with their limits; a trust's finance people buy for its schools too."""
    held = RoleAssignment.objects.filter(on_day(on), role__in=[role.value for role in BUYING])
    places = [organisation.pk, *([trust.pk] if trust else [])]
    rows = []
    for one in held.filter(organisation_id__in=places).select_related("person").order_by("person__name", "role"):
        if one.organisation_id != organisation.pk and one.role != Role.TRUST_FINANCE:
            continue
        limit = one.spending_limit_pence
        may = "no limit for one order" if limit is None else f"up to {money(limit)} for one order"
        rows.append({"key": one.person.name, "value": f"{Role(one.role).words.capitalize()}, {may}"})
    return rows
