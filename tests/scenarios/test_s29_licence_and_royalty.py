"""Scenario 29. A school writes, others license it for a year, and it earns a share of what they have paid."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from catalogue.models import Offer, Resource
from catalogue.rules.classes import PriceClass
from catalogue.services import add_resource_file, set_up_resource
from invoicing.documents.models import Document
from invoicing.payables.models import Payable
from invoicing.provider_invoices.models import ProviderInvoice
from invoicing.self_billing.billing import self_bill
from invoicing.services import allocate, release_payables, run_billing, set_vat_facts
from marketplace.core.actors import Actor
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Licence, Order
from tests.core import small_files
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.invoicing.books import balances, receive
from tests.invoicing.self_billing.ridgeway import agreed
from tests.shop import LONDON, Shop, person, schools

pytestmark = pytest.mark.django_db
SOLD, RENEWED = date(2026, 9, 1), date(2027, 8, 20)
AWAY = {"LA (code)": "988", "LA (name)": "Westmere", "Town": "Westmere"}


@pytest.fixture
def today() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=False) as clock:
        yield clock


def _cast(tmp_path: Any, actor: Actor, *, near: int, away: int) -> list[Organisation]:
    """The author first, then schools of the area, then those beyond it; all of the same register."""
    rows = [{"EstablishmentName": "Larkfield Infant School"}]
    rows += [{"EstablishmentName": f"Tidewell School {number}"} for number in range(1, near + 1)]
    rows += [{"EstablishmentName": f"Westmere School {number}"} | AWAY for number in range(1, away + 1)]
    named = [row | {"URN": f"9012{place:02}", "EstablishmentNumber": f"3{place:03}"} for place, row in enumerate(rows)]
    return schools(tmp_path, actor, *named)


def _kit(shop: Shop, author: Organisation, actor: Actor, *, price: str, royalty: str) -> Offer:
    """A licence of a year, standard rated, with one file; its author earns a share."""
    offer = shop.offer(
        "phonics-kit", title="Phonics kit", kind=Offer.Kind.RESOURCE, term_months=12, account_code="4300",
        stream_code="PR", cfr_code="E19", aar_code="BAE190", vat_category="",
        prices={PriceClass.ANY: {"flat": price}},
    )  # fmt: skip
    resource = set_up_resource(
        offer=offer, form=Resource.Form.LICENCE, author=author, royalty=Decimal(royalty), actor=actor
    )
    add_resource_file(
        resource=resource, title="Teacher's guide", upload=small_files.PDF, name="guide.pdf", on=SOLD, actor=actor
    )
    return offer


def _pay(invoices: Sequence[Document], on: date, actor: Actor) -> None:
    for invoice in invoices:
        source = receive(invoice.customer, invoice.gross_pence, key=f"paid:{invoice.number}", on=on)
        allocate(source=source, to=invoice.items.get(), pence=invoice.gross_pence, on=on, actor=actor)


def _royalties(author: Organisation) -> tuple[int, int]:
    """Owed and waiting, from the rows."""
    rows = Payable.objects.filter(provider=author)
    return sum(row.owed_pence for row in rows), sum(row.waiting_pence for row in rows)


def _bill(on: date, actor: Actor) -> list[Document]:
    report = run_billing(on=on, actor=actor)
    return list(Document.objects.filter(number__in=report.numbers).order_by("number"))


def test_thirty_schools_license_it_and_the_author_earns_as_they_pay(
    today, shop: Shop, actor: Actor, tmp_path: Any, order: Callable[..., Order]
) -> None:
    """30 × £240.00 = £7,200.00, 4 of them beyond the area; 30% of what is paid = £2,160.00."""
    author, *buyers = _cast(tmp_path, actor, near=26, away=4)
    offer = _kit(shop, author, actor, price="240", royalty="0.30")
    first = person(buyers[0], actor, name="Sam Buyer")
    browser, base = signed_in(first), f"/school/{buyers[0].school.urn}"
    browser.post(f"{base}/find/phonics-kit", {"quantity": "1"})
    seen = browser.get(f"{base}/basket")
    assert "£288.00" in text_of(seen) and "VAT" in text_of(seen)
    for number, school in enumerate(buyers[1:], start=1):
        buyer = person(school, actor, name=f"Buyer {number}")
        order(buyer, school, [{"offer": offer}], on=SOLD)
    placed = browser.post(f"{base}/basket", {**hidden_fields(seen), "purchase_order": ""}, follow=True)
    assert placed.status_code == 200 and Licence.objects.count() == 30

    invoices = _bill(SOLD, actor)
    assert [invoice.net_pence for invoice in invoices] == [24_000] * 30
    assert sum(invoice.net_pence for invoice in invoices) == 720_000
    assert {(invoice.vat_pence, invoice.gross_pence) for invoice in invoices} == {(4_800, 28_800)}
    release_payables(on=SOLD, actor=actor)
    assert _royalties(author) == (0, 216_000) and "2400" not in balances()

    _pay(invoices[:10], date(2026, 10, 1), actor)
    release_payables(on=date(2026, 10, 1), actor=actor)
    assert _royalties(author) == (72_000, 144_000)
    statement = signed_in(person(author, actor, name="Lara Author")).get(f"/school/{author.school.urn}/royalties")
    assert "£720.00 is owed to Larkfield Infant School; £1,440.00 waits" in text_of(statement)
    assert "Tidewell School 1" not in text_of(statement), "the author is not told who bought"

    _pay(invoices[10:], date(2026, 11, 2), actor)
    release_payables(on=date(2026, 11, 2), actor=actor)
    release_payables(on=date(2026, 11, 3), actor=actor)
    assert _royalties(author) == (216_000, 0)
    assert (balances()["2400"], balances()["6100"]) == (-216_000, 216_000)
    _put_on_paper(author, actor)
    _use_and_renew(today, first, base, buyers[0], actor)
    call_command("verify_ledger")


def _put_on_paper(author: Organisation, actor: Actor) -> None:
    """The author's royalties are invoiced in its name, with the VAT number of its council; once."""
    council = author.school.authority.organisation
    set_vat_facts(
        organisation=council, valid_from=date(2020, 1, 1), registered=True, vat_number="GB 987 6543 21",
        eligible_body=True, private_school=False, abroad=False, evidence="HMRC register", actor=actor,
    )  # fmt: skip
    agreed(author, begins=date(2026, 11, 1))
    report = self_bill(on=date(2026, 11, 3), actor=actor)
    invoice = ProviderInvoice.objects.get(number=report.invoices[0])
    assert (invoice.net_pence, invoice.lines.count(), len(report.invoices)) == (216_000, 30, 1)
    assert invoice.document is not None and invoice.document.seller["vat_number"] == "GB 987 6543 21"
    assert -balances()["2400"] == invoice.gross_pence == invoice.outstanding_pence
    assert self_bill(on=date(2026, 11, 3), actor=actor).invoices == []


