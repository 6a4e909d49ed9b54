"""The life of an offer: who moves it where, what is frozen, what a provider may write."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import ListedOffer, Offer, OfferDraft, OfferVersion
from catalogue.offer_queries import asks_of, offer_for, offers_for, stage_of, versions_of
from catalogue.queries import published_offer, search
from catalogue.rules.classes import PriceClass
from catalogue.rules.offer_content import differences
from catalogue.services import (
    add_price,
    ask_for_changes,
    change_offer,
    drop_changes,
    publish_offer,
    seed_budget_codes,
    start_offer,
    submit_offer,
    withdraw_offer,
)
from catalogue.services.offers import NoChanges, OfferIsLookedAt
from catalogue.services.publishing import NotComplete, NotPublishable, NotSubmitted
from catalogue.services.versions import content_of
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from providers.models import Provider
from providers.services import add_provider
from tests.shop import START, Shop

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
LATER = date(2026, 11, 3)
WHOLE = {
    "summary": "Three talks on calm corridors",
    "description": "For leaders who want\n\ncalm corridors",
    "phases": ["secondary"],
    "roles": ["Senior leader", "Head teacher"],
}


def writer(provider: Provider) -> Actor:
    """Somebody who writes for the provider. Without a person of record: nothing here needs one."""
    grant = Grant(Role.PROVIDER, provider.organisation_id)
    return Actor(person_id=None, user_id=None, name="Rosa Writer", grants=frozenset({grant}))


@pytest.fixture
def organiser(partnership: Organisation) -> Actor:
    grant = Grant(Role.ORGANISER, partnership.pk)
    return Actor(person_id=None, user_id=None, name="Omar Organiser", grants=frozenset({grant}))


@pytest.fixture
def heron(shop: Shop, actor: Actor) -> Provider:
    made = add_organisation(kind=Organisation.Kind.PROVIDER, name="Heron Learning", valid_from=START, actor=actor)
    return add_provider(organisation=made, code="heron", actor=actor)


@pytest.fixture
def rosa(heron: Provider) -> Actor:
    return writer(heron)


@pytest.fixture
def draft(heron: Provider, rosa: Actor) -> Offer:
    return start_offer(provider=heron, kind=Offer.Kind.COURSE, title="Calm corridors", on=ON, actor=rosa)


def priced(offer: Offer, actor: Actor) -> Offer:
    add_price(offer=offer, price_class=PriceClass.ANY, rule={"flat": "95"}, valid_from=START, actor=actor)
    return offer


@pytest.fixture
def published(draft: Offer, rosa: Actor, organiser: Actor, actor: Actor) -> Offer:
    change_offer(offer=draft, changes=WHOLE, actor=rosa)
    submit_offer(offer=draft, actor=rosa)
    return publish_offer(offer=priced(draft, actor), on=ON, actor=organiser)


def test_a_provider_writes_and_submits_an_organiser_asks_and_publishes(
    draft: Offer, rosa: Actor, organiser: Actor, actor: Actor
) -> None:
    change_offer(offer=draft, changes=WHOLE, actor=rosa)
    submit_offer(offer=draft, actor=rosa)
    assert Offer.objects.get().state == "submitted"
    ask_for_changes(offer=draft, text=" Say how long\n each talk is ", on=ON, actor=organiser)
    [asked] = asks_of(draft)
    assert (Offer.objects.get().state, asked.text, asked.asked_on) == ("changes_asked", "Say how long each talk is", ON)
    change_offer(offer=draft, changes={"description": "Each of one hour"}, actor=rosa)
    submit_offer(offer=draft, actor=rosa)
    publish_offer(offer=priced(draft, actor), on=LATER, actor=organiser)
    shown = published_offer(draft.code)
    assert (shown.description, shown.roles) == ("Each of one hour", ["Head teacher", "Senior leader"])
    version = OfferVersion.objects.get()
    assert (version.number, version.published_on, version.content) == (1, LATER, content_of(shown))
    assert shown.current_version == version
    assert search(text="head teacher", on=LATER).total == 1
    kinds = Event.objects.filter(subject_kind="offer", subject=draft.code).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [
        "offer.added", "offer.changed", "offer.submitted", "offer.changes_asked", "offer.changed", "offer.submitted",
        "price.added", "offer.published",
    ]  # fmt: skip


def test_what_schools_would_ask_must_be_said_before_it_is_submitted(draft: Offer, rosa: Actor) -> None:
    with pytest.raises(NotComplete) as refused:
        submit_offer(offer=draft, actor=rosa)
    assert len(refused.value.detail) == 3 and "summary" in refused.value.detail[0]
    assert Offer.objects.get().state == "draft"


def test_while_it_is_looked_at_its_provider_waits_and_an_organiser_may_mend_it(
    draft: Offer, rosa: Actor, organiser: Actor
) -> None:
    change_offer(offer=draft, changes=WHOLE, actor=rosa)
    submit_offer(offer=draft, actor=rosa)
    with pytest.raises(OfferIsLookedAt):
        change_offer(offer=draft, changes={"title": "Calm"}, actor=rosa)
    with pytest.raises(NotPublishable):
        submit_offer(offer=draft, actor=rosa)
    change_offer(offer=draft, changes={"title": "Calm corridors in a term"}, actor=organiser)
    assert Offer.objects.get().title == "Calm corridors in a term"


def test_a_published_offer_is_shown_as_it_was_until_its_changes_are_published(
    published: Offer, rosa: Actor, organiser: Actor
) -> None:
    change_offer(offer=published, changes={"title": "Calmer corridors"}, actor=rosa)
    assert Offer.objects.get().title == "Calm corridors" and stage_of(offer_for(rosa, published.code)) == "draft"
    submit_offer(offer=published, actor=rosa)
    ask_for_changes(offer=published, text="Why calmer?", on=LATER, actor=organiser)
    with pytest.raises(NotPublishable, match="waits for its provider's changes"):
        publish_offer(offer=published, on=LATER, actor=organiser)
    submit_offer(offer=published, actor=rosa)
    assert ListedOffer.objects.get().title == "Calm corridors"
    publish_offer(offer=published, on=LATER, actor=organiser)
    assert ListedOffer.objects.get().title == "Calmer corridors" and not OfferDraft.objects.exists()
    new, first = versions_of(published)
    assert differences(first.content, new.content) == [("Title", "Calm corridors", "Calmer corridors")]
    assert (first.published_on, new.published_on) == (ON, LATER)


def test_nothing_is_published_twice_for_nothing(published: Offer, organiser: Actor) -> None:
    with pytest.raises(NotPublishable, match="nothing of it was changed"):
        publish_offer(offer=published, on=LATER, actor=organiser)
    assert OfferVersion.objects.count() == 1


def test_changes_can_be_dropped_and_a_withdrawn_offer_comes_back_as_a_new_version(
    published: Offer, rosa: Actor, organiser: Actor
) -> None:
    change_offer(offer=published, changes={"title": "Calmer corridors"}, actor=rosa)
    drop_changes(offer=published, actor=rosa)
    with pytest.raises(NoChanges):
        drop_changes(offer=published, actor=rosa)
    withdraw_offer(offer=published, actor=organiser)
    with pytest.raises(NotFound):
        published_offer(published.code)
    publish_offer(offer=published, on=LATER, actor=organiser)
    assert published_offer(published.code).title == "Calm corridors"
    assert [version.number for version in versions_of(published)] == [2, 1]


def test_another_provider_is_told_nothing_and_an_outsider_writes_nothing(
    published: Offer, shop: Shop, draft: Offer, heron: Provider
) -> None:
    other = writer(shop.provider)
    assert not offers_for(other).filter(code=published.code).exists()
    for refused in (
        lambda: change_offer(offer=published, changes={"title": "Ours"}, actor=other),
        lambda: submit_offer(offer=published, actor=other),
        lambda: drop_changes(offer=published, actor=other),
        lambda: offer_for(other, published.code),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(NotAllowed):
        start_offer(provider=heron, kind=Offer.Kind.COURSE, title="Theirs", on=ON, actor=other)


def test_a_provider_neither_publishes_nor_writes_what_is_an_organisers(draft: Offer, rosa: Actor) -> None:
    for refused in (
        lambda: publish_offer(offer=draft, actor=rosa),
        lambda: withdraw_offer(offer=draft, actor=rosa),
        lambda: ask_for_changes(offer=draft, text="Hm", on=ON, actor=rosa),
        lambda: change_offer(offer=draft, changes={"cfr_code": "E27"}, actor=rosa),
        lambda: change_offer(offer=draft, changes={"vat_category": "S"}, actor=rosa),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert Offer.objects.get().state == "draft" and not OfferVersion.objects.exists()


def test_only_what_was_submitted_is_sent_back(draft: Offer, organiser: Actor) -> None:
    with pytest.raises(NotSubmitted):
        ask_for_changes(offer=draft, text="More, please", on=ON, actor=organiser)
    with pytest.raises(NotComplete):
        ask_for_changes(offer=draft, text="  ", on=ON, actor=organiser)


@pytest.mark.parametrize(
    ("before", "after"),
    [("draft", "withdrawn"), ("draft", "changes_asked"), ("published", "draft"), ("withdrawn", "submitted")],
)
def test_the_database_refuses_a_move_that_is_not_legal(draft: Offer, before: str, after: str) -> None:
    steps = ["draft", "published", "withdrawn"]
    for state in steps[1 : steps.index(before) + 1]:
        Offer.objects.filter(pk=draft.pk).update(state=state)
    with pytest.raises(IntegrityError, match="no legal move"), transaction.atomic():
        Offer.objects.filter(pk=draft.pk).update(state=after)


def test_the_database_keeps_versions_as_they_were_and_each_offer_to_its_own(published: Offer, shop: Shop) -> None:
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        OfferVersion.objects.update(published_on=ON.replace(year=2020))
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        OfferVersion.objects.all()._raw_delete("default")
    other = shop.course()
    with pytest.raises(IntegrityError, match="not its own"), transaction.atomic():
        Offer.objects.filter(pk=other.pk).update(current_version=published.current_version)


def test_the_codes_of_the_accounts_are_proposed_by_kind(heron: Provider, rosa: Actor) -> None:
    seed_budget_codes()
    seed_budget_codes()
    kinds = [Offer.Kind.COURSE, Offer.Kind.CONSULTANCY, Offer.Kind.RESOURCE, Offer.Kind.DEAL]
    made = [start_offer(provider=heron, kind=kind, title="Calm corridors", on=ON, actor=rosa) for kind in kinds]
    assert [(one.cfr_code, one.aar_code) for one in made] == [
        ("E09", "BAE090"), ("E27", "BAE230"), ("E19", "BAE200"), ("E28a", "BAE300"),
    ]  # fmt: skip
    assert [one.code for one in made] == ["calm-corridors", "calm-corridors-2", "calm-corridors-3", "calm-corridors-4"]
    assert [one.account_code for one in made] == ["4100", "4110", "4300", "4200"]


def test_an_event_of_others_needs_no_price_and_must_have_none(draft: Offer, organiser: Actor, actor: Actor) -> None:
    change_offer(offer=draft, changes=WHOLE | {"signposted_url": "https://harbour.example/talks"}, actor=organiser)
    publish_offer(offer=draft, on=ON, actor=organiser)
    assert published_offer(draft.code).signposted_url == "https://harbour.example/talks"
    withdraw_offer(offer=draft, actor=organiser)
    priced(draft, actor)
    with pytest.raises(NotPublishable, match="booked elsewhere"):
        publish_offer(offer=draft, on=ON, actor=organiser)


def test_a_package_for_exhibitors_is_not_found_among_what_schools_buy(
    published: Offer, heron: Provider, organiser: Actor, actor: Actor
) -> None:
    stand = start_offer(provider=heron, kind=Offer.Kind.SERVICE, title="A stand at the talks", on=ON, actor=organiser)
    change_offer(offer=stand, changes={"audience": "exhibitors", "of_event": published.code}, actor=organiser)
    publish_offer(offer=priced(stand, actor), on=ON, actor=organiser)
    assert search(text="", on=LATER).total == 1 and ListedOffer.objects.get().offer_id == published.pk
    change_offer(offer=stand, changes={"audience": "schools"}, actor=organiser)
    publish_offer(offer=stand, on=LATER, actor=organiser)
    assert Offer.objects.get(pk=stand.pk).of_event is None and ListedOffer.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence": "strong"},
        {"evidence": "certain"},
        {"evidence_url": "javascript:alert(1)"},
        {"phases": ["university"]},
        {"roles": ["Wizard"]},
        {"term_months": 0},
        {"levels": [{"title": "Plus", "included": ""}, {"title": "Plus", "included": ""}]},
        {"levels": [{"title": "Plus", "included": ""}]},
        {"deal_from": date(2027, 1, 1), "deal_to": date(2027, 1, 1)},
        {"deal_to": date(2027, 1, 1)},
        {"list_price_pence": 0},
        {"audience": "exhibitors"},
        {"title": " "},
        {"state": "published"},
        {"signposted_url": "https://harbour.example/talks"},
        {"vat_category": "E"},
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_changes(shop: Shop, actor: Actor, changes: dict[str, object]) -> None:
    offer = shop.offer("data-protection", prices={PriceClass.ANY: {"flat": "100"}}, published=False)
    before = content_of(offer)
    with pytest.raises(WrongInput):
        change_offer(offer=offer, changes=changes, actor=actor)
    assert content_of(Offer.objects.get(pk=offer.pk)) == before


def test_levels_are_kept_in_order_and_named_by_their_code(shop: Shop, actor: Actor) -> None:
    offer = shop.offer("data-protection", prices={PriceClass.ANY: {"flat": "100"}})
    levels = [
        {"title": "Basic", "included": "Advice by telephone"},
        {"title": "Plus, with visits", "included": "Two visits"},
    ]
    change_offer(offer=offer, changes={"levels": levels}, actor=actor)
    assert not offer.levels.exists()
    publish_offer(offer=offer, actor=actor)
    assert list(offer.levels.values_list("code", "position")) == [("basic", 1), ("plus-with-visits", 2)]
    assert OfferVersion.objects.latest("number").content["levels"][1]["included"] == "Two visits"
