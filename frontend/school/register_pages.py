"""Examples of the pages of the contract register, for frontend.pages."""

from collections.abc import Callable

from frontend.demonstration.held_elsewhere import DECLARED_SCHOOL
from frontend.examples import Example, Pages, World
from subscriptions.models import OutsideContract

BUYER, TRUST, HEAD = "buyer", "trust_finance", "head"


def _at(key: str, name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: world.page(key, name) + query


def _one(key: str, name: str, **wanted: str) -> Callable[[World], str]:
    """A page about one contract of the person's."""

    def path(world: World) -> str:
        own = OutsideContract.objects.filter(organisation_id__in=world.actors[key].organisations())
        return world.page(key, name, number=own.filter(**wanted).latest("pk").number)

    return path


PAGES: Pages = {
    "school-contracts": [
        Example(BUYER, "full", _at(BUYER, "school-contracts"), finds="over their whole terms with VAT"),
        Example(TRUST, "full", _at(TRUST, "school-contracts"), finds="Declarations missing"),
        Example(HEAD, "none match", _at(HEAD, "school-contracts", "?category=E28b"), finds="matches these filters"),
    ],
    "school-contract-new": [
        Example(TRUST, "new", _at(TRUST, "school-contract-new"), finds="School that has it"),
        Example(
            BUYER, "error", _at(BUYER, "school-contract-new"), post={"title": "Cleaning", "vat_percent": "twenty"},
            finds="VAT rate must be a number of per cent",
        ),
    ],
    "school-contract-quotes": [
        Example(BUYER, "full", _at(BUYER, "school-contract-quotes"), finds="£10,000 to £40,000"),
        Example(
            BUYER, "error", _at(BUYER, "school-contract-quotes"), post={"from1": "10", "quotes1": ""},
            finds="Enter how many quotes £10.00 needs",
        ),
    ],
    "school-same-service": [
        Example(TRUST, "full", _at(TRUST, "school-same-service"), finds="the lowest price for all would save"),
    ],
    "school-contract": [
        Example(BUYER, "full", _one(BUYER, "school-contract", title="Cleaning"), finds="We keep it"),
        Example(BUYER, "versions", _one(BUYER, "school-contract", title="Photocopiers"), finds="Earlier documents"),
        Example(
            TRUST, "related",
            _one(TRUST, "school-contract", title="Minibus hire", organisation__name=DECLARED_SCHOOL),
            finds="Yes, declared: Trustee of the trust",
        ),
    ],
    "school-contract-change": [
        Example(BUYER, "full", _one(BUYER, "school-contract-change", title="Cleaning"), finds="Save the contract"),
    ],
    "school-contract-end": [
        Example(BUYER, "full", _one(BUYER, "school-contract-end", title="Cleaning"), finds="tells nobody else"),
        Example(
            BUYER, "error", _one(BUYER, "school-contract-end", title="Cleaning"),
            post={"last_day": "1", "last_month": "1", "last_year": "1990"}, finds="must be between",
        ),
    ],
    "school-contract-documents": [
        Example(BUYER, "full", _one(BUYER, "school-contract-documents", title="Cleaning"), finds="Add a document"),
        Example(
            BUYER, "error", _one(BUYER, "school-contract-documents", title="Cleaning"), post={"title": "Terms"},
            finds="Choose the file",
        ),
    ],
}  # fmt: skip
NOT_PAGES = {
    "school-contract-notice": "posts, then leads to the contract",
    "school-contract-document": "a file",
    "school-contract-document-off": "posts, then leads to the contract",
}
