"""Number series: gapless, claimed in the issuing transaction, given back by a rollback."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.models import NumberSeries
from marketplace.core.series import claim, ensure_series

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _series() -> None:
    ensure_series(code="invoice", prefix="INV")


def test_numbers_follow_each_other_and_a_block_is_whole() -> None:
    assert claim(series="invoice") == ["INV-000001"]
    assert claim(series="invoice", count=3) == ["INV-000002", "INV-000003", "INV-000004"]
    assert claim(series="invoice") == ["INV-000005"]


def test_a_rollback_gives_the_numbers_back() -> None:
    claim(series="invoice")

    def claim_and_fail() -> None:
        with transaction.atomic():
            assert claim(series="invoice", count=2) == ["INV-000002", "INV-000003"]
            raise RuntimeError("the invoice could not be issued")

    with pytest.raises(RuntimeError, match="could not be issued"):
        claim_and_fail()
    assert claim(series="invoice") == ["INV-000002"]


def test_series_do_not_share_numbers() -> None:
    ensure_series(code="credit-note", prefix="CN")
    assert claim(series="invoice") == ["INV-000001"]
    assert claim(series="credit-note") == ["CN-000001"]


def test_making_a_series_again_leaves_its_counter() -> None:
    claim(series="invoice", count=41)
    ensure_series(code="invoice", prefix="OTHER")
    assert claim(series="invoice") == ["INV-000042"]


def test_two_series_may_not_print_the_same_prefix() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberSeries.objects.create(code="another", prefix="INV")


def test_an_unknown_series_and_no_number_are_refused() -> None:
    with pytest.raises(LookupError, match="No number series 'receipt'"):
        claim(series="receipt")
    for count in (0, -1):
        with pytest.raises(ValueError, match="at least one"):
            claim(series="invoice", count=count)
    assert claim(series="invoice") == ["INV-000001"]


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused() -> None:
    ensure_series(code="invoice", prefix="INV")
    with pytest.raises(RuntimeError, match="inside the issuing transaction"):
        claim(series="invoice")
    assert NumberSeries.objects.get(code="invoice").next_number == 1
