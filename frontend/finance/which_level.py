"""Which subscription level would have cost a customer least, for who advises it."""

from django.http import HttpResponse

from frontend.finance.access import FinanceRequest, finance_page, show
from frontend.finance.customers import customer_for
from frontend.jinja import url
from frontend.level_words import advice_context


@finance_page(section="finance-customers")
def which_level(request: FinanceRequest, number: str) -> HttpResponse:
    """Each level held against the customer's purchases."""
    customer = customer_for(request.actor, number)
    context = {
        "customer": customer,
        "back_url": url("finance-customer-places", number=number),
        **advice_context(request, customer),
    }
    return show(request, "which_level.html", context)
