"""Offers as their providers write them and organisers publish them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.models import Offer
from catalogue.offer_queries import LOOKING, asks_of, offer_for, offers_for, provider_for, stage_of, versions_of
from catalogue.rules.offer_content import DESCRIPTION_LIMIT, EVIDENCE, ROLES, Content
from catalogue.rules.phases import PHASES
from catalogue.services import (
    ask_for_changes,
    change_offer,
    publish_offer,
    start_offer,
    submit_offer,
    withdraw_offer,
)
from catalogue.services.publishing import ASK_LIMIT
from catalogue.services.versions import pending_of
from marketplace.core.actors import Actor, Role
from marketplace.core.api.views import ApiView, ListView
from marketplace.core.errors import NotFound
from providers.models import Provider

TAGS = ["own offers"]


class OwnOfferFilters(FilterSet):
    """By provider, kind and the offer's own state."""

    provider = CharFilter(field_name="provider__code", max_length=40)
    kind = ChoiceFilter(choices=Offer.Kind.choices)
    state = ChoiceFilter(choices=Offer.State.choices)

    class Meta:
        model = Offer
        fields: list[str] = []


class OwnOfferRow(serializers.Serializer[Any]):
    """One offer in a list of those one writes or publishes."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Offer.Kind.choices)
    title = serializers.CharField()
    provider = serializers.CharField()
    state = serializers.ChoiceField(choices=Offer.State.choices)
    version = serializers.IntegerField(allow_null=True, help_text="The number of what is published.")


class LevelSerializer(serializers.Serializer[Any]):
    """A package to choose. Price rules compare the fact ``level`` with its code."""

    code = serializers.SlugField(max_length=20, required=False)
    title = serializers.CharField(max_length=60)
    included = serializers.CharField(max_length=600, allow_blank=True)


class ContentSerializer(serializers.Serializer[Any]):
    """What an offer says. What is left out of a change stays; what is marked so is an organiser's to change."""

    title = serializers.CharField(max_length=120)
    summary = serializers.CharField(max_length=300, allow_blank=True)
    description = serializers.CharField(max_length=DESCRIPTION_LIMIT, allow_blank=True)
    themes = serializers.ListField(child=serializers.CharField(max_length=40), max_length=12)
    phases = serializers.ListField(child=serializers.ChoiceField(choices=PHASES))
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    evidence = serializers.ChoiceField(choices=EVIDENCE)
    evidence_url = serializers.CharField(max_length=300, allow_blank=True)
    levels: Any = LevelSerializer(many=True)
    term_months = serializers.IntegerField(min_value=1, max_value=60, allow_null=True)
    signposted_url = serializers.CharField(max_length=300, allow_blank=True)
    list_price_pence = serializers.IntegerField(min_value=1, max_value=100_000_000_00, allow_null=True)
    who_may_join = serializers.CharField(max_length=200, allow_blank=True)
    deal_from = serializers.DateField(allow_null=True)
    deal_to = serializers.DateField(allow_null=True, help_text="The day after the last.")
    supply_kind = serializers.ChoiceField(choices=Offer.SupplyKind.choices, help_text="An organiser's.")
    vat_category = serializers.ChoiceField(
        choices=Offer.VatCategory.choices,
        allow_blank=True,
        help_text="An organiser's; empty where the VAT rules decide.",
    )
    vat_reason = serializers.CharField(max_length=200, allow_blank=True, help_text="An organiser's.")
    cfr_code = serializers.CharField(max_length=6, help_text="An organiser's.")
    aar_code = serializers.CharField(max_length=8, allow_blank=True, help_text="An organiser's.")
    sold_by = serializers.CharField(
        max_length=12, allow_null=True, help_text="An organiser's: number of the supplier in whose name it is sold."
    )
    audience = serializers.ChoiceField(choices=Offer.Audience.choices, help_text="An organiser's.")
    of_event = serializers.CharField(max_length=60, allow_null=True, help_text="An organiser's: code of the event.")


class OwnOfferSerializer(serializers.Serializer[Any]):
    """An offer as it stands, and what its next version would say."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Offer.Kind.choices)
    provider = serializers.CharField()
    state = serializers.ChoiceField(choices=Offer.State.choices)
    stage = serializers.ChoiceField(
        choices=Offer.State.choices,
        help_text="Where the next version stands; the offer's own state where there is none.",
    )
    version = serializers.IntegerField(allow_null=True)
    asked = serializers.CharField(allow_blank=True, help_text="What was last asked to be changed.")
    content = ContentSerializer()


class NewOwnOffer(serializers.Serializer[Any]):
    """A draft to begin."""

    provider = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=Offer.Kind.choices)
    title = serializers.CharField(max_length=120)


class ChangesAsked(serializers.Serializer[Any]):
    """What is to be changed."""

    text = serializers.CharField(max_length=ASK_LIMIT)


class VersionSerializer(serializers.Serializer[Any]):
    """What was published once."""

    number = serializers.IntegerField()
    published_on = serializers.DateField()
    content = ContentSerializer()


def offer_body(offer: Offer) -> dict[str, Any]:
    """The offer in the form of ``OwnOfferSerializer``."""
    asked = asks_of(offer)
    return {
        "code": offer.code,
        "kind": offer.kind,
        "provider": offer.provider.code,
        "state": offer.state,
        "stage": stage_of(offer),
        "version": offer.current_version.number if offer.current_version else None,
        "asked": asked[0].text if asked else "",
        "content": content_body(pending_of(offer)),
    }


def content_body(content: Content) -> Content:
    """The content without the keys that stand outside of it or only name what others say."""
    outside = ("kind", "provider", "provider_name", "sold_by_name")
    return {name: value for name, value in content.items() if name not in outside}


def _provider(actor: Actor, code: str) -> Provider:
    """Any provider for those who see all offers, one's own for a provider; NotFound otherwise."""
    if not actor.has(*LOOKING, Role.AUDITOR):
        return provider_for(actor, code)
    found = Provider.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no provider {code}.")
    return found


