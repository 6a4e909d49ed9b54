"""What consultants say they know, close links, and pausing the bookings of a whole provider, as each person meets them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from invoicing.payees.models import PaymentHold
from marketplace.core.actors import Role
from marketplace.core.models import Event
from providers.models import Expertise, RelatedParty, Suspension
from providers.queries import related_to, standing_on
from tests.frontend.school.visits import signed_in, text_of
from tests.providers.making import accredited, consultant, provider
from tests.shop import person

pytestmark = pytest.mark.django_db


class Cast:
    def __init__(self, partnership, oakfield, council, actor):
        self.on = timezone.localdate()
        self.firm = provider(council, actor, code="ridgeway")
        self.dana = consultant(self.firm, actor, joined_on=self.on - timedelta(days=400))
        accredited(self.dana, self.on - timedelta(days=30), self.on + timedelta(days=300))

        def one(where, name, role):
            return signed_in(person(where, actor, name=name, role=role, on=self.on))

        self.staff = one(council, "Joana Petty", Role.PROVIDER)
        self.panel = one(partnership, "Lorna Fitch", Role.PANEL)
        self.hana = one(partnership, "Hana Dell", Role.ORGANISER)
        self.buyer = one(oakfield, "Bea Birch", Role.BUYER)


@pytest.fixture
def cast(partnership, oakfield, council, actor):
    return Cast(partnership, oakfield, council, actor)


def test_a_provider_says_what_its_consultant_knows_and_changing_it_is_untested_again(cast):
    here = "/provider/ridgeway/expertise"
    assert "Nothing yet" in text_of(cast.staff.get(here))
    refused = cast.staff.post(here, {"consultant": "dana-whitlock", "theme": "", "level": "trains"})
    assert refused.status_code == 400 and "Enter the theme" in text_of(refused)
    given = {"consultant": "dana-whitlock", "theme": "Reading", "phase": "Primary", "level": "trains"}
    assert cast.staff.post(here, given).status_code == 302
    told = Expertise.objects.get()
    assert (told.theme, told.phase, told.result) == ("reading", "primary", "")
    cast.hana.post("/organise/accreditation/consultants/dana-whitlock", {"do": f"confirm:{told.pk}"})
    assert "Confirmed" in text_of(cast.staff.get(here))
    cast.staff.post(here, given | {"level": "leads"})
    assert "Not tested" in text_of(cast.staff.get(here)) and Expertise.objects.count() == 1
    assert cast.buyer.get(here).status_code == 404
    assert cast.buyer.post(here, given).status_code == 404


def test_a_close_link_is_declared_and_only_that_school_reads_it(cast, oakfield, partnership):
    here = "/provider/ridgeway/close-links"
    given = {
        "whose": "dana-whitlock", "organisation": oakfield.name, "nature": "Is a governor of the school",
        "first": f"{cast.on:%d/%m/%Y}",
    }  # fmt: skip
    refused = cast.staff.post(here, given | {"organisation": "Nowhere"})
    assert refused.status_code == 400 and not RelatedParty.objects.exists()
    cast.staff.post(here, given | {"last": f"{cast.on + timedelta(days=9):%d/%m/%Y}"})
    cast.staff.post(here, given | {"whose": "provider", "nature": "Shares a building"})
    assert [one.nature for one in related_to(cast.dana, oakfield, cast.on)] == [
        "Is a governor of the school", "Shares a building",
    ]  # fmt: skip
    assert len(related_to(cast.dana, oakfield, cast.on + timedelta(days=10))) == 1
    assert not related_to(cast.dana, partnership, cast.on)
    page = text_of(cast.staff.get(here))
    assert "2 close links" in page and "Shares a building" in page
    assert cast.buyer.get(here).status_code == 404


def test_bookings_of_a_whole_provider_are_paused_in_neutral_words_and_resumed(cast, client):
    here = "/organise/accreditation/providers/ridgeway"
    assert "Pause bookings of" in text_of(cast.hana.get(here))
    assert "Pause bookings of" not in text_of(cast.panel.get(here))
    refused = cast.hana.post(here, {"do": "suspend", "words": "Paused", "reason": ""})
    assert refused.status_code == 400 and not Suspension.objects.exists()
    cast.hana.post(here, {"do": "suspend", "words": "Bookings are paused.", "reason": "A complaint about X"})
    assert not standing_on(cast.dana, cast.on).accredited and PaymentHold.objects.filter(lifted_on=None).exists()
    for page in (
        cast.hana.get(here),
        client.get("/consultants/dana-whitlock"),
        cast.staff.get("/provider/ridgeway/accreditation"),
    ):
        assert "A complaint about X" not in page.content.decode()
    assert cast.hana.post(here, {"do": "suspend", "words": "Again", "reason": "Again"}).status_code == 409
    assert cast.panel.post(here, {"do": "end"}).status_code in (403, 409) and Suspension.objects.get().ends_on is None
    cast.hana.post(here, {"do": "end"})
    assert standing_on(cast.dana, cast.on).accredited and not PaymentHold.objects.filter(lifted_on=None).exists()
    assert cast.hana.post(here, {"do": "end"}).status_code == 409
    assert cast.staff.get(here).status_code == cast.buyer.get(here).status_code == 404
    assert Event.objects.filter(kind="suspension.began", subject_kind="provider", subject="ridgeway").count() == 1
