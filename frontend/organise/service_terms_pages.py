"""Examples of the pages about how services are agreed and terms of service, for frontend.pages."""

from collections.abc import Callable

from catalogue.models import Offer
from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.models import Agreement, TermsDocument

ORGANISER, FINANCE, BUYER = "organiser", "finance_officer", "buyer"


def _of(code: str) -> Callable[[World], str]:
    return lambda _: url("organise-service-terms", code=code)


def _once(_: World) -> str:
    return url("organise-service-terms", code=Offer.objects.filter(kind="service", term_months=None)[0].code)


def _version(number: int) -> Callable[[World], str]:
    return lambda _: url("terms-of-service", code="services", version=number)


def _paper(_: World) -> str:
    """An agreement under the older terms, so that a version is left to accept."""
    running = Agreement.objects.filter(state="active", acceptances__terms__version=1)
    return url("finance-agreement-terms", number=running.order_by("pk")[0].number)


def _written(_: World) -> str:
    return url("organise-terms-document", code=TermsDocument.objects.earliest("pk").code)


PAGES: Pages = {
    "organise-service-terms": [
        Example(ORGANISER, "full", _of("ict-support"), finds="Answered within"),
        Example(ORGANISER, "none", _of("clerking"), finds="Nothing is promised yet"),
        Example(ORGANISER, "no term", _once, finds="delivered once"),
        Example(
            ORGANISER, "error", _of("ict-support"), post={"do": "terms", "years": "many"}, finds="like 1, 3"
        ),
    ],
    "organise-terms-of-service": [
        Example(ORGANISER, "full", lambda _: url("organise-terms-of-service"), finds="Version 2"),
        Example(
            ORGANISER, "error", lambda _: url("organise-terms-of-service"), post={"title": ""}, finds="Enter the title"
        ),
    ],
    "organise-terms-document": [
        Example(ORGANISER, "full", _written, finds="Publish version 3 from today"),
        Example(ORGANISER, "error", _written, post={"title": "Terms", "body": ""}, finds="Enter terms"),
    ],
    "terms-of-service": [
        Example(BUYER, "full", _version(2), finds="What we do"),
        Example(BUYER, "older", _version(1), finds="holds for what is agreed since"),
    ],
    "finance-agreement-terms": [
        Example(FINANCE, "full", _paper, finds="Version that was signed"),
        Example(FINANCE, "error", _paper, post={"note": ""}, finds="Enter the reference of the paper"),
    ],
}  # fmt: skip
