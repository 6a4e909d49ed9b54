"""The pages of the contract register: what stands there, entering and changing, documents, notice, and who sees nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation, TrustMembership
from subscriptions.models import ContractDocument, OutsideContract, QuoteRule
from tests.core.small_files import PDF
from tests.frontend.school.conftest import TrustCast
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person
from tests.subscriptions.agreements.terms import SCHOOL_YEAR, agreed, line
from tests.subscriptions.register.held import held

pytestmark = pytest.mark.django_db
FORM = {
    "title": "Cleaning", "supplier": "Sparkle Ltd", "cfr_code": "E14", "year": "14,200.00", "vat_category": "S",
    "vat_percent": "20", "first_day": "1", "first_month": "4", "first_year": "2026", "last_day": "31", "last_month": "3",
    "last_year": "2027", "renewal": "automatic", "notice_weeks": "12", "owner": "", "related": "none",
    "related_role": "", "quotes": "", "notes": "",
}  # fmt: skip


@pytest.fixture
def one(school: Organisation, sam: Actor) -> OutsideContract:
    return held(school, sam)


def test_without_any_the_page_says_what_would_stand_here(as_sam: Client, base: str) -> None:
    page = text_of(as_sam.get(f"{base}/contracts"))
    assert "No contracts yet" in page and "Enter a contract" in page


def test_ours_and_others_stand_with_their_totals(
    as_sam: Client, base: str, one: OutsideContract, school: Organisation, actor: Actor
) -> None:
    agreed(school, line(1_200_00, SCHOOL_YEAR), actor=actor, term=SCHOOL_YEAR)
    page = text_of(as_sam.get(f"{base}/contracts"))
    assert "2 contracts stand: £15,400.00 a year before VAT, £18,480.00 over their whole terms with VAT." in page
    assert "Sparkle Ltd, E14" in page and "notice by 7 Jan 2027" in page and "31 Mar 2027" in page
    csv = as_sam.get(f"{base}/contracts?format=csv").content.decode()
    assert (
        ",others,Oakfield Primary School,Sparkle Ltd,Cleaning,E14,14200.00,14200.00,2840.00,17040.00,2026-04-01,2027-03-31,2027-01-07,"
        in csv
    )
    assert csv.count("\n") == 3 and ",us,Oakfield" in csv


def test_filters_narrow_and_say_when_none_is_left(as_sam: Client, base: str, one: OutsideContract) -> None:
    assert "Cleaning" in text_of(as_sam.get(f"{base}/contracts?ends=12&category=E14&notice=180"))
    page = text_of(as_sam.get(f"{base}/contracts?notice=30"))
    assert "None of 1 contract matches these filters" in page and "Notice by: Within 30 days" in page


def test_a_contract_is_entered_and_opens(as_sam: Client, base: str) -> None:
    assert "Enter a contract with another supplier" in text_of(as_sam.get(f"{base}/contracts/new"))
    page = text_of(as_sam.post(f"{base}/contracts/new", FORM, follow=True))
    one = OutsideContract.objects.get()
    assert one.year_pence == 14_200_00 and f"Cleaning is in the register as {one.number}" in page
    assert "£17,040.00: £14,200.00 and £2,840.00 VAT" in page and "By 7 January 2027, 12 weeks before it ends" in page
    assert "lies in the band £10,000 to £40,000: three quotes in writing. 3 quotes still to be recorded." in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"supplier": ""}, "Enter the supplier"),
        ({"cfr_code": ""}, "Choose the category under which the school books it"),
        ({"year": "lots"}, "must be pounds and pence"),
        ({"vat_percent": "twenty"}, "VAT rate must be a number of per cent, like 20"),
        ({"vat_percent": "NaN"}, "VAT rate must be a number of per cent, like 20"),
        ({"vat_percent": ""}, "Enter the VAT rate, such as 20"),
        ({"vat_category": "E"}, "Leave the VAT rate empty"),
        ({"last_year": "2025"}, "Last day must be on or after 1 April 2026"),
        ({"notice_weeks": "x"}, "Weeks of notice must be a whole number"),
        ({"related": "interest"}, "Enter who is related by their role"),
        ({"last_year": "2099"}, "at most 30 years"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(
    as_sam: Client, base: str, wrong: dict[str, str], said: str
) -> None:
    answer = as_sam.post(f"{base}/contracts/new", FORM | wrong)
    assert answer.status_code == 400 and said in text_of(answer)
    assert "year" in wrong or 'value="14,200.00"' in answer.content.decode()
    assert not OutsideContract.objects.exists()


def test_a_contract_is_changed_and_ended(as_sam: Client, base: str, one: OutsideContract) -> None:
    at = f"{base}/contracts/{one.number}"
    assert 'value="14200.00"' in as_sam.get(f"{at}/change").content.decode()
    assert "The contract is saved" in text_of(
        as_sam.post(f"{at}/change", FORM | {"supplier": "Bright Ltd"}, follow=True)
    )
    one.refresh_from_db()
    assert one.supplier == "Bright Ltd"
    late = as_sam.post(f"{at}/end", {"last_day": "1", "last_month": "6", "last_year": "2028"})
    assert late.status_code == 400 and "must be between 1 April 2026 and 1 April 2027" in text_of(late)
    page = text_of(as_sam.post(f"{at}/end", {"last_day": "31", "last_month": "8", "last_year": "2026"}, follow=True))
    assert "it does not run from 1 September 2026 on" in page and "Change what is entered" not in page
    assert as_sam.get(f"{at}/change").status_code == 404 and as_sam.get(f"{at}/end").status_code == 404
    refused = text_of(as_sam.post(f"{at}/notice", {"decision": "keep"}, follow=True))
    assert "has not run since 1 September 2026" in refused


def test_what_is_decided_is_noted_and_taken_back(as_sam: Client, base: str, one: OutsideContract) -> None:
    at = f"{base}/contracts/{one.number}"
    page = text_of(as_sam.post(f"{at}/notice", {"decision": "notice"}, follow=True))
    assert "It is noted that notice was given" in page and "Take the note back" in page
    assert "The note is taken back" in text_of(as_sam.post(f"{at}/notice", {"decision": ""}, follow=True))
    assert "Choose whether" in text_of(as_sam.post(f"{at}/notice", {"decision": "burn"}, follow=True))


def upload(client: Client, at: str, *, name: str = "terms.pdf", content: bytes = PDF, **more: str) -> Any:
    given = {"kind": "contract", "title": "Terms", "file": SimpleUploadedFile(name, content)} | more
    return client.post(f"{at}/documents", given, follow=True)


def test_documents_are_kept_in_versions_saved_not_shown_and_taken_off(
    as_sam: Client, base: str, one: OutsideContract
) -> None:
    at = f"{base}/contracts/{one.number}"
    assert "Terms is added" in text_of(upload(as_sam, at))
    assert "Earlier documents" in text_of(upload(as_sam, at))
    old, new = ContractDocument.objects.order_by("version")
    for document in (old, new):
        got = as_sam.get(f"{at}/documents/{document.pk}")
        assert (
            got.content == PDF
            and got["Content-Disposition"].startswith("attachment")
            and "sandbox" in got["Content-Security-Policy"]
        )
    assert "is taken off and its file deleted" in text_of(as_sam.post(f"{at}/documents/{new.pk}/off", follow=True))
    assert as_sam.get(f"{at}/documents/{new.pk}").status_code == 404
    wrong = upload(as_sam, at, content=b"MZ\x90\x00\x03\x00")
    assert wrong.status_code == 400 and "is not taken" in text_of(wrong)
    assert as_sam.post(f"{at}/documents", {"kind": "contract", "title": "T"}).status_code == 400


def test_outsiders_and_the_partnership_are_told_nothing(
    as_outsider: Client, base: str, one: OutsideContract, sam: Actor, oakfield: Organisation,
    partnership: Organisation, actor: Actor, trust_cast: TrustCast,
) -> None:  # fmt: skip
    upload(signed_in(sam), f"{base}/contracts/{one.number}")
    pk = ContractDocument.objects.get().pk
    organiser = signed_in(person(partnership, actor, name="Ona Organiser", role=Role.ORGANISER))
    finance = signed_in(person(partnership, actor, name="Fin Officer", role=Role.FINANCE_OFFICER))
    own = f"/customer/{oakfield.number}"
    for client, where in (
        (as_outsider, base),
        (as_outsider, own),
        (organiser, base),
        (finance, base),
        (trust_cast.client, trust_cast.base),
    ):
        for page in ("", "/change", "/end", "/documents", f"/documents/{pk}"):
            assert client.get(f"{where}/contracts/{one.number}{page}").status_code == 404
        assert client.post(f"{where}/contracts/{one.number}/notice", {"decision": "keep"}).status_code == 404
        assert client.post(f"{where}/contracts/{one.number}/documents/{pk}/off").status_code == 404
    for client in (as_outsider, organiser, finance):
        assert client.get(f"{base}/contracts").status_code == 404
        assert client.get(f"/files/{ContractDocument.objects.get().stored_id}").status_code == 404
    assert Client().get(f"{base}/contracts").status_code == 302


def test_a_trust_sees_its_schools_until_one_leaves(trust_cast: TrustCast, actor: Actor) -> None:
    harbour, lighthouse = trust_cast.academies
    by_trust = trust_cast.client.post(
        f"{trust_cast.base}/contracts/new", FORM | {"organisation": str(harbour.pk)}, follow=True
    )
    assert "School Harbour Academy" in text_of(by_trust)
    other = held(lighthouse, person(lighthouse, actor, name="Lia Light"), year_pence=10_000_00)
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/contracts"))
    assert "2 contracts stand" in page and "Harbour Academy" in page and "Lighthouse Academy" in page
    same = text_of(trust_cast.client.get(f"{trust_cast.base}/contracts/same-service"))
    assert "1 service at several schools" in same and "the lowest price for all would save" in same
    assert (
        "Lighthouse Academy,Sparkle Ltd,10000.00,"
        in trust_cast.client.get(f"{trust_cast.base}/contracts/same-service?format=csv").content.decode()
    )
    TrustMembership.objects.filter(school_id=lighthouse.pk).update(valid_to="2026-09-01")
    assert "1 contract stands" in text_of(trust_cast.client.get(f"{trust_cast.base}/contracts"))
    assert trust_cast.client.get(f"{trust_cast.base}/contracts/{other.number}").status_code == 404
    assert "No service is held by two" in text_of(trust_cast.client.get(f"{trust_cast.base}/contracts/same-service"))


def test_only_a_trust_compares(as_sam: Client, base: str) -> None:
    assert as_sam.get(f"{base}/contracts/same-service").status_code == 404


def test_a_declaration_that_is_missing_stands_on_the_page(trust_cast: TrustCast, actor: Actor) -> None:
    held(trust_cast.academies[0], person(trust_cast.academies[0], actor), related="interest", related_role="Trustee")
    page = text_of(trust_cast.client.get(f"{trust_cast.base}/contracts"))
    assert "Declarations missing" in page and "Cleaning, Sparkle Ltd, Harbour Academy: £14,200.00 a year" in page


def test_an_own_rule_for_quotes_is_set(as_sam: Client, base: str, one: OutsideContract) -> None:
    assert "£10,000 to £40,000" in text_of(as_sam.get(f"{base}/contracts/quotes"))
    given = {
        "from1": "20,000", "quotes1": "2", "from2": "", "quotes2": "", "from3": "", "quotes3": "",
        "source": "Financial regulations, section 7", "valid_from_day": "1", "valid_from_month": "9", "valid_from_year": "2026",
    }  # fmt: skip
    wrong = as_sam.post(f"{base}/contracts/quotes", given | {"from2": "100", "quotes2": "3"})
    assert wrong.status_code == 400 and "Sum 2 must be more than £20,000.00" in text_of(wrong)
    as_sam.post(f"{base}/contracts/quotes", given)
    assert [band["from_pence"] for band in QuoteRule.objects.get().bands] == [0, 20_000_00]
    assert "lies in the band Under £20,000" in text_of(as_sam.get(f"{base}/contracts/{one.number}"))
    again = as_sam.post(f"{base}/contracts/quotes", given)
    assert again.status_code == 400 and "Choose a later day" in text_of(again)


def test_home_and_ones_own_calendar_say_what_waits(
    as_sam: Client, one: OutsideContract, today: Any, sam: Actor
) -> None:
    assert "Notice by" not in text_of(as_sam.get("/"))
    today.move_to("2026-12-01T10:00:00+00:00")
    client = signed_in(sam)
    home = text_of(client.get("/"))
    assert (
        "Notice by 7 January 2027: Cleaning, £14,200.00 a year" in home
        and "Without notice it goes on by itself." in home
    )
    address = client.post("/me/calendar-address", {"do": "renew"}, follow=True).content.decode()
    token = address.split("/me/calendar/")[1].split(".ics")[0]
    feed = Client().get(f"/me/calendar/{token}.ics").content.decode()
    assert (
        "SUMMARY:Last day for notice: Cleaning" in feed
        and "DTSTART:20270107T090000Z" in feed
        and "14" not in feed.split("DESCRIPTION")[1].split("URL")[0]
    )
