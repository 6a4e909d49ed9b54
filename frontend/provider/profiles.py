"""Consultants for everybody: who works in schools through the partnership, and one with what was tested and rated."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from frontend.buying import Buyer, buyers_of
from frontend.finance.listing import chosen, page_of
from frontend.formats import plural
from frontend.provider.accreditation import last_day
from marketplace.core.actors import BUYING, Actor
from providers.models import Consultant, Expertise, RelatedParty
from providers.queries import consultant_for, consultants_for, expertise_of, related_to, standings_on

PER_PAGE = 25


class ConsultantFilter(forms.Form):
    """What the list is narrowed to."""

    theme = forms.CharField(label="Theme", required=False, max_length=40)
    q = forms.CharField(label="Name or provider", required=False, max_length=100)


@require_safe
def consultants(request: HttpRequest) -> HttpResponse:
    """Those who are published, by name, each with whether they may be booked today."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form, on = ConsultantFilter(request.GET), timezone.localdate()
    found = consultants_for(actor).filter(published=True, provider__published=True, left_on=None)
    given = form.cleaned_data if form.is_valid() else {}
    if theme := given.get("theme"):
        knows = Expertise.objects.filter(theme__iexact=theme).exclude(result=Expertise.Result.NOT_CONFIRMED)
        found = found.filter(pk__in=knows.values("consultant")) | found.filter(themes__icontains=theme)
    if text := given.get("q"):
        found = found.filter(name__icontains=text) | found.filter(provider__organisation__name__icontains=text)
    page = page_of(request, found.order_by("name", "pk"), per_page=PER_PAGE)
    stands = standings_on(page.object_list, on)
    context = {
        "filter_form": form, "chosen": chosen(request, form), "page_obj": page,
        "rows": [{"consultant": one, "standing": stands[one.pk]} for one in page],
        "count_text": plural(page.paginator.count, "consultant"),
    }  # fmt: skip
    return render(request, "consultants/list.html", context)


@require_safe
def consultant(request: HttpRequest, code: str) -> HttpResponse:
    """One consultant: what they do, what was tested, and close links to the schools for which one buys."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, on = consultant_for(actor, code), timezone.localdate()
    stands = standings_on([found], on)[found.pk]
    buyers = [one for one in buyers_of(actor) if not actor.system] if actor.has(*BUYING) else []
    context = {
        "consultant": found, "standing": stands, "expertise": list(expertise_of(found)), "last_day": last_day,
        "links": _links(found, buyers, on),
        "letters": [
            {"text": one.name, "href": one.url("school-consultant-letter", consultant=found.code)} for one in buyers[:25]
        ] if stands.accredited else [],
    }  # fmt: skip
    return render(request, "consultants/one.html", context)


def _links(found: Consultant, buyers: list[Buyer], on: date) -> list[tuple[str, RelatedParty]]:
    """Close links to any of those for whom the reader buys: they know before they book."""
    return [(one.name, link) for one in buyers[:25] for link in related_to(found, one.organisation, on)]
