"""The pages on which a council's contract is changed, by both sides, and on which schools are told of a package."""

from decimal import Decimal

import pytest
from django.urls import reverse

from marketplace.core.models import Event
from subscriptions.commissions.queries import invoices_to_approve
from tests.frontend.council.test_commissioner_desk import Both, today  # noqa: F401
from tests.frontend.school.visits import signed_in, text_of
from tests.subscriptions.commissions.councils import drafted, package

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(partnership, council, actor, tmp_path) -> Both:
    return Both(council, actor, tmp_path)


def test_a_commissioner_checks_then_changes_the_lines_and_both_sides_read_it(both):
    carla, olga = signed_in(both.cast.carla), signed_in(both.cast.olga)
    number = both.own.contract.number
    page = reverse("council-lines", args=[number])
    assert f'href="{page}"' in carla.get(reverse("council-contract", args=[number])).content.decode()
    short = carla.post(page, {"council_2026": "90,000", "do": "check"})
    assert short.status_code == 400 and "The lines come to £90,000.00" in text_of(short)
    fields = {"council_2026": "60,000", "high_needs_2026": "40,000"}
    checked = carla.post(page, fields | {"do": "check"})
    assert checked.status_code == 200 and "What changes" in text_of(checked)
    assert both.own.lines.count() == 1, "checking writes nothing"
    assert carla.post(page, fields | {"do": "save"}).status_code == 302
    assert sorted(one.pence for one in both.own.lines.all()) == [40_000_00, 60_000_00]
    for client, name in ((carla, "council-contract"), (olga, "organise-council-contract")):
        said = text_of(client.get(reverse(name, args=[number])))
        assert "High needs block from April 2026: £0.00 before, £40,000.00 now" in said
    ours = reverse("organise-council-lines", args=[number])
    assert "so a commissioner" in text_of(olga.get(ours)) and "Check what changes" not in text_of(olga.get(ours))
    refused = olga.post(ours, {"council_2026": "100,000", "do": "save"})
    assert refused.status_code == 400 and "agreed these lines" in text_of(refused)
    assert signed_in(both.other.carla).get(page).status_code == 404


def test_an_organiser_changes_the_lines_of_a_draft(both):
    olga, made = signed_in(both.cast.olga), drafted(both.cast, title="Another year")
    page = reverse("organise-council-lines", args=[made.contract.number])
    fields = {"public_health_2026": "100,000", "do": "save"}
    assert olga.post(page, fields).status_code == 302
    assert made.lines.get().block == "public_health"


def test_units_and_rules_are_changed_on_the_packages_page(both):
    olga, number = signed_in(both.cast.olga), both.own.contract.number
    page = reverse("organise-council-package", args=[number, "days"])
    assert "At least 27, which is drawn; at most 230, for which its block has £92,000.00" in text_of(olga.get(page))
    wrong = olga.post(page, {"do": "allocation", "allocation": "20", "reason": "Fewer"})
    assert wrong.status_code == 400 and "27 units are drawn already" in text_of(wrong)
    assert olga.post(page, {"do": "allocation", "allocation": "110", "reason": ""}).status_code == 400
    assert olga.post(page, {"do": "allocation", "allocation": "110", "reason": "Ten more"}).status_code == 302
    both.package.refresh_from_db()
    assert both.package.allocation == 110
    said = text_of(signed_in(both.cast.carla).get(reverse("council-contract", args=[number])))
    assert "100 units before, 110 units now. Why: Ten more" in said
    ruled = package(both.cast, both.own, [], code="screening", by="rule", allocation=Decimal(1))
    page = reverse("organise-council-package", args=[number, "screening"])
    assert olga.post(page, {"do": "rule", "billing_classes": "academy"}).status_code == 302
    ruled.refresh_from_db()
    assert ruled.billing_classes == ["academy"]
    assert "1 school" in text_of(olga.get(page))


@pytest.mark.parametrize("side", ["council", "organise-council"])
def test_the_schools_of_the_forecast_lead_to_offering_them_the_package(both, side):
    who = both.cast.carla if side == "council" else both.cast.olga
    client, number = signed_in(who), both.own.contract.number
    contract = client.get(reverse(f"{side}-contract", args=[number])).content.decode()
    page = reverse(f"{side}-package-tell", args=[number, "days"])
    idle = both.schools[1]
    assert f"{page}?school={idle.number}" in contract and f"?school={both.schools[0].number}" not in contract
    form = client.get(page, {"school": idle.number})
    assert text_of(form).count(both.schools[2].name) == 1 and form.content.decode().count("checked") == 1
    assert client.post(page, {}).status_code == 400
    assert client.post(page, {"schools": [idle.number]}).status_code == 302
    assert Event.objects.filter(kind="commission.package_offered").get().payload["school"] == idle.pk
    assert f"Told in the last 30 days: {idle.name}" in text_of(client.get(page))
    again = client.post(page, {"schools": [idle.number]})
    assert again.status_code == 400
    secret = reverse(f"{side}-package-tell", args=[number, "concern"])
    assert client.get(secret).status_code == 404 and client.post(secret, {}).status_code == 404
    assert secret not in contract


def test_invoices_that_wait_stand_before_those_that_are_approved(both):
    found = [hasattr(one, "commissioner_approval") for one in invoices_to_approve(both.cast.carla)]
    assert found == sorted(found)
