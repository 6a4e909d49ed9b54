"""The list of events: who did what and when, narrowed by kind, thing, person, organisation and days."""

from itertools import islice

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone

from frontend.audit.access import LogRequest, log_page, show
from frontend.audit.names import names_for, when
from frontend.audit.words import WORDS, kind_in_words, sentence
from frontend.fields import ShortDateField
from frontend.finance.listing import chosen, csv_response, csv_url, page_of, wants_csv
from marketplace.core.event_queries import events_for
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, Person

CSV_ROWS = 10_000
_CSV = ["event", "at", "kind", "what", "by", "subject_kind", "subject", "organisations", "hash"]
_KINDS = sorted(((kind, kind_in_words(kind)) for kind in WORDS), key=lambda pair: pair[1])


class EventFilter(forms.Form):
    """What the list is narrowed to."""

    kind = forms.ChoiceField(required=False, label="What happened", choices=[("", "Anything"), *_KINDS])
    subject = forms.CharField(required=False, label="Number (of an invoice, order, customer …)", max_length=60)
    person = forms.CharField(required=False, label="Person", max_length=80)
    organisation = forms.CharField(required=False, label="Organisation or its number", max_length=80)
    since = ShortDateField(required=False, label="From")
    until = ShortDateField(required=False, label="To")


def _filtered(events: QuerySet[Event], form: EventFilter) -> QuerySet[Event]:
    if not form.is_valid():
        return events
    wanted = form.cleaned_data
    if wanted["kind"]:
        events = events.filter(kind=wanted["kind"])
    if wanted["subject"]:
        events = events.filter(subject=wanted["subject"].strip())
    if wanted["person"]:
        people = Person.objects.filter(name__icontains=wanted["person"])
        events = events.filter(actor_person_id__in=list(people.values_list("pk", flat=True)[:500]))
    if wanted["organisation"]:
        events = events.filter(organisation_ids__overlap=_organisations(wanted["organisation"]))
    if wanted["since"]:
        events = events.filter(at__date__gte=wanted["since"])
    if wanted["until"]:
        events = events.filter(at__date__lte=wanted["until"])
    return events


def _organisations(text: str) -> list[int]:
    """Ids of the organisations that the text means; an id that none has where it means none."""
    by_number = Organisation.objects.filter(number__iexact=text.strip())
    found = by_number if by_number.exists() else Organisation.objects.filter(name__icontains=text.strip())
    return list(found.values_list("pk", flat=True)[:500]) or [-1]


@log_page()
def events(request: LogRequest) -> HttpResponse:
    """The events of the whole log, newest first, 50 to a page; the filter as a file, up to ten thousand rows."""
    form = EventFilter(request.GET)
    found = _filtered(events_for(request.actor), form).order_by("-pk")
    if wants_csv(request):
        return csv_response("events", _CSV, _csv_rows(found))
    page = page_of(request, found)
    shown = list(page)
    names = names_for(shown)
    context = {
        "form": form,
        "chosen": chosen(request, form),
        "page_obj": page,
        "rows": [(event, when(event.at), sentence(event), names.by(event), names.whose(event)) for event in shown],
        "csv_url": csv_url(request),
        "csv_rows": CSV_ROWS,
    }
    return show(request, "events.html", context, status=400 if form.errors else 200)


def _csv_rows(found: QuerySet[Event]) -> list[list[object]]:
    """The newest rows of the filter with their names; read in blocks, so that names cost a query a block."""
    rows: list[list[object]] = []
    stream = found[:CSV_ROWS].iterator(chunk_size=1000)
    while block := list(islice(stream, 1000)):
        names = names_for(block)
        rows += [
            [event.pk, timezone.localtime(event.at), event.kind, sentence(event), names.by(event), event.subject_kind,
             event.subject, names.whose(event), event.hash]
            for event in block
        ]  # fmt: skip
    return rows
