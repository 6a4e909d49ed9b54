from collections.abc import Callable
from datetime import date

import pytest

from invoicing.documents.models import Document
from invoicing.recognition.models import Deferral
from marketplace.core.periods import Period
from tests.invoicing.books import bill

APRIL, YEAR = date(2026, 4, 1), Period(date(2026, 4, 1), date(2027, 4, 1))


@pytest.fixture
def deferred(charges, oakfield) -> Callable[..., tuple[Document, Deferral]]:
    """An invoice of 1 April of one line whose income comes later: £761.00 over the year unless told otherwise."""

    def make(pence: int = 76100, *, recognition: str = "over_time", on: date = APRIL, key: str = "hr", **more):
        values = {"service": YEAR, "recognition": recognition, "on": on, "key": key} | more
        charges(values.pop("customer", oakfield), pence, **values)
        [invoice] = bill(on)
        return invoice, Deferral.objects.get(source_key=key)

    return make
