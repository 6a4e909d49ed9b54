"""Buying through the API: the same prices, refusals and effects as on the pages."""

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.rules.classes import PriceClass
from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BasketLine, Booking, Order
from tests.api.calling import Program
from tests.shop import Shop, person

pytestmark = pytest.mark.django_db
FREE_CHOICE = {PriceClass.ANY: {"flat": "100"}}


def fill(program: Program, school: Organisation, run: CourseRun, places: int = 3) -> dict[str, object]:
    body = {"offer": run.offer.code, "run": run.code, "quantity": str(places), "delegates": ["Ann Example"]}
    answer = program.post(f"/baskets/{school.number}/lines", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def order(program: Program, school: Organisation, pence: int, **more: object) -> dict[str, object]:
    answer = program.post("/orders", {"organisation": school.number, "expected_pence": pence} | more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_quote_is_the_price_that_is_ordered_and_charged(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    asked = {"organisation": school.number, "offer": run.offer.code, "run": run.code, "quantity": "3"}
    quote = program.send("POST", "/quotes", asked, key="").json()
    assert (quote["net_pence"], quote["gross_pence"]) == (42_000, 42_000)
    assert quote["steps"][-1]["text"].startswith("VAT exempt")
    assert fill(program, school, run)["gross_pence"] == 42_000
    placed = order(program, school, 42_000, purchase_order="PO-7")
    assert (placed["total_pence"], placed["purchase_order"]) == (42_000, "PO-7")
    assert program.get(f"/orders/{placed['number']}").json()["total_pence"] == 42_000
    [line] = placed["lines"]
    assert [booking["net_pence"] for booking in line["bookings"]] == [14_000] * 3
    assert [charge.net_pence for charge in Charge.objects.all()] == [42_000]
    run.refresh_from_db()
    assert run.taken == 3


def test_a_quote_without_a_quantity_is_for_one(program: Program, school: Organisation, run: CourseRun) -> None:
    asked = {"organisation": school.number, "offer": run.offer.code, "run": run.code}
    answer = program.send("POST", "/quotes", asked, key="")
    assert (answer.status_code, answer.json()["net_pence"]) == (200, 14_000)


def test_another_price_than_expected_orders_nothing(program: Program, school: Organisation, run: CourseRun) -> None:
    fill(program, school, run)
    answer = program.post("/orders", {"organisation": school.number, "expected_pence": 41_999})
    assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
    assert "£420.00" in answer.json()["message"]
    assert not Order.objects.exists() and not Charge.objects.exists()
    assert BasketLine.objects.count() == 1, "the basket is kept"


def test_more_places_than_are_left_order_nothing(program: Program, school: Organisation, run: CourseRun) -> None:
    basket = fill(program, school, run, places=6)
    assert basket["problems"] and basket["gross_pence"] == 0
    answer = program.post("/orders", {"organisation": school.number, "expected_pence": 0})
    assert (answer.status_code, answer.json()["code"]) == (409, "basket_not_ready")
    run.refresh_from_db()
    assert run.taken == 0 and not Order.objects.exists()


def test_a_basket_line_is_changed_and_taken_out(program: Program, school: Organisation, run: CourseRun) -> None:
    [line] = fill(program, school, run)["lines"]
    path = f"/baskets/{school.number}/lines/{line['id']}"
    changed = program.send("PATCH", path, {"quantity": "2"}).json()
    assert (changed["gross_pence"], changed["lines"][0]["delegates"]) == (28_000, ["Ann Example"])
    assert program.send("DELETE", path).status_code == 204
    assert program.get(f"/baskets/{school.number}").json()["lines"] == []
    assert program.send("DELETE", path).status_code == 404


def test_cancelling_shows_its_consequence_and_does_only_what_was_seen(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    fill(program, school, run)
    order(program, school, 42_000)
    [first, *_] = program.get("/bookings", state="booked").json()["results"]
    path = f"/bookings/{first['id']}/cancellation"
    seen = program.get(path).json()
    assert seen["back_pence"] == 14_000 and any(step["today"] for step in seen["steps"])
    refused = program.post(path, {"expected_back_pence": 13_999})
    assert (refused.status_code, refused.json()["code"]) == (409, "consequence_changed")
    assert Booking.objects.filter(state="cancelled").count() == 0
    assert program.post(path, {"expected_back_pence": 14_000}).json()["back_pence"] == 14_000
    assert Booking.objects.get(state="cancelled").pk == first["id"]
    again = program.post(path, {"expected_back_pence": 14_000})
    assert (again.status_code, again.json()["code"]) == (409, "booking_closed")


def test_sending_someone_else_names_them_and_leaves_no_name_in_the_log(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    fill(program, school, run)
    order(program, school, 42_000)
    pk = Booking.objects.filter(delegate_name="Ann Example").get().pk
    answer = program.send("PUT", f"/bookings/{pk}/delegate", {"name": "Bea Example"})
    assert answer.json()["delegate_name"] == "Bea Example"
    told = Event.objects.filter(kind="booking.delegate_changed").get()
    assert "Example" not in str(told.payload)


def test_an_outsider_is_told_nothing(program: Program, outsider: Program, school: Organisation, run: CourseRun) -> None:
    [line] = fill(program, school, run)["lines"]
    placed = order(program, school, 42_000)
    pk = Booking.objects.first().pk  # type: ignore[union-attr]
    for path in (
        f"/orders/{placed['number']}",
        f"/baskets/{school.number}",
        f"/bookings/{pk}",
        f"/organisations/{school.number}",
    ):
        assert outsider.get(path).status_code == 404, path
    assert outsider.get("/orders").json()["results"] == []
    assert outsider.get("/bookings").json()["results"] == []
    assert outsider.send("PATCH", f"/baskets/{school.number}/lines/{line['id']}", {"quantity": "1"}).status_code == 404
    assert outsider.post("/orders", {"organisation": school.number, "expected_pence": 1}).status_code == 404
    assert outsider.post(f"/bookings/{pk}/cancellation", {"expected_back_pence": 14_000}).status_code == 404
    assert Booking.objects.filter(state="cancelled").count() == 0


def test_without_a_token_nothing_is_told(client: Client, school: Organisation) -> None:
    for path in ("/me", "/offers", "/orders", f"/organisations/{school.number}"):
        answer = client.get(f"/api/v1{path}")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_a_token_opens_only_what_its_scopes_name(sam: Actor, school: Organisation, run: CourseRun) -> None:
    reader = Program(sam, scopes=["catalogue:read", "orders:read"])
    assert reader.get("/orders").status_code == 200
    answer = reader.post(f"/baskets/{school.number}/lines", {"offer": run.offer.code, "quantity": "1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert reader.get("/organisations").status_code == 403
    assert not BasketLine.objects.exists()


def test_a_token_for_one_organisation_reaches_no_other(
    school: Organisation, oakfield: Organisation, actor: Actor, sam: Actor
) -> None:
    from marketplace.organisations.models import Person
    from marketplace.organisations.services.people import actor_for, give_role

    sams = Person.objects.get(pk=sam.person_id)
    give_role(person=sams, role=Role.BUYER, organisation=oakfield, valid_from=timezone.localdate(), actor=actor)
    both = actor_for(user=sams.user, on=timezone.localdate())  # type: ignore[arg-type]
    assert {row["number"] for row in Program(both).get("/organisations").json()["results"]} == {
        school.number, oakfield.number,
    }  # fmt: skip
    narrow = Program(both, organisation_id=school.pk)
    assert [row["number"] for row in narrow.get("/organisations").json()["results"]] == [school.number]
    assert narrow.get(f"/baskets/{oakfield.number}").status_code == 404


def test_offers_are_found_as_on_the_page(program: Program, shop: Shop, run: CourseRun) -> None:
    shop.offer("payroll", prices=FREE_CHOICE)
    assert [row["code"] for row in program.get("/offers", text="safeguarding leader").json()["results"]] == [
        "safeguarding"
    ]
    assert [row["code"] for row in program.get("/offers", kind="service").json()["results"]] == ["payroll"]
    assert program.get("/offers/safeguarding").json()["runs"][0]["places_left"] == 5
    assert program.get("/offers/nothing-here").status_code == 404


def test_a_misspelt_filter_is_refused_rather_than_ignored(program: Program) -> None:
    answer = program.get("/orders", organization="C-000001")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_input")
    assert "organisation, placed_before, placed_from, state" in answer.json()["message"]
    assert program.get("/offers", from_date="tomorrow").status_code == 400


def test_pages_of_a_list_stay_right_while_rows_are_added(program: Program, shop: Shop) -> None:
    for number in range(5):
        shop.offer(f"service-{number}", prices=FREE_CHOICE)
    first = program.get("/offers", page_size=2).json()
    shop.offer("service-new", prices=FREE_CHOICE)
    second = program.client.get(first["next"], headers=program._headers()).json()
    assert [row["code"] for row in first["results"] + second["results"]] == [
        f"service-{number}" for number in (4, 3, 2, 1)
    ]


@pytest.mark.parametrize("path", ["/orders", "/bookings", "/offers", "/organisations"])
def test_a_list_costs_the_same_queries_however_long_it_is(
    path: str, school: Organisation, shop: Shop, actor: Actor, program: Program
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert program.get(path).status_code == 200
        return len(seen)

    run = shop.run(shop.course("one-course"), places=50)
    fill(program, school, run, places=1)
    order(program, school, 14_000)
    few = count()
    for number in range(4):
        other = shop.run(shop.course(f"course-{number}"), places=50)
        fill(program, school, other, places=4)
        order(program, school, 56_000)
    assert count() == few


def test_text_that_cannot_be_kept_is_refused(program: Program, school: Organisation, run: CourseRun) -> None:
    for bad in ("a\\u0000b", "half \\ud83d sign"):
        answer = program.client.generic(
            "POST",
            f"/api/v1/baskets/{school.number}/lines",
            f'{{"offer": "safeguarding", "quantity": "1", "facts": {{"role": "{bad}"}}}}'.encode(),
            content_type="application/json",
            headers=program._headers() | {"Idempotency-Key": "unstorable-1"},
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_input"), answer.content


def test_an_approver_of_the_school_reads_its_orders(
    program: Program, school: Organisation, run: CourseRun, actor: Actor
) -> None:
    fill(program, school, run)
    placed = order(program, school, 42_000)
    head = Program(person(school, actor, name="Hana Head", role=Role.APPROVER))
    assert head.get(f"/orders/{placed['number']}").json()["total_pence"] == 42_000
