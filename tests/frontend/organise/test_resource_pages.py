"""Organisers say how a resource is sold, who wrote it, and put its files there."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from tests.core import small_files
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
PAGE = "/organise/resources/phonics-kit"


@pytest.fixture
def offer(partnership: Organisation, actor: Actor) -> Offer:
    return Shop(actor).offer(
        "phonics-kit", kind=Offer.Kind.RESOURCE, term_months=12, prices={PriceClass.ANY: {"flat": "240"}}
    )


@pytest.fixture
def hana(partnership: Organisation, actor: Actor, offer: Offer) -> Client:
    """An organiser at a browser."""
    return signed_in(person(partnership, actor, name="Hana Organiser", role=Role.ORGANISER))


SOLD = {"do": "set_up", "form": "licence", "scope": "school", "author": "Oakfield Primary School", "royalty": "12.5%"}


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("guide.pdf", small_files.PDF)


def test_a_licence_is_set_up_with_its_author_and_gets_its_files(hana: Client, oakfield: Organisation) -> None:
    assert "Not set up yet" in text_of(hana.get(PAGE))
    assert "Saved." in text_of(hana.post(PAGE, SOLD, follow=True))
    resource = Resource.objects.get()
    assert (resource.author, resource.royalty, resource.form) == (oakfield, Decimal("0.125"), "licence")
    first = text_of(hana.post(PAGE, {"do": "add", "title": "Guide", "file": upload()}, follow=True))
    assert "Guide is there, version 1" in first
    assert "version 2" in text_of(hana.post(PAGE, {"do": "add", "title": "Guide", "file": upload()}, follow=True))
    assert hana.get(f"/files/{resource.files.latest('version').stored_id}").content == small_files.PDF
    file = resource.files.get(ended_on__isnull=True)
    assert "Guide is taken off" in text_of(hana.post(PAGE, {"do": "end", "file": file.pk}, follow=True))
    assert not resource.files.filter(ended_on__isnull=True).exists() and resource.files.count() == 2
    listed = text_of(hana.get("/organise/resources"))
    assert "Licence for a term, renewed" in listed and "12.5%" in listed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"royalty": ""}, "Enter both the author and the royalty"),
        ({"royalty": "1e2"}, "must be a number of per cent"),
        ({"royalty": "12.555"}, "at most 2 decimal places"),
        ({"author": "Nobody Known"}, "There is no organisation Nobody Known"),
        ({"form": "download"}, "is sold for 12 months"),
        ({"form": ""}, "Choose the form of sale"),
    ],
)
def test_what_makes_no_sense_is_refused_and_what_was_typed_stays(
    hana: Client, oakfield: Organisation, changes: dict[str, str], words: str
) -> None:
    answer = hana.post(PAGE, SOLD | changes)
    assert answer.status_code == 400 and words in text_of(answer)
    assert not Resource.objects.exists()
    assert (SOLD | changes)["royalty"] in answer.content.decode()


def test_a_file_that_is_not_what_it_says_is_refused(hana: Client, oakfield: Organisation) -> None:
    assert "Say first how it is sold" in text_of(hana.post(PAGE, {"do": "add", "title": "Guide", "file": upload()}))
    hana.post(PAGE, SOLD)
    wrong = SimpleUploadedFile("guide.pdf", b"\x89PNG no picture")
    answer = hana.post(PAGE, {"do": "add", "title": "Guide", "file": wrong})
    assert answer.status_code == 400 and not Resource.objects.get().files.exists()
    assert "Enter the title" in text_of(hana.post(PAGE, {"do": "add", "title": "", "file": upload()}))


def test_nobody_else_is_told_that_the_pages_exist(offer: Offer, oakfield: Organisation, actor: Actor) -> None:
    buyer = signed_in(person(oakfield, actor))
    assert [buyer.get(path).status_code for path in (PAGE, "/organise/resources")] == [404, 404]
    assert Client().get(PAGE).status_code == 302