class OwnOffersView(ListView):
    """Offers that one writes or publishes."""

    area = "catalogue"
    serializer_class = OwnOfferRow
    filterset_class = OwnOfferFilters
    columns = {
        "code": "code", "kind": "kind", "title": "title", "provider": "provider__code", "state": "state",
        "version": "current_version__number",
    }  # fmt: skip

    def rows(self) -> QuerySet[Offer]:
        return offers_for(self.actor)

    @extend_schema(operation_id="own_offers", tags=TAGS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Offers of every state: a provider's own; all of them for organisers, administrators and the auditor."""
        return self.page()

    @extend_schema(operation_id="own_offer_start", request=NewOwnOffer, responses={201: OwnOfferSerializer}, tags=TAGS)
    def post(self, request: Request) -> Response:
        """Begins a draft. Its code is made from its title."""
        given = self.read(NewOwnOffer)
        made = start_offer(
            provider=_provider(self.actor, given["provider"]), kind=Offer.Kind(given["kind"]), title=given["title"],
            on=timezone.localdate(), actor=self.actor,
        )  # fmt: skip
        return Response(offer_body(made), status=201)


class OwnOfferView(ApiView):
    """One offer as it is written."""

    area = "catalogue"

    @extend_schema(operation_id="own_offer", responses=OwnOfferSerializer, tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """The offer with what its next version would say."""
        return Response(offer_body(offer_for(self.actor, code)))

    @extend_schema(
        operation_id="own_offer_change",
        request=ContentSerializer(partial=True),
        responses=OwnOfferSerializer,
        tags=TAGS,
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what it says. What is published stays as it is until the changes are published."""
        offer = offer_for(self.actor, code)
        checked = ContentSerializer(data=request.data, partial=True)
        checked.is_valid(raise_exception=True)
        return Response(offer_body(change_offer(offer=offer, changes=dict(checked.validated_data), actor=self.actor)))


class SubmissionView(ApiView):
    """Submitting an offer."""

    area = "catalogue"

    @extend_schema(operation_id="own_offer_submit", request=None, responses=OwnOfferSerializer, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Hands a draft, or the changes of a published offer, to the organisers."""
        return Response(offer_body(submit_offer(offer=offer_for(self.actor, code), actor=self.actor)))


class ChangesView(ApiView):
    """Asking for changes."""

    area = "catalogue"

    @extend_schema(operation_id="offer_ask", request=ChangesAsked, responses=OwnOfferSerializer, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Sends what was submitted back to its provider, with what is to be changed. For organisers."""
        offer, given = offer_for(self.actor, code), self.read(ChangesAsked)
        ask_for_changes(offer=offer, text=given["text"], on=timezone.localdate(), actor=self.actor)
        return Response(offer_body(offer))


class PublicationView(ApiView):
    """Publishing an offer."""

    area = "catalogue"

    @extend_schema(operation_id="offer_publish", request=None, responses=OwnOfferSerializer, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Publishes what the offer says as its next version. For organisers."""
        offer = offer_for(self.actor, code)
        return Response(offer_body(publish_offer(offer=offer, on=timezone.localdate(), actor=self.actor)))


class OfferWithdrawalView(ApiView):
    """Withdrawing an offer."""

    area = "catalogue"

    @extend_schema(operation_id="offer_withdraw", request=None, responses=OwnOfferSerializer, tags=TAGS)
    def post(self, request: Request, code: str) -> Response:
        """Nobody finds or orders it any more; what was ordered stays. For organisers."""
        return Response(offer_body(withdraw_offer(offer=offer_for(self.actor, code), actor=self.actor)))


class VersionsView(ApiView):
    """What was published."""

    area = "catalogue"

    @extend_schema(operation_id="own_offer_versions", responses=VersionSerializer(many=True), tags=TAGS)
    def get(self, request: Request, code: str) -> Response:
        """Every version of an offer, newest first."""
        found = versions_of(offer_for(self.actor, code))
        return Response(
            [
                {"number": one.number, "published_on": one.published_on, "content": content_body(one.content)}
                for one in found
            ]
        )
