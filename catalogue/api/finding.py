"""For programs: the calendar of course dates, and what the person behind the token keeps."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import CourseRun, Favourite, Meeting, Offer, SavedSearch
from catalogue.queries import TEXT_LIMIT, Filters, published_offer, published_offers
from catalogue.queries_of_finding import favourites_for, search_for, searches_for
from catalogue.services.keeping import (
    add_favourite,
    remove_favourite,
    remove_search,
    save_search,
    set_search_email,
)
from marketplace.core.api.views import ApiView, ListView


class CalendarFilters(FilterSet):
    """The filters of the calendar's page; days are London's."""

    from_date = DateFilter(method="on_or_after", help_text="Meetings on or after this day; today where it is left out.")
    until = DateFilter(method="before", help_text="Meetings before this day.")
    theme = CharFilter(method="of_theme", max_length=40)
    phase = CharFilter(method="of_phase", max_length=24)
    mode = ChoiceFilter(field_name="run__mode", choices=CourseRun.Mode.choices)

    class Meta:
        model = Meeting
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Meeting]) -> QuerySet[Meeting]:
        found: QuerySet[Meeting] = super().filter_queryset(queryset)
        given = self.form.cleaned_data.get("from_date")
        return found if given else self.on_or_after(found, "", timezone.localdate())

    def on_or_after(self, queryset: QuerySet[Meeting], name: str, value: date) -> QuerySet[Meeting]:
        return queryset.filter(starts_at__gte=_midnight(value))

    def before(self, queryset: QuerySet[Meeting], name: str, value: date) -> QuerySet[Meeting]:
        return queryset.filter(starts_at__lt=_midnight(value))

    def of_theme(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return queryset.filter(run__offer__themes__contains=[value])

    def of_phase(self, queryset: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        return queryset.filter(run__offer__phases__contains=[value])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class MeetingRow(serializers.Serializer[Any]):
    """One meeting of a date that is open."""

    offer = serializers.CharField(help_text="The offer's code.")
    title = serializers.CharField()
    run = serializers.CharField(help_text="The date's code: one place is for all its meetings.")
    meeting = serializers.IntegerField(help_text="Which of the date's meetings, from 1.")
    mode = serializers.ChoiceField(choices=CourseRun.Mode.choices)
    venue = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class CalendarView(ListView):
    """What stands in the public calendar."""

    area = "catalogue"
    serializer_class = MeetingRow
    filterset_class = CalendarFilters
    columns = {
        "offer": "run__offer__code",
        "title": "run__offer__title",
        "run": "run__code",
        "meeting": "position",
        "mode": "run__mode",
        "venue": "run__venue",
        "starts_at": "starts_at",
        "ends_at": "ends_at",
    }

    def rows(self) -> QuerySet[Meeting]:
        return Meeting.objects.filter(run__state=CourseRun.State.OPEN, run__offer__in=published_offers())

    @extend_schema(operation_id="calendar", tags=["catalogue"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Meetings of open course dates, from today on unless asked otherwise, those added last first."""
        return self.page()


class FavouriteRow(serializers.Serializer[Any]):
    """An offer with a star."""

    offer = serializers.CharField(help_text="The offer's code.")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=Offer.Kind.choices)
    added_at = serializers.DateTimeField()


class FavouritesView(ListView):
    """What the person marked."""

    area = "catalogue"
    serializer_class = FavouriteRow
    columns = {"offer": "offer__code", "title": "offer__title", "kind": "offer__kind", "added_at": "added_at"}

    def rows_model(self) -> Any:
        return Favourite.objects

    def rows(self) -> QuerySet[Favourite]:
        return favourites_for(self.actor)

    @extend_schema(operation_id="favourites", tags=["catalogue"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The caller's own favourites, latest first."""
        return self.page()


class FavouriteView(ApiView):
    """The star of one offer."""

    area = "catalogue"

    @extend_schema(
        operation_id="favourite_add",
        request=None,
        responses={204: OpenApiResponse(description="Marked.")},
        tags=["catalogue"],
    )
    def put(self, request: Request, code: str) -> Response:
        """Marks an offer; marking it again changes nothing."""
        add_favourite(offer=published_offer(code), at=timezone.now(), actor=self.actor)
        return Response(status=204)

    @extend_schema(
        operation_id="favourite_remove", responses={204: OpenApiResponse(description="Not marked.")}, tags=["catalogue"]
    )
    def delete(self, request: Request, code: str) -> Response:
        """Takes the mark away; without one nothing changes."""
        remove_favourite(offer=published_offer(code), actor=self.actor)
        return Response(status=204)


class NewSearch(serializers.Serializer[Any]):
    """What to look for: a word or at least one filter."""

    text = serializers.CharField(max_length=TEXT_LIMIT, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=Offer.Kind.choices, required=False, allow_blank=True, default="")
    theme = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    phase = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")
    provider = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    mode = serializers.ChoiceField(choices=CourseRun.Mode.choices, required=False, allow_blank=True, default="")
    by_email = serializers.BooleanField(required=False, default=True, help_text="Whether news come once a week.")


class SearchRow(serializers.Serializer[Any]):
    """A kept search."""

    id = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True)
    theme = serializers.CharField(allow_blank=True)
    phase = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(allow_blank=True)
    mode = serializers.CharField(allow_blank=True)
    by_email = serializers.BooleanField()
    saved_at = serializers.DateTimeField()


class SearchesView(ListView):
    """What the person looks for again and again."""

    area = "catalogue"
    serializer_class = SearchRow
    columns = {
        name: name for name in ("id", "text", "kind", "theme", "phase", "provider", "mode", "by_email", "saved_at")
    }

    def rows_model(self) -> Any:
        return SavedSearch.objects

    def rows(self) -> QuerySet[SavedSearch]:
        return searches_for(self.actor)

    @extend_schema(operation_id="saved_searches", tags=["catalogue"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The caller's own searches, latest first."""
        return self.page()

    @extend_schema(operation_id="saved_search_keep", request=NewSearch, responses={201: SearchRow}, tags=["catalogue"])
    def post(self, request: Request) -> Response:
        """Keeps a search; the same again keeps the one that is there."""
        given = self.read(NewSearch)
        text, by_email = given.pop("text"), given.pop("by_email")
        kept = save_search(text=text, filters=Filters(**given), by_email=by_email, at=timezone.now(), actor=self.actor)
        return Response(_body(kept), status=201)


class ChangedSearch(serializers.Serializer[Any]):
    """Whether news come by e-mail."""

    by_email = serializers.BooleanField()


class SearchView(ApiView):
    """One of the person's own searches."""

    area = "catalogue"

    @extend_schema(operation_id="saved_search_change", request=ChangedSearch, responses=SearchRow, tags=["catalogue"])
    def patch(self, request: Request, id: int) -> Response:
        """Switches its e-mails on or off."""
        kept = search_for(self.actor, id)
        by_email = self.read(ChangedSearch)["by_email"]
        set_search_email(search=kept, by_email=by_email, at=timezone.now(), actor=self.actor)
        return Response(_body(kept))

    @extend_schema(
        operation_id="saved_search_remove",
        responses={204: OpenApiResponse(description="Forgotten.")},
        tags=["catalogue"],
    )
    def delete(self, request: Request, id: int) -> Response:
        """Forgets it."""
        remove_search(search=search_for(self.actor, id), actor=self.actor)
        return Response(status=204)


def _body(kept: SavedSearch) -> dict[str, Any]:
    return {
        name: getattr(kept, name)
        for name in ("text", "kind", "theme", "phase", "provider", "mode", "by_email", "saved_at")
    } | {"id": kept.pk}
