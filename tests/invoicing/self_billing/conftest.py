import pytest

from marketplace.organisations.models import Organisation
from tests.invoicing.self_billing.ridgeway import add_firm


@pytest.fixture
def ridgeway(partnership) -> Organisation:
    """Registered for VAT."""
    return add_firm()


@pytest.fixture
def priory(partnership) -> Organisation:
    """A sole trader below the threshold."""
    return add_firm("Priory Lane Coaching", vat_number="")
