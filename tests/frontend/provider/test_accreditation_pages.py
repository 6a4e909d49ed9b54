"""The pages of accreditation from the first tick to the countersignature, as each of the people meets them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.messaging.models import Message
from marketplace.organisations.models import Person
from providers.accreditation.rules.declarations import DECLARATIONS
from providers.models import Accreditation, Application, Evidence, Requirement, Suspension
from providers.services import new_reference_link, seed_requirements
from tests.core.small_files import PDF
from tests.frontend.school.visits import signed_in
from tests.providers.making import accredited, consultant, provider
from tests.shop import person

pytestmark = pytest.mark.django_db


class Cast:
    def __init__(self, partnership, oakfield, council, actor):
        self.on = timezone.localdate()
        seed_requirements()
        self.firm = provider(council, actor, code="ridgeway")
        self.dana = consultant(self.firm, actor, joined_on=self.on - timedelta(days=30))

        def one(where, name, role):
            return signed_in(person(where, actor, name=name, role=role, on=self.on))

        self.staff = one(council, "Joana Petty", Role.PROVIDER)
        self.panel = one(partnership, "Lorna Fitch", Role.PANEL)
        self.hana = one(partnership, "Hana Dell", Role.ORGANISER)
        self.buyer = one(oakfield, "Bea Birch", Role.BUYER)
        self.home = reverse("provider-accreditation", kwargs={"provider": "ridgeway"})


@pytest.fixture
def cast(partnership, oakfield, council, actor):
    return Cast(partnership, oakfield, council, actor)


def test_a_consultant_is_accredited_through_the_pages(cast, client):
    assert "nothing accepted yet" in cast.staff.get(cast.home).content.decode()
    cast.staff.post(f"{cast.home}/apply", {"consultant": "dana-whitlock"})
    made = Application.objects.get()
    page = f"{cast.home}/{made.number}"
    refused = cast.staff.post(page, {"do": "submit", "codes": list(DECLARATIONS)})
    assert refused.status_code == 409 and "Name 2 people who know the work" in refused.content.decode()
    for position, email in ((1, "greta@example.org"), (2, "osman@example.org")):
        answer = cast.staff.post(f"{page}/referee/{position}", {"name": "Greta", "email": email, "relation": "Head"})
        assert answer.status_code == 302
    assert cast.staff.post(page, {"do": "submit", "codes": list(DECLARATIONS)}).status_code == 302
    outbox.deliver(limit=1000)
    asked = Message.objects.filter(topic="referees")
    assert {one.to for one in asked} == {"greta@example.org", "osman@example.org"}
    assert "/references/" not in "".join(one.plain for one in asked), "the link is kept nowhere"
    for reference in made.references.all():
        link = reverse("reference", kwargs={"token": new_reference_link(reference=reference, at=timezone.now())})
        assert "Dana Whitlock" in client.get(link).content.decode()
        assert client.post(link, {"recommends": "yes"}).status_code == 400
        assert client.post(link, {"recommends": "yes", "words": "Thorough."}).status_code == 302
        gone = client.get(link)
        assert gone.status_code == 404 and "Dana" not in gone.content.decode()
    desk = reverse("organise-application", kwargs={"number": made.number})
    assert "Thorough." in cast.panel.get(desk).content.decode()
    assert cast.panel.post(desk, {"do": "decide", "decision": "yes"}).status_code == 302
    assert cast.staff.post(page, {"do": "sign"}).status_code == 302
    late = cast.hana.post(desk, {"do": "countersign", "valid_from": f"{cast.on:%d/%m/%Y}"})
    assert late.status_code == 409 and "Identity: nothing accepted yet." in late.content.decode()
    _show_and_check(cast)
    assert cast.hana.post(desk, {"do": "countersign", "valid_from": f"{cast.on:%d/%m/%Y}"}).status_code == 302
    assert Accreditation.objects.get().consultant == cast.dana
    assert "Accredited" in client.get(reverse("consultant", kwargs={"code": "dana-whitlock"})).content.decode()


def test_who_decided_is_not_asked_about_the_appeal_and_the_provider_reads_both(cast):
    decided = Person.objects.get(name="Lorna Fitch")
    made = Application.objects.create(
        number="AP-000001", consultant=cast.dana, state="appealed", started_on=cast.on, submitted_on=cast.on,
        decided_by=decided, decided_on=cast.on, reason="Nothing about phonics.", appeal="Both saw it taught.",
        appealed_on=cast.on,
    )  # fmt: skip
    desk = reverse("organise-application", kwargs={"number": made.number})
    own = cast.panel.get(desk).content.decode()
    assert "somebody else hears the appeal" in own and "Record the decision" not in own
    assert "Decide on 1 application" not in cast.panel.get("/").content.decode()
    assert "Record the decision" in cast.hana.get(desk).content.decode()
    assert "Decide on 1 application" in cast.hana.get("/").content.decode()
    page = cast.staff.get(f"{cast.home}/{made.number}").content.decode()
    assert "Nothing about phonics." in page and "Both saw it taught." in page


def _show_and_check(cast):
    """Every document by the form, and each accepted by the organiser."""
    for need in Requirement.objects.filter(required=True).exclude(code="references"):
        whose = "provider" if need.holder == "provider" else "dana-whitlock"
        given = {
            "what": f"{whose}:{need.code}", "valid_from_day": cast.on.day, "valid_from_month": cast.on.month,
            "valid_from_year": cast.on.year, "number": "001",
        }  # fmt: skip
        if need.file == "needed":
            given["file"] = SimpleUploadedFile("paper.pdf", PDF)
        sent = cast.staff.post(reverse("provider-evidence-new", kwargs={"provider": "ridgeway"}), given)
        assert sent.status_code == 302, sent.content.decode()
    assert "Safeguarding training" in cast.hana.get(reverse("organise-documents")).content.decode()
    for one in Evidence.objects.filter(state="submitted"):
        checked = cast.hana.post(reverse("organise-document", kwargs={"pk": one.pk}), {"decision": "yes"})
        assert checked.status_code == 302


def test_bookings_are_paused_and_the_reason_stands_on_no_page(cast, client):
    accredited(cast.dana, cast.on - timedelta(days=30))
    desk = reverse("organise-consultant", kwargs={"code": "dana-whitlock"})
    empty = cast.hana.post(desk, {"do": "suspend", "words": "Bookings are paused."})
    assert empty.status_code == 400 and "Enter the reason" in empty.content.decode()
    given = {"do": "suspend", "words": "Bookings are paused.", "reason": "A complaint of a parent"}
    assert cast.panel.post(desk, given).status_code == 409, "the panel does not pause bookings"
    assert cast.hana.post(desk, given).status_code == 302
    for who, path in ((cast.staff, cast.home), (client, "/consultants/dana-whitlock"), (cast.hana, desk)):
        page = who.get(path).content.decode()
        assert "complaint" not in page
    assert "Bookings are paused." in cast.staff.get(cast.home).content.decode()
    assert cast.hana.post(desk, {"do": "end"}).status_code == 302
    assert Suspension.objects.get().ends_on == cast.on


def test_a_buyer_opens_the_letter_as_page_and_pdf(cast, oakfield):
    accredited(cast.dana, cast.on - timedelta(days=30))
    letter = reverse(
        "school-consultant-letter",
        kwargs={"kind": "customer", "code": oakfield.number, "consultant": "dana-whitlock"},
    )
    assert "Enhanced DBS check" in cast.buyer.get(letter).content.decode()
    assert cast.buyer.get(f"{letter}.pdf")["Content-Type"] == "application/pdf"
    assert Event.objects.filter(kind="consultant.assurance_seen").count() == 2
    assert cast.staff.get(letter).status_code == 404


def test_an_unpublished_consultant_is_nobodys_to_see(cast, actor, client):
    consultant(cast.firm, actor, name="Elin Sand", published=False)
    assert client.get("/consultants/elin-sand").status_code == 404
    assert "Elin" not in client.get("/consultants").content.decode()
    assert cast.staff.get("/consultants/elin-sand").status_code == 200
