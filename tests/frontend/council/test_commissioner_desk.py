"""The commissioner's desk and the partnership's pages of a council contract: what they show, what they do, who sees them."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invoicing.documents.models import Document
from invoicing.models import InvoiceQuery
from invoicing.services import allocate, run_billing
from marketplace.core.actors import Actor, Role
from subscriptions.commissions.models import CouncilContract, InvoiceApproval, QuarterReturn
from subscriptions.commissions.services.drawing import draw
from subscriptions.commissions.services.packaging import list_schools
from subscriptions.commissions.services.returning import send_return
from subscriptions.outcomes.services.contracting import offer_contract
from subscriptions.outcomes.services.stating import freeze_statement
from tests.frontend.school.visits import signed_in, text_of
from tests.invoicing.books import receive
from tests.invoicing.journals.beyond_sales import finance_person
from tests.shop import LONDON, Shop, person
from tests.subscriptions.commissions.councils import agreed, area, cast_of, drafted, filled, package

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 27)


@pytest.fixture(autouse=True)
def today() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 9, 27, 10, tzinfo=LONDON), tick=True) as clock:
        yield clock


class Both:
    """Two councils with a contract each; the first pays for three schools and one that causes concern."""

    def __init__(self, council: Any, actor: Actor, folder: Any) -> None:
        first, self.schools = area(folder, actor)
        self.cast, self.other = cast_of(first, actor), cast_of(council, actor, commissioner="Colin Council")
        self.own, self.foreign = agreed(self.cast), agreed(self.other, title="Nobody else's business")
        self.package = package(self.cast, self.own, self.schools[:3], allocation=Decimal(100))
        self.secret = package(
            self.cast, self.own, self.schools[6:], code="concern", title="Extra help", confidential=True,
            allocation=Decimal(20),
        )  # fmt: skip
        self.theirs = package(self.other, self.foreign, self.schools[3:6])
        for at, (one, school, units) in enumerate(
            [(self.package, self.schools[0], 27), (self.secret, self.schools[6], 1), (self.theirs, self.schools[3], 2)]
        ):
            draw(
                package=one, school=school, units=Decimal(units), source_key=f"line:{at}", label="Days",
                on=date(2026, 5, 4),
            )  # fmt: skip
        priya = finance_person(self.cast_partnership(), "Priya Shah", Role.FINANCE_OFFICER, actor)
        for one, cast in ((self.own, self.cast), (self.foreign, self.other)):
            report = filled(one.returns.get(ordinal=1), cast)
            send_return(report=report, on=date(2026, 7, 9), actor=cast.olga)
            freeze_statement(statement=one.contract.statements.get(ordinal=1), on=date(2026, 7, 4), actor=priya)
        run_billing(on=date(2026, 7, 4), actor=priya)

    @staticmethod
    def cast_partnership() -> Any:
        from marketplace.organisations.queries import partnership

        return partnership()

    def addresses(self, council: CouncilContract) -> list[str]:
        """Every page of the desk that is about one contract, its return or its invoice."""
        number = council.contract.number
        invoice = Document.objects.get(customer=council.contract.party).number
        return [
            reverse("council-contract", args=[number]),
            reverse("council-return", args=[number, 1]),
            reverse("council-report", args=[number, 1]),
            reverse("council-report-pdf", args=[number, 1]),
            reverse("council-invoice", args=[invoice]),
        ]


LISTS = ["council-contracts", "council-schools", "council-outcomes", "council-invoices", "council-reports"]


@pytest.fixture
def both(partnership, council, actor, tmp_path) -> Both:
    return Both(council, actor, tmp_path)


def test_a_commissioner_sees_no_school_that_the_contract_does_not_fund_and_nothing_of_another(both):
    """Enumerated: every page of the desk, for both commissioners, and every sentence that would give the other away."""
    names = {"own": [one.name for one in both.schools[:3]], "theirs": [one.name for one in both.schools[3:6]]}
    sides = [
        (both.cast, both.own, both.foreign, names["own"], names["theirs"]),
        (both.other, both.foreign, both.own, names["theirs"], names["own"]),
    ]
    for cast, own, foreign, seen, hidden in sides:
        client = signed_in(cast.carla)
        pages = [client.get(path) for path in both.addresses(own)] + [client.get(reverse(name)) for name in LISTS]
        assert [page.status_code for page in pages] == [200] * len(pages)
        everything = " ".join(text_of(page) for page in pages if page["Content-Type"].startswith("text/html"))
        everything += client.get(reverse("council-schools"), {"format": "csv"}).content.decode()
        assert own.contract.number in everything and foreign.contract.number not in everything
        assert foreign.contract.title not in everything
        assert all(name in everything for name in seen)
        assert not any(name in everything for name in hidden)
        assert [client.get(path).status_code for path in both.addresses(foreign)] == [404] * 5
        assert [client.post(path, {"do": "accept"}).status_code for path in both.addresses(foreign)[:2]] == [404] * 2


def test_the_file_of_schools_names_each_by_its_urn(both):
    written = signed_in(both.cast.carla).get(reverse("council-schools"), {"format": "csv"}).content.decode()
    first = both.schools[0].school
    assert f"{first.organisation.name},{first.urn}," in written
    assert first.organisation.number not in written


def test_nobody_else_is_told_that_the_desk_exists(both, partnership, actor):
    school = person(both.schools[0], actor, name="Sam Buyer")
    auditor = person(partnership, actor, name="Aud Auditor", role=Role.AUDITOR)
    for who in (school, auditor):
        client = signed_in(who)
        assert [client.get(reverse(name)).status_code for name in LISTS] == [404] * 5
    assert Client().get(reverse("council-contracts")).status_code == 302
    client = signed_in(school)
    assert [client.get(path).status_code for path in both.addresses(both.own)] == [404] * 5


def test_that_a_school_causes_concern_stays_with_commissioner_and_organisers(both, partnership, actor):
    name = both.schools[6].name
    assert name in text_of(signed_in(both.cast.carla).get(reverse("council-schools")))
    own = reverse("organise-council-package", args=[both.own.contract.number, "concern"])
    assert name in text_of(signed_in(both.cast.olga).get(own))
    auditor = person(partnership, actor, name="Aud Auditor", role=Role.AUDITOR)
    for path in (reverse("council-report", args=[both.own.contract.number, 1]),):
        for who in (both.cast.carla, auditor):
            page = text_of(signed_in(who).get(path))
            assert name not in page and "Extra help" not in page and "oncern" not in page
    head = person(both.schools[0], actor, name="Hana Head", role=Role.APPROVER)
    found = text_of(signed_in(head).get("/find", {"q": name}))
    assert "Extra help" not in found
    assert signed_in(head).get(own).status_code == 404


def test_a_contract_is_read_in_three_figures_with_its_forecast(both):
    page = text_of(signed_in(both.cast.carla).get(reverse("council-contract", args=[both.own.contract.number])))
    assert "£23,750.00 charged of £100,000.00" in _turned(page)
    assert "2 of 4" in page and "1 of 1" in page
    assert "will be unspent; these two schools are eligible" in page
    assert "£5,000.00 hangs on it" in page and "90% (18 of 20, 2 exceptions)" in page


def _turned(page: str) -> str:
    """A headline figure stands behind its label; here before it."""
    return page.replace("charged of £100,000.00 £23,750.00", "£23,750.00 charged of £100,000.00")


def test_an_invoice_is_approved_with_a_purchase_order_or_queried(both):
    client = signed_in(both.cast.carla)
    invoice = Document.objects.get(customer=both.cast.council)
    path = reverse("council-invoice", args=[invoice.number])
    refused = client.post(path, {"do": "approve", "purchase_order": ""})
    assert refused.status_code == 400 and "Enter the purchase order" in text_of(refused)
    assert text_of(refused).count("Enter the purchase order") == 2, "once above, once beside the field"
    assert "Left to pay £28,500.00" in text_of(refused)
    assert "Put it on later invoices of this contract, too" in text_of(refused)
    assert client.post(path, {"do": "query", "text": "Which days are these?"}).status_code == 302
    again = client.post(path, {"do": "approve", "purchase_order": "PO 1"})
    assert again.status_code == 400 and "is in query" in text_of(again)
    assert (InvoiceApproval.objects.count(), InvoiceQuery.objects.get().document) == (0, invoice)
    assert "In query" in text_of(client.get(reverse("council-invoices")))
    other = signed_in(both.other.carla)
    theirs = Document.objects.get(customer=both.other.council)
    path = reverse("council-invoice", args=[theirs.number])
    fields = {"do": "approve", "purchase_order": "PO 7", "keep": "on"}
    assert other.post(path, fields).status_code == 302
    assert "Approved" in text_of(other.get(path))
    assert InvoiceApproval.objects.get().document == theirs
    both.foreign.contract.refresh_from_db()
    assert both.foreign.contract.purchase_order == "PO 7"
    assert other.post(path, fields).status_code == 400


def test_an_invoice_that_was_paid_waits_for_no_approval(both, actor):
    client = signed_in(both.cast.carla)
    invoice = Document.objects.get(customer=both.cast.council)
    listed, path = reverse("council-invoices"), reverse("council-invoice", args=[invoice.number])
    assert "To approve" in text_of(client.get(listed)) and "Approve invoice" in text_of(client.get(path))
    given = receive(both.cast.council, 2_850_000, key="paid", on=date(2026, 9, 26))
    allocate(source=given, to=invoice.items.get(), pence=2_850_000, on=date(2026, 9, 26), actor=actor)
    page = text_of(client.get(listed))
    assert "Settled" in page and "To approve" not in page
    page = text_of(client.get(path))
    assert "Approve invoice" not in page and "Query this invoice" in page


def test_a_return_is_asked_about_mended_and_accepted_on_both_sides_pages(both):
    number = both.own.contract.number
    theirs, ours = reverse("council-return", args=[number, 1]), reverse("organise-council-return", args=[number, 1])
    carla, olga = signed_in(both.cast.carla), signed_in(both.cast.olga)
    assert carla.post(theirs, {"do": "query", "query": ""}).status_code == 400
    assert carla.post(theirs, {"do": "query", "query": "Which cases were excepted?"}).status_code == 302
    page = text_of(olga.get(ours))
    assert "Which cases were excepted?" in page
    assert "Answer the question about the return of April 2026 to June 2026" in text_of(olga.get("/"))
    indicator = both.own.indicators.get().pk
    fields = {f"part_{indicator}": "17", f"whole_{indicator}": "20", f"excepted_{indicator}": "2", f"source_{indicator}": "Case system", "narrative": "Two began."}  # fmt: skip
    wrong = olga.post(ours, {**fields, f"part_{indicator}": "21", "do": "send"})
    assert wrong.status_code == 400 and "more than all of them" in text_of(wrong)
    assert olga.post(ours, {**fields, "do": "send"}).status_code == 302
    assert "Answer the question about" not in text_of(olga.get("/"))
    assert "Schools reached in the quarter" in text_of(carla.get(theirs))
    assert carla.post(theirs, {"do": "accept"}).status_code == 302
    found = QuarterReturn.objects.get(council=both.own, ordinal=1)
    assert (found.state, found.readings.get().value) == ("accepted", Decimal(85))
    assert carla.post(theirs, {"do": "accept"}).status_code == 400
    assert carla.get(reverse("council-report-pdf", args=[number, 1])).content[:4] == b"%PDF"


def test_an_offered_contract_is_agreed_or_declined_by_the_commissioner(both):
    made = drafted(both.cast, title="Another year")
    path = reverse("council-contract", args=[made.contract.number])
    carla = signed_in(both.cast.carla)
    assert carla.get(path).status_code == 404
    offer_contract(contract=made.contract, on=TODAY, actor=both.cast.fatima)
    assert carla.post(path, {"do": "decline", "reason": ""}).status_code == 400
    assert "Agree the contract, £100,000.00" in text_of(carla.get(path))
    assert carla.post(path, {"do": "agree"}).status_code == 302
    made.contract.refresh_from_db()
    assert made.contract.state == "active"
    assert carla.post(path, {"do": "agree"}).status_code == 400


def test_what_waits_for_a_commissioner_stands_on_home(both):
    page = text_of(signed_in(both.cast.carla).get("/"))
    assert "Approve invoice INV-" in page and "Accept the return of April 2026 to June 2026" in page
    assert "will be unspent" in page
    assert "Nobody else's business" not in page


def test_an_organiser_draws_up_a_contract_its_package_its_list_and_its_offers_on_pages(both, actor):
    olga = signed_in(both.cast.olga)
    fields = {
        "party": both.cast.council.name, "kind": "council", "title": "Speech and language", "start": "1/4/27",
        "statutory_basis": "Children and Families Act 2014", "years": "60,000\n60,000", "notice_days": "90", "vat": "S",
        "at_risk": "5", "indicator": "Children seen in time", "indicator_kind": "percentage", "target": "90",
        "block_council": "50", "block_high_needs": "50",
    }  # fmt: skip
    new = reverse("organise-council-contract-new")
    negative = text_of(olga.post(new, {**fields, "target": "-5"}))
    assert "Target must be 0 or more" in negative and "Enter the target" not in negative
    refused = olga.post(new, {**fields, "block_high_needs": "40"})
    assert refused.status_code == 400 and "must add up to 100" in text_of(refused)
    assert olga.post(new, fields).status_code == 302
    made = CouncilContract.objects.latest("pk")
    number = made.contract.number
    assert (made.contract.value_pence, made.lines.count(), made.returns.count()) == (120_000_00, 4, 8)
    assert {one.unit for one in made.contract.measures.all()} == {"%"}
    assert "90%" in text_of(olga.get(reverse("organise-outcome-contract", args=[number])))
    pack = {
        "title": "Visits", "code": "visits", "unit": "visit", "price": "300", "allocation": "40", "block": "council",
        "first": "1/4/27", "last": "31/3/28", "by": "list",
    }  # fmt: skip
    assert olga.post(reverse("organise-council-package-new", args=[number]), pack).status_code == 302
    page = reverse("organise-council-package", args=[number, "visits"])
    listed = {"do": "list", "schools": f"{both.schools[0].name}\n{both.schools[1].school.urn}"}
    assert olga.post(page, listed).status_code == 302
    wrong = olga.post(page, {"do": "list", "schools": "Nowhere School"})
    assert wrong.status_code == 400
    course = Shop(actor).course()
    assert olga.post(page, {"do": "offers", "offers": f"{course.code}: 50"}).status_code == 302
    assert made.packages.get().offers.get().share == Decimal("0.5")
    one = reverse("organise-council-contract", args=[number])
    assert "Handover at the end" not in text_of(olga.get(one)), "it is not agreed yet"
    assert olga.post(one, {"do": "offer"}).status_code == 302
    early = olga.post(one, {"do": "handover"})
    assert early.status_code == 400 and "so there is nothing to hand over" in text_of(early)
    agreed = signed_in(both.cast.carla).post(reverse("council-contract", args=[number]), {"do": "agree"})
    assert agreed.status_code == 302
    for do in ("handover", "done:1", "undo:1"):
        assert olga.post(one, {"do": do}).status_code == 302, do
    assert olga.post(one, {"do": "step", "text": "", "due_on": ""}).status_code == 400
    indicator = {"name": "Families helped", "code": "families", "kind": "number", "target": "80", "due_on": "31/3/29"}
    assert olga.post(reverse("organise-council-indicator-new", args=[number]), indicator).status_code == 302
    assert made.indicators.count() == 2
    assert "Speech and language" in text_of(olga.get(reverse("organise-council-contracts")))


def test_lists_take_as_many_queries_for_two_contracts_as_their_number_asks(both, django_assert_max_num_queries):
    list_schools(package=both.package, schools=both.schools[:3], on=TODAY, actor=both.cast.olga)
    client = signed_in(both.cast.carla)
    for name in ("council-invoices", "council-reports", "council-schools"):
        with django_assert_max_num_queries(30):
            assert client.get(reverse(name)).status_code == 200