def _use_and_renew(clock: Any, buyer: Actor, base: str, school: Organisation, actor: Actor) -> None:
    """The file opens for the school alone and while the licence runs; the next year follows without a gap."""
    browser = signed_in(buyer)
    page = browser.get(f"{base}/resources")
    assert "September 2026 to August 2027" in text_of(page) and "Renew" not in text_of(page)
    [address] = {
        part.split('"')[0] for part in page.content.decode().split('href="')[1:] if "/resources/files/" in part
    }
    got = browser.get(address)
    assert got.content == small_files.PDF and got["Content-Disposition"].startswith("attachment")
    assert Event.objects.filter(kind="resource.downloaded", organisation_ids=[school.pk]).count() == 1

    clock.move_to(datetime(2027, 8, 20, 10, 0, tzinfo=LONDON))
    browser = signed_in(buyer)
    licence = Licence.objects.get(organisation=school)
    browser.post(f"{base}/resources/{licence.pk}/renew", follow=True)
    browser.post(f"{base}/basket", {**hidden_fields(browser.get(f"{base}/basket")), "purchase_order": ""}, follow=True)
    dates = Licence.objects.filter(organisation=school).order_by("starts").values_list("starts", "ends")
    assert list(dates) == [(SOLD, date(2027, 9, 1)), (date(2027, 9, 1), date(2028, 9, 1))]
    clock.move_to(datetime(2028, 8, 31, 10, 0, tzinfo=LONDON))
    browser = signed_in(buyer)
    assert browser.get(address).status_code == 200
    clock.move_to(datetime(2028, 9, 1, 10, 0, tzinfo=LONDON))
    browser = signed_in(buyer)
    assert browser.get(address).status_code == 404, "on the day after the last, nothing opens"
    assert len(_bill(date(2027, 9, 1), actor)) == 1


def test_three_schools_at_another_price_with_half_pennies_and_the_author_itself(
    shop: Shop, actor: Actor, tmp_path: Any, order: Callable[..., Order]
) -> None:
    """Three licences at £99.90, 12.5% each: £12.4875 is £12.49, so £37.47; the author's own licence earns it nothing."""
    author, *buyers = _cast(tmp_path, actor, near=2, away=1)
    offer = _kit(shop, author, actor, price="99.90", royalty="0.125")
    for number, school in enumerate([*buyers, author]):
        buyer = person(school, actor, name=f"Buyer {number}")
        order(buyer, school, [{"offer": offer}], on=SOLD)
    invoices = _bill(SOLD, actor)
    assert sum(invoice.net_pence for invoice in invoices) == 4 * 9_990
    assert _royalties(author) == (0, 3_747)
    _pay([one for one in invoices if one.customer_id == buyers[2].pk], RENEWED, actor)
    release_payables(on=RENEWED, actor=actor)
    assert _royalties(author) == (1_249, 2_498)
    _pay([one for one in invoices if one.customer_id != buyers[2].pk], RENEWED, actor)
    report = release_payables(on=RENEWED, actor=actor)
    assert (report.count, report.pence, _royalties(author)) == (2, 2_498, (3_747, 0))
    assert Licence.objects.filter(organisation=author).count() == 1
    call_command("verify_ledger")
