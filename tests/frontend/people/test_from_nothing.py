"""A partnership from an empty database, by the commands of operations.md and the pages alone: people, organisations, what is
sold and by whom, a scheme of delegation, a bank account; then an order, an invoice, a payment, and the books."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from invoicing.banking.models import BankAccount
from invoicing.documents.models import Document
from marketplace.core.models import User
from marketplace.core.verification import verify
from marketplace.organisations.models import ApprovalRule, Organisation
from marketplace.organisations.services.people import actor_for
from providers.calendar.reserving import reserve_slot
from providers.models import Consultant, Requirement, Slot
from tests.api.calling import Program
from tests.frontend.school.visits import text_of
from tests.invoicing.banking.files import lloyds
from tests.providers.calendar.times import at
from tests.shop import LONDON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 1)
SERVICE = {"kind": "service", "title": "Clerking", "provider": "ours"}
PRICE = {"shape": "flat", "amount": "120", "price_class": "any", "valid_from": "1/9/2026", "do": "save"}


@pytest.fixture(autouse=True)
def first_of_september() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=True):
        yield


def told(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def login(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def program(email: str) -> Program:
    return Program(actor_for(user=User.objects.get(email=email), on=TODAY))


def joins(by: Client, place: Organisation, email: str, role: str, *, limit: str = "") -> None:
    """Somebody gets a role by the page, and is named after their address."""
    given = {"name": email.split("@")[0].title(), "email": email, "role": role, "first_day": "1/9/2026", "limit": limit}
    done = by.post(f"/people/add?at={place.number}", given)
    assert done.status_code == 302, text_of(done)


@pytest.fixture
def ours(db: None) -> Organisation:
    """What operations.md says is done once: seeds, the partnership, its administrator."""
    for seed in ("seed_books", "seed_catalogue", "seed_accreditation"):
        told(seed)
    number = told("add_organisation", "partnership", "Our Partnership", "--town", "Tidewell").split()[0]
    told("give_role", "ada@ours.example", "administrator", "--at", number, "--name", "Ada")
    return Organisation.objects.get(number=number)


@pytest.fixture
def ada(ours: Organisation) -> Client:
    return login("ada@ours.example")


@pytest.fixture
def museum(ada: Client) -> Organisation:
    """A customer that is in no register."""
    given = {"kind": "other", "name": "Quay Museum", "street": "1 Quay", "town": "Tidewell", "postcode": "TW1 1AA"}
    done = ada.post("/office/organisations/add", given, follow=True)
    assert "Quay Museum is added as C-" in text_of(done) and "1 Quay, Tidewell, TW1 1AA" in text_of(done)
    return Organisation.objects.get(name="Quay Museum")


def test_a_partnership_sells_invoices_and_is_paid(ours: Organisation, ada: Client, museum: Organisation) -> None:
    first = text_of(ada.get("/"))
    assert "Add a finance manager" in first and "Add a course organiser" in first
    assert "Make Our Partnership a provider" in first
    for email, role in (("olu", "organiser"), ("fay", "finance_officer"), ("mo", "finance_manager")):
        joins(ada, ours, f"{email}@ours.example", role)
    joins(ada, museum, "sam@museum.example", "buyer", limit="500")
    made = ada.post(f"/office/organisations/{ours.number}/provider", {"code": "Ours", "summary": "The partnership"})
    assert made.status_code == 302
    assert "Nothing waits for you" in text_of(ada.get("/"))
    assert "Add the partnership's bank account" in text_of(login("mo@ours.example").get("/"))
    olu, fay, mo = (login(f"{name}@ours.example") for name in ("olu", "fay", "mo"))
    offer = olu.post("/organise/offers/new", SERVICE).headers["Location"]
    texts = {"title": "Clerking", "summary": "A clerk for your board", "description": "Minutes in a week"}
    olu.post(f"{offer}/change/about", texts)
    assert olu.post("/organise/offers/clerking/prices/add", PRICE).status_code == 302
    assert "published as version 1" in text_of(olu.post(offer, {"do": "publish"}, follow=True))
    account = {
        "name": "Current account", "code": "current", "sort_code": "30-96-26", "account_number": "00123456",
        "layout": "lloyds", "ledger_account": "1000",
    }  # fmt: skip
    assert "No bank account yet" in text_of(mo.get("/finance/bank"))
    assert fay.post("/finance/bank/add", account).status_code == 403
    assert "Current account is added." in text_of(mo.post("/finance/bank/add", account, follow=True))
    sam = program("sam@museum.example")
    sam.post(f"/baskets/{museum.number}/lines", {"offer": "clerking", "quantity": "1"})
    order = sam.post("/orders", {"organisation": museum.number, "expected_pence": 12_000})
    assert order.status_code == 201, order.content
    batch = "/finance/invoice-batches"
    shown = re.search(r'name="shown" value="([^"]*)"', fay.get(batch, {"on": "30/9/26"}).content.decode())
    assert shown is not None
    issued = fay.post(batch, {"on": "30/9/26", "shown": shown[1]}, follow=True)
    assert "1 invoice issued, £120.00" in text_of(issued)
    books = program("fay@ours.example")
    invoice = Document.objects.get(customer=museum)
    assert (invoice.gross_pence, invoice.number) == (12_000, "INV-000001")
    file = lloyds([(TODAY, f"MUSEUM {invoice.number}", 12_000)]).encode()
    fay.post("/finance/bank/current/upload", {"file": SimpleUploadedFile("september.csv", file)})
    line = BankAccount.objects.get().lines.get()
    paid = {"payer": museum.number, "lines": [{"invoice": invoice.number, "pence": 12_000}]}
    assert books.post(f"/bank-lines/{line.pk}/match", paid).status_code == 200
    line.refresh_from_db()
    assert line.state == "matched"
    assert [finding.invariant.name for finding in verify() if finding.violations] == []


def test_a_provider_names_its_consultants_and_says_who_leaves(ours: Organisation, ada: Client) -> None:
    given = {"kind": "provider", "name": "Ridgeway", "town": "Tidewell", "notify_email": "office@ridgeway.example"}
    ada.post("/office/organisations/add", given)
    firm = Organisation.objects.get(name="Ridgeway")
    again = ada.post("/office/organisations/add", given | {"name": "RIDGEWAY"})
    assert again.status_code == 400 and f"Ridgeway is here already, as {firm.number}." in text_of(again)
    make = f"/office/organisations/{firm.number}/provider"
    assert "Code must be small letters" in text_of(ada.post(make, {"code": "two words"}))
    ada.post(make, {"code": "ridgeway"})
    assert "is a provider already" in text_of(ada.post(make, {"code": "other"}))
    joins(ada, firm, "joana@ridgeway.example", "provider")
    joana = login("joana@ridgeway.example")
    joins(joana, firm, "dana@ridgeway.example", "consultant")
    base = "/provider/ridgeway"
    assert "Add who works for you" in text_of(joana.get(f"{base}/accreditation"))
    dana = User.objects.get(email="dana@ridgeway.example").person
    new = {
        "name": "Dana Whitlock", "joined_on": "1/9/2026", "summary": "Leads reading", "themes": "early reading, phonics",
        "phases": ["primary"], "person": str(dana.pk), "published": "on",
    }  # fmt: skip
    done = joana.post(f"{base}/consultants/add", new, follow=True)
    assert "Dana Whitlock is added." in text_of(done) and "not accredited" in text_of(done).lower()
    twice = joana.post(f"{base}/consultants/add", new)
    assert twice.status_code == 400 and "works for this provider already" in text_of(twice)
    joana.post(f"{base}/consultants/add", new | {"person": ""})
    codes = list(Consultant.objects.order_by("pk").values_list("code", flat=True))
    assert codes == ["dana-whitlock", "dana-whitlock-2"]
    profile = {name: value for name, value in new.items() if name != "joined_on"}
    one = f"{base}/consultants/dana-whitlock"
    assert "Nothing is changed" in text_of(joana.post(one, profile))
    assert "Saved" in text_of(joana.post(one, profile | {"themes": "phonics"}, follow=True))
    assert Consultant.objects.get(code="dana-whitlock").themes == ["phonics"]
    assert login("dana@ridgeway.example").get(f"{base}/calendar").status_code == 200
    found = Consultant.objects.get(code="dana-whitlock")
    booked = TODAY + timedelta(days=20)
    reserve_slot(
        consultant=found, starts_at=at(booked, 9), ends_at=at(booked, 12), source_key="engagement:1", label="Oakfield",
        kind=Slot.Kind.VISIT,
    )  # fmt: skip
    refused = joana.post(f"{one}/end", {"last_day": "20/9/2026"})
    assert refused.status_code == 400 and "is booked on 21 September 2026: Oakfield" in text_of(refused)
    assert "works here until 21 September 2026" in text_of(
        joana.post(f"{one}/end", {"last_day": "21/9/2026"}, follow=True)
    )
    assert "already" in text_of(joana.post(f"{one}/end", {"last_day": "22/9/2026"}))
    assert Requirement.objects.exists()


def test_programs_name_organisations_providers_and_consultants(ours: Organisation, ada: Client) -> None:
    office = program("ada@ours.example")
    made = office.post("/organisations", {"kind": "provider", "name": "Ridgeway", "town": "Tidewell"})
    assert made.status_code == 201
    number = made.json()["number"]
    assert ada.get("/people/add", {"q": "\0", "at": "\0"}).status_code == 200
    assert office.post("/organisations", {"kind": "school", "name": "Elm Park"}).status_code == 400
    assert office.post("/organisations", {"kind": "other", "name": "ridgeway"}).json()["code"] == "name_taken"
    assert office.post("/providers", {"organisation": number, "code": "ridgeway"}).status_code == 201
    who = {"provider": "ridgeway", "name": "Dana Whitlock"}
    assert office.post("/consultants", who | {"signs_in": "nobody@x.example"}).status_code == 400
    named = office.post("/consultants", who | {"themes": ["phonics"]})
    assert named.status_code == 201 and named.json()["code"] == "dana-whitlock"
    assert office.post("/consultants", who | {"joined_on": "9999-12-31"}).status_code == 400
    assert office.post("/consultants/dana-whitlock/end", {"last_day": "9999-12-31"}).status_code == 400
    changed = office.send("PUT", "/consultants/dana-whitlock/profile", {"name": "Dana White", "published": True})
    assert changed.json()["name"] == "Dana White" and changed.json()["themes"] == []
    gone = office.post("/consultants/dana-whitlock/end", {"last_day": "2026-09-30"})
    assert gone.json()["left_on"] == "2026-10-01"
    moved = office.send("PUT", f"/organisations/{number}/identity", {"name": "Ridgeway Learning", "town": "Saltpans"})
    assert moved.json()["name"] == "Ridgeway Learning"


def test_a_new_name_holds_from_today_and_the_one_before_is_kept(ada: Client, museum: Organisation) -> None:
    page = f"/office/organisations/{museum.number}"
    same = {"name": "Quay Museum", "street": "1 Quay", "town": "Tidewell", "postcode": "TW1 1AA"}
    assert "Nothing is changed" in text_of(ada.post(f"{page}/identity", same))
    with time_machine.travel(datetime(2026, 12, 1, 10, 0, tzinfo=LONDON), tick=True):
        done = text_of(
            login("ada@ours.example").post(
                f"{page}/identity", same | {"name": "Sea Museum", "street": "9 Pier"}, follow=True
            )
        )
    assert "Changed from today on." in done and "9 Pier, Tidewell" in done
    assert "Quay Museum, 1 Quay, Tidewell, TW1 1AA: until 30 November 2026" in done
    assert [one.valid_to for one in museum.identities.order_by("valid_from")] == [date(2026, 12, 1), None]


def test_the_office_keeps_a_customers_scheme_of_delegation(ada: Client, museum: Organisation) -> None:
    page = f"/office/organisations/{museum.number}"
    chair = {
        "from_amount": "250", "who": "governor", "email": "chair@museum.example", "title": "the chair of trustees",
        "keeps_days": "10", "valid_from": "1/9/2026",
    }  # fmt: skip
    for given, words in (
        ({"email": ""}, "Enter the governor's e-mail address"),
        ({"title": ""}, "Enter how pages name them"),
        ({"who": "person"}, "Choose which person must approve"),
        ({"who": ""}, "Choose who must approve"),
        ({"valid_from": "31/8/2026"}, "The first day must be today or later"),
        ({"from_amount": ""}, "Enter from which sum on"),
    ):
        refused = ada.post(f"{page}/scheme", chair | given)
        assert refused.status_code == 400 and words in text_of(refused), given
    done = text_of(ada.post(f"{page}/scheme", chair, follow=True))
    assert "£250.00 or more" in done and "The chair of trustees by link to chair@museum.example" in done
    joins(ada, museum, "hana@museum.example", "approver")
    hana = User.objects.get(email="hana@museum.example").person
    ada.post(f"{page}/scheme", chair | {"who": "person", "person": str(hana.pk), "from_amount": "900"})
    assert ApprovalRule.objects.filter(valid_to=None).count() == 2
    ended = text_of(ada.post(f"{page}/scheme/end", {"pence": "25000"}, follow=True))
    assert "Orders of £250.00 or more need no approval of their own any more." in ended
    assert "That step is over." in text_of(ada.post(f"{page}/scheme/end", {"pence": "25000"}, follow=True))
    assert "That step is over." in text_of(ada.post(f"{page}/scheme/end", {"pence": "much"}, follow=True))
    office = program("ada@ours.example")
    path = f"/organisations/{museum.number}/approval-steps"
    assert [one["from_pence"] for one in office.get(path).json()] == [90_000]
    assert office.post(path, {"from_pence": 10_000, "role": "approver"}).status_code == 201
    assert office.post(path, {"from_pence": 10_000, "person": 999_999}).status_code == 400
    assert office.post(f"{path}/end", {"from_pence": 10_000}).json() == {"ended": 1}
