"""Examples of the pages about prices and the catalogue's spreadsheet, for frontend.pages."""

from collections.abc import Callable

from catalogue.models import Price
from frontend.examples import Example, Pages, World
from frontend.jinja import url

ORGANISER, MANAGER, AUDITOR = "organiser", "finance_manager", "auditor"
_TODAY = "30/9/2026"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _list(world: World) -> str:
    return url("organise-offer-prices", code=world.service.code)


def _add(world: World) -> str:
    return url("organise-price-add", code=world.service.code)


def _end(world: World) -> str:
    row = Price.objects.filter(valid_to__isnull=True).select_related("offer").earliest("pk")
    return url("organise-price-end", code=row.offer.code, pk=row.pk)


_NEW = {"shape": "each", "amount": "350", "unit": "day", "price_class": "la_funded", "valid_from": _TODAY}
_ASKED = {"rule": '{"rate": "6.35", "per": "pupils"}', "price_class": "member", "quantity": "1", "on": _TODAY}

PAGES: Pages = {
    "organise-prices": [
        Example(ORGANISER, "full", _at("organise-prices"), finds="Price lists"),
        Example(ORGANISER, "empty", _at("organise-prices", "?q=zeppelin"), finds="No offer has these words"),
    ],
    "organise-offer-prices": [
        Example(ORGANISER, "full", _list, finds="Add a price"),
        Example(AUDITOR, "auditor", _list, finds="Before VAT"),
    ],
    "organise-price-add": [
        Example(ORGANISER, "full", _add, finds="Shape of the price"),
        Example(MANAGER, "preview", _add, post=_NEW | {"do": "preview"}, finds="What schools would pay"),
        Example(ORGANISER, "error", _add, post=_NEW | {"amount": "ten"}, finds="Amount must be pounds, like 140 or 6.35"),
    ],
    "organise-price-end": [
        Example(ORGANISER, "full", _end, finds="What was ordered at this price stays"),
        Example(ORGANISER, "error", _end, post={"valid_to": "31/2/27"}, finds="must be a real date"),
    ],
    "organise-price-calculator": [
        Example(ORGANISER, "full", _at("organise-price-calculator"), finds="What you can ask"),
        Example(
            MANAGER, "answer", _at("organise-price-calculator"), post=_ASKED | {"facts": "pupils = 412"},
            finds="412 pupils",
        ),
        Example(ORGANISER, "error", _at("organise-price-calculator"), post=_ASKED, finds="No pupil count is on record"),
    ],
    "organise-catalogue": [
        Example(ORGANISER, "full", _at("organise-catalogue"), finds="Take it out"),
        Example(ORGANISER, "error", _at("organise-catalogue"), post={"do": "check"}, finds="Choose the sheet"),
    ],
}  # fmt: skip
NOT_PAGES = {"organise-catalogue-file": "A sheet of the catalogue as a file."}
