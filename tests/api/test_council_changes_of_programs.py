"""Council contracts changed by programs: lines, packages, returns, invoices, each by whoever does it on the page."""

from decimal import Decimal

import pytest

from invoicing.documents.models import Document
from marketplace.core.actors import Role
from subscriptions.commissions.models import InvoiceApproval, QuarterReturn
from tests.api.calling import Program
from tests.frontend.council.test_commissioner_desk import Both, today  # noqa: F401
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(partnership, council, actor, tmp_path) -> Both:
    return Both(council, actor, tmp_path)


@pytest.fixture
def here(both) -> str:
    return f"/council-contracts/{both.own.contract.number}"


def line(block: str, pence: int) -> dict[str, object]:
    return {"year_from": "2026-04-01", "block": block, "pence": pence}


def test_lines_are_previewed_and_changed_by_the_councils_program_alone(both, here):
    given = {"lines": [line("council", 60_000_00), line("high_needs", 40_000_00)]}
    carla = Program(both.cast.carla)
    assert Program(both.cast.olga).post(f"{here}/lines", given).status_code == 403
    assert Program(both.other.carla).post(f"{here}/lines", given).status_code == 404
    shown = carla.post(f"{here}/lines", given | {"preview": True}).json()
    assert (shown["done"], both.own.lines.count()) == (False, 1)
    assert carla.post(f"{here}/lines", given).json() == shown | {"done": True}
    assert both.own.lines.count() == 2
    assert carla.post(f"{here}/lines", {"lines": [line("council", 1)]}).status_code == 400
    day = {"lines": [line("council", 100_000_00) | {"year_from": "2026-05-01"}]}
    assert carla.post(f"{here}/lines", day).status_code == 400


def test_a_package_is_added_listed_funded_and_changed(both, here, actor):
    olga, carla = Program(both.cast.olga), Program(both.cast.carla)
    package = {
        "code": "visits", "title": "Visits", "unit": "visit", "block": "council", "price_pence": 300_00,
        "allocation": "10", "valid_from": "2026-04-01", "valid_to": "2027-04-01",
    }  # fmt: skip
    assert carla.post(f"{here}/packages", package).status_code == 403
    assert olga.post(f"{here}/packages", package).status_code == 201
    one = f"{here}/packages/visits"
    schools = [school.number for school in both.schools[:2]]
    assert set(olga.post(f"{one}/schools", {"schools": schools}).json()["schools"]) == set(schools)
    course = Shop(actor).course()
    share = [{"offer": course.code, "share": "0.5000"}]
    assert olga.post(f"{one}/offers", {"offers": share}).json()["offers"] == share
    assert olga.post(f"{one}/offers", {"offers": [share[0] | {"offer": "none"}]}).status_code == 400
    more = olga.post(f"{one}/allocation", {"allocation": "12.5", "reason": "More"})
    assert Decimal(more.json()["allocation"]) == Decimal("12.5")
    assert olga.post(f"{one}/rule", {"phases": ["2"]}).status_code == 400, "it is for a list"
    told = carla.post(f"{one}/tell", {"schools": schools})
    assert set(told.json()["told"]) == set(schools)
    assert carla.post(f"{one}/tell", {"schools": schools}).json() == {"told": []}
    assert carla.get(one).json()["title"] == "Visits"


def test_a_confidential_package_is_told_to_commissioner_and_organisers_alone(both, here, partnership, actor):
    concern = f"{here}/packages/concern"
    for who, status in [
        (both.cast.carla, 200),
        (both.cast.olga, 200),
        (both.cast.fatima, 404),
        (both.other.carla, 404),
    ]:
        assert Program(who).get(concern).status_code == status
    auditor = Program(person(partnership, actor, name="Aud Auditor", role=Role.AUDITOR))
    assert auditor.get(concern).status_code == 404 and auditor.get(f"{here}/packages/days").status_code == 200
    units = {"allocation": "9", "reason": "Fewer"}
    assert Program(both.cast.fatima).post(f"{concern}/allocation", units).status_code == 404


def test_a_return_is_asked_about_mended_and_accepted(both, here):
    olga, carla = Program(both.cast.olga), Program(both.cast.carla)
    answer, send = f"{here}/returns/1/answer", f"{here}/returns/1/send"
    assert olga.post(answer, {"do": "accept"}).status_code == 403
    assert carla.post(answer, {"do": "query"}).status_code == 400
    assert carla.post(answer, {"do": "query", "query": "Which cases?"}).json()["state"] == "queried"
    assert carla.post(send, {}).status_code == 403
    code = both.own.indicators.get().code
    reading = {"indicator": code, "part": 17, "whole": 20, "source": "Case system"}
    kept = olga.post(send, {"readings": [reading], "keep": True}).json()
    assert (kept["state"], kept["readings"][0]["part"]) == ("queried", 17)
    assert olga.post(send, {"readings": [reading | {"indicator": "none"}]}).status_code == 400
    assert olga.post(send, {"narrative": "Two began."}).json()["state"] == "sent"
    assert carla.post(answer, {"do": "accept"}).json()["state"] == "accepted"
    assert carla.post(answer, {"do": "accept"}).json()["code"] == "commission_stands"
    assert QuarterReturn.objects.get(council=both.own, ordinal=1).narrative == "Two began."


def test_an_invoice_is_approved_once_with_its_purchase_order(both):
    carla = Program(both.cast.carla)
    number = Document.objects.get(customer=both.cast.council).number
    here, given = f"/council-invoices/{number}/approval", {"purchase_order": "PO 7", "keep": True}
    assert Program(both.other.carla).post(here, given).status_code == 404
    made = [carla.post(here, given, key="the-same-approval-1") for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201] and InvoiceApproval.objects.count() == 1
    assert carla.post(here, given).json()["code"] == "invoice_stands"
    both.own.contract.refresh_from_db()
    assert both.own.contract.purchase_order == "PO 7"
