"""The pages of resources: what a school may download and until when, renewing, royalties; and who is told nothing."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from catalogue.models import Resource
from catalogue.services import add_resource_file, end_resource_file
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BasketLine, Licence
from tests.core import small_files
from tests.frontend.school.conftest import ON, TrustCast
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import Shop, person
from tests.trading.licences.kits import kit, ordered

pytestmark = pytest.mark.django_db


@pytest.fixture
def licensed(school: Organisation, sam: Actor, shop: Shop, oakfield: Organisation) -> Licence:
    """Oakfield's licence of a kit that another wrote."""
    ordered(sam, school, kit(shop, author=oakfield), on=ON)
    return Licence.objects.get()


def address(base: str) -> str:
    file = Resource.objects.get().files.get(ended_on__isnull=True)
    return f"{base}/resources/files/{file.pk}"


def test_without_any_the_page_says_what_would_stand_here(as_sam: Client, base: str) -> None:
    assert "No resources yet" in text_of(as_sam.get(f"{base}/resources"))
    assert "No royalties yet" in text_of(as_sam.get(f"{base}/royalties"))


def test_the_files_stand_with_their_licence_and_are_saved_not_shown(
    as_sam: Client, base: str, licensed: Licence, school: Organisation
) -> None:
    page = text_of(as_sam.get(f"{base}/resources"))
    assert "Phonics kit Licence September 2026 to August 2027." in page and "Guide (PDF, 1 KB)" in page
    got = as_sam.get(address(base))
    assert got.content == small_files.PDF and got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Disposition"] == 'attachment; filename="guide.pdf"'
    told = Event.objects.get(kind="resource.downloaded")
    assert told.organisation_ids == [school.pk] and told.payload["version"] == 1


def test_a_teacher_downloads_and_does_not_buy(base: str, licensed: Licence, school: Organisation, actor: Actor) -> None:
    teacher = signed_in(person(school, actor, name="Della Delegate", role=Role.DELEGATE))
    page = text_of(teacher.get(f"{base}/resources"))
    assert "Resources of Oakfield Primary School" in page and "Royalties" not in page and "Invoices" not in page
    assert teacher.get(address(base)).status_code == 200
    assert teacher.get(f"{base}/royalties").status_code == 404
    assert teacher.post(f"{base}/resources/{licensed.pk}/renew").status_code == 404


def test_outsiders_are_told_nothing_and_nothing_is_recorded(
    as_outsider: Client, base: str, licensed: Licence, trust_cast: TrustCast, oakfield: Organisation
) -> None:
    own = f"/customer/{oakfield.number}"
    for client, where in ((as_outsider, base), (as_outsider, own), (trust_cast.client, trust_cast.base)):
        assert client.get(address(where)).status_code == 404
    assert as_outsider.get(f"{base}/resources").status_code == 404
    assert as_outsider.get(f"{base}/royalties").status_code == 404
    assert as_outsider.post(f"{own}/resources/{licensed.pk}/renew").status_code == 404
    assert Client().get(address(base)).status_code == 302
    file = Resource.objects.get().files.get()
    assert as_outsider.get(f"/files/{file.stored_id}").status_code == 404
    assert not Event.objects.filter(kind__in=["resource.downloaded", "file.seen"]).exists()


def test_a_new_version_takes_the_place_of_the_old_one(
    as_sam: Client, base: str, licensed: Licence, actor: Actor
) -> None:
    old = address(base)
    add_resource_file(
        resource=Resource.objects.get(), title="Guide", upload=b"New words\n", name="guide.txt", on=ON, actor=actor
    )
    assert as_sam.get(old).status_code == 404 and as_sam.get(address(base)).content == b"New words\n"
    assert "changed on 1 September 2026" in text_of(as_sam.get(f"{base}/resources"))
    end_resource_file(file=Resource.objects.get().files.get(ended_on=None), on=ON, actor=actor)
    assert "No files yet" in text_of(as_sam.get(f"{base}/resources"))


def test_renewing_is_offered_near_the_end_and_fills_the_basket(
    as_sam: Client, base: str, licensed: Licence, today: Any, sam: Actor
) -> None:
    renew = f"{base}/resources/{licensed.pk}/renew"
    said = text_of(as_sam.post(renew, follow=True))
    assert "cannot be renewed now" in said and not BasketLine.objects.filter(basket__state="open").exists()
    today.move_to(licensed.ends.replace(month=8, day=3).isoformat() + "T10:00:00+01:00")
    as_sam = signed_in(sam)  # nobody stays signed in for a year
    assert "Renew Phonics kit for 12 months" in text_of(as_sam.get(f"{base}/resources"))
    assert "from 1 September 2027 is in your basket" in text_of(as_sam.post(renew, follow=True))
    assert BasketLine.objects.get(basket__state="open").service_from == licensed.ends


def test_a_trust_sees_the_licences_of_its_schools(trust_cast: TrustCast, shop: Shop, actor: Actor) -> None:
    lead = person(trust_cast.trust, actor, name="Theo Trust", role=Role.TRUST_FINANCE)
    offer = kit(shop, scope=Resource.Scope.TRUST)
    ordered(lead, trust_cast.academies[0], offer, by=trust_cast.trust, on=ON)
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/resources"))
    assert "Held by Lantern Learning Trust for all its schools." in page
    teacher = signed_in(person(trust_cast.academies[1], actor, name="Della Delegate", role=Role.DELEGATE))
    there = f"/school/{trust_cast.academies[1].school.urn}"
    assert "Held by Lantern Learning Trust" in text_of(teacher.get(f"{there}/resources"))
    assert teacher.get(address(there)).status_code == 200


def test_the_author_reads_its_royalties_on_the_page_and_in_a_file(
    as_outsider: Client, licensed: Licence, oakfield: Organisation, actor: Actor
) -> None:
    run_billing(on=ON, actor=actor)
    base = f"/customer/{oakfield.number}/royalties"
    page = text_of(as_outsider.get(base))
    assert "£0.00 is owed to Oakfield Primary School; £72.00 waits for buyers to pay." in page
    assert "Royalty of 30% on Phonics kit" in page and "£240.00" in page
    rows = as_outsider.get(f"{base}?format=csv").content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("2026-09-01,Royalty of 30% on Phonics kit,240.00,72.00,0.00,0.00,72.00")
    call_command("verify_ledger")
