"""Payment requests through the API: finance asks and withdraws, the school reads, an outsider is told nothing."""

import pytest

pytestmark = pytest.mark.django_db
ONE = "/payment-requests/PRQ-000001"


@pytest.fixture
def invoice(invoiced, oakfield):
    """£100.00 and £20.00 of VAT, of Oakfield."""
    return invoiced(oakfield, 10_000)


@pytest.fixture
def asked(officer, invoice, council) -> dict:
    body = {"invoice": invoice.number, "funder": council.number, "pence": 4_000, "reason": "Half of the programme"}
    answer = officer.send("POST", "/payment-requests", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_it_is_asked_read_and_withdrawn(asked, officer, auditor, school_buyer, outsider, invoice, council):
    assert {name: asked[name] for name in ("number", "standing", "pence", "paid_pence", "left_pence", "funder")} == {
        "number": "PRQ-000001", "standing": "open", "pence": 4_000, "paid_pence": 0, "left_pence": 4_000,
        "funder": council.number,
    }  # fmt: skip
    for reader in (officer, auditor, school_buyer):
        assert reader.get(ONE).json() == asked
        [row] = reader.get("/payment-requests", invoice=invoice.number, state="open").json()["results"]
        assert row["number"] == "PRQ-000001"
    assert outsider.get(ONE).status_code == 404
    assert outsider.get("/payment-requests").json()["results"] == []
    reason = {"reason": "The council says no"}
    assert [who.send("POST", f"{ONE}/withdraw", reason).status_code for who in (outsider, school_buyer, auditor)] == [
        404, 403, 403,
    ]  # fmt: skip
    gone = officer.send("POST", f"{ONE}/withdraw", reason).json()
    assert (gone["standing"], gone["withdrawn_reason"]) == ("withdrawn", "The council says no")
    assert officer.send("POST", f"{ONE}/withdraw", reason).status_code == 409


def test_what_is_refused_says_why(officer, school_buyer, invoice, council):
    body = {"invoice": invoice.number, "funder": council.number, "pence": 4_000, "reason": "Half"}
    assert school_buyer.send("POST", "/payment-requests", body).status_code == 403
    unknown = officer.send("POST", "/payment-requests", body | {"funder": "C999999"})
    assert "There is no organisation C999999" in unknown.content.decode()
    much = officer.send("POST", "/payment-requests", body | {"pence": 10**9})
    assert (much.status_code, much.json()["code"]) == (409, "payment_request_too_large")
    assert officer.send("POST", "/payment-requests", body | {"invoice": "INV-999999"}).status_code == 404
