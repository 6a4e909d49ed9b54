"""Home: what waits for this person in all their roles, soonest first; and the choice for whom to act."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.listing import next_dates
from catalogue.offer_queries import providers_of
from catalogue.queries import published_offers
from frontend import consultant_waits, visit_waits
from frontend.buying import Buyer, SignedInRequest, buyers_of
from frontend.council import waiting as council
from frontend.finance import asked, outcome_waiting, payment_waiting, service_credits
from frontend.finance import waiting as finance
from frontend.hub import waiting as hub
from frontend.hub.next_payments import payments_for
from frontend.hubs import waiting as hubs
from frontend.jobs import waiting as jobs
from frontend.office import waiting as office
from frontend.organise import home_waits as organise
from frontend.organise import offer_waiting, rates, service_desk, waivers
from frontend.outcomes import waiting as outcome_variations
from frontend.provider import accreditation_waits
from frontend.school import council_journals, included_waits, support_plans
from frontend.school import help as helping
from frontend.school import waiting as school
from invoicing.paying_out.releasing import may_release
from marketplace.core.actors import BUYING, FINANCE, FINANCE_READERS, INVOICED, Actor, Role
from subscriptions.desk.queries import is_desk

LOOK = [
    ("Invoices and credit notes", "finance-invoices"),
    ("Trial balance", "finance-ledger"),
    ("Aged debtors", "finance-aged-debtors"),
    ("Bank statements", "finance-bank"),
    ("Messages", "messages"),
    ("Jobs", "jobs"),
]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For a visitor what this is; for a person what waits for them."""
    if not request.user.is_authenticated:
        return render(request, "public/welcome.html")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    on = timezone.localdate()
    everywhere = buyers_of(actor, deputies=True) if actor.has(*BUYING) else []
    buyers = [buyer for buyer in everywhere if buyer.organisation.pk in actor.organisations(*BUYING)]
    next_course = school.next_course(actor, buyers)
    context = {
        "waits_list": waits_of(actor, on, everywhere),
        "empty": f"Nothing waits for you. {next_course or 'What needs you stands here, the soonest first.'}",
        "next_course": next_course,
        "payments": payments_for(actor, on),
        "buyers": buyers,
        "offers": _own_offers(actor),
        "providers": providers_of(actor) if actor.has(Role.PROVIDER) and not actor.system else [],
        "look": _look(actor),
        "has_roles": bool(actor.grants) or may_release(actor, on),
    }
    return render(request, "home/home.html", context)


def waits_of(actor: Actor, on: date, buyers: list[Buyer] | None = None) -> list[dict[str, Any]]:
    """What waits for the actor in all their roles, soonest first. The daily e-mail says the same as the page."""
    if buyers is None:
        buyers = buyers_of(actor, deputies=True) if actor.has(*BUYING) else []
    waits = [
        *school.waits_for(actor, buyers, on),
        *included_waits.waits_for(actor, buyers, on),
        *(finance.waits_for(actor, on) if actor.has(*FINANCE) else []),
        *payment_waiting.waits_for(actor, on),
        *outcome_waiting.waits_for(actor, on),
        *outcome_variations.waits_for(actor),
        *organise.waits_for(actor, on),
        *(office.waits_for(actor) if actor.has(Role.ADMINISTRATOR) else []),
        *council_journals.waits_for(actor),
        *council.waits_for(actor, on),
        *hubs.waits_for(actor, on),
        *hub.waits_for(actor, on),
        *waivers.waits_for(actor),
        *service_desk.waits_for(actor, timezone.now()),
        *service_credits.waits_for(actor),
        *asked.asked_waits(actor),
        *helping.waits_for(actor, buyers),
        *jobs.waits_for(actor),
        *offer_waiting.waits_for(actor),
        *accreditation_waits.waits_for(actor, on),
        *rates.waits_for(actor),
        *visit_waits.waits_for(actor, buyers, on),
        *support_plans.waits_for(actor, buyers),
        *consultant_waits.waits_for(actor, buyers, on),
    ]
    return sorted(waits, key=lambda wait: _soonest(wait, on))


def _soonest(wait: dict[str, Any], on: date) -> date:
    """The day by which an item is sorted: since when it is late, by when it is due, else today."""
    return wait.get("since") or wait.get("due") or on


def _own_offers(actor: Actor) -> list[dict[str, Any]]:
    """What a provider sells here, each with its next date."""
    own = actor.organisations(Role.PROVIDER)
    if not own:
        return []
    found = list(published_offers().filter(provider__organisation_id__in=own).order_by("title"))
    runs = next_dates(offers=found, after=timezone.now())
    return [{"offer": offer, "run": runs.get(offer.pk)} for offer in found]


def _look(actor: Actor) -> list[dict[str, str]]:
    """Where finance and the auditor look things up, and where a council or a provider reads its invoices."""
    readers = INVOICED - BUYING
    payers = buyers_of(actor, readers) if actor.has(*readers) and not actor.system else []
    found = [{"text": f"Invoices of {one.name}", "href": one.url("school-invoices")} for one in payers]
    for one in council_journals.councils_of(actor):
        found.append({"text": f"Council journals of {one.name}", "href": one.url("school-council-journals")})
    if actor.has(Role.HUB_LEAD, Role.APPROVER) and not actor.system:
        found.append({"text": "Calls for hubs", "href": reverse("school-hub-calls")})
    if is_desk(actor) and not actor.system:
        found.append({"text": "Service desk", "href": reverse("organise-tickets")})
    if not actor.has(*FINANCE_READERS):
        return found
    for text, page in LOOK:
        try:
            found.append({"text": text, "href": reverse(page)})
        except NoReverseMatch:
            continue
    return found


@login_required
@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """For whom to buy, where one may buy for several."""
    return render(request, "home/choose.html", {"buyers": buyers_of(request.actor), "back_url": reverse("home")})
