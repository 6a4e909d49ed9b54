"""Examples of the pages about writing, looking at and having bought offers, for frontend.pages."""

from collections.abc import Callable

from catalogue.offer_queries import STAGES, offers_for, providers_of
from frontend.examples import Example, Pages, World
from frontend.jinja import url

ORGANISER, PROVIDER, BUYER, AUDITOR = "organiser", "provider", "buyer", "auditor"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _code(world: World, key: str, stage: str) -> str:
    """An offer at that stage, of those that the person sees."""
    return offers_for(world.actors[key]).filter(STAGES[stage]).order_by("code")[0].code


def _changed(world: World) -> str:
    """A published offer of which changes are prepared."""
    return offers_for(world.actors[ORGANISER]).filter(STAGES["published"], draft__isnull=False)[0].code


def _look(stage: str) -> Callable[[World], str]:
    return lambda world: url("organise-offer", code=_code(world, ORGANISER, stage))


def _part(part: str, stage: str = "published") -> Callable[[World], str]:
    return lambda world: url("organise-offer-part", code=_code(world, ORGANISER, stage), part=part)


def _own(name: str, stage: str = "", **more: str) -> Callable[[World], str]:
    def address(world: World) -> str:
        code = {"code": _code(world, PROVIDER, stage)} if stage else {}
        return url(name, provider=providers_of(world.actors[PROVIDER])[0].code, **code, **more)

    return address


def _levels(world: World) -> str:
    found = offers_for(world.actors[ORGANISER]).filter(levels__isnull=False)[0]
    return url("organise-offer-part", code=found.code, part="levels")


PAGES: Pages = {
    "organise-offers": [
        Example(ORGANISER, "full", _at("organise-offers"), finds="Add an offer"),
        Example(ORGANISER, "to look at", _at("organise-offers", "?state=submitted"), finds="Remove this filter"),
        Example(ORGANISER, "none", _at("organise-offers", "?q=zeppelin"), finds="No offers match these filters"),
        Example(ORGANISER, "error", _at("organise-offers", "?kind=boat"), finds="There is a problem"),
        Example(AUDITOR, "auditor", _at("organise-offers"), finds="Offers"),
    ],
    "organise-offer-new": [
        Example(ORGANISER, "full", _at("organise-offer-new"), finds="Add the draft"),
        Example(ORGANISER, "error", _at("organise-offer-new"), post={"kind": "course"}, finds="Enter the title"),
    ],
    "organise-offer": [
        Example(ORGANISER, "submitted", _look("submitted"), finds="Send it back to"),
        Example(
            ORGANISER, "error", _look("submitted"), post={"do": "ask", "asked": ""}, finds="Enter what is to be changed"
        ),
        Example(ORGANISER, "published", _look("published"), finds="Withdraw it"),
        Example(ORGANISER, "changed", lambda w: url("organise-offer", code=_changed(w)), finds="is shown meanwhile"),
        Example(AUDITOR, "auditor", _look("published"), finds="Who and when"),
    ],
    "organise-offer-part": [
        Example(ORGANISER, "about", _part("about"), finds="until you publish the changes"),
        Example(ORGANISER, "error", _part("about"), post={"title": ""}, finds="Enter the title"),
        Example(ORGANISER, "for-whom", _part("for-whom"), finds="Designated safeguarding lead"),
        Example(ORGANISER, "accounts", _part("accounts"), finds="As the VAT rules say"),
        Example(ORGANISER, "levels", _levels, finds="Level 2"),
    ],
    "organise-offer-version": [
        Example(
            ORGANISER, "full",
            lambda w: url("organise-offer-version", code=_code(w, ORGANISER, "published"), number=1),
            finds="It never changes",
        ),
    ],
    "provider-offers": [Example(PROVIDER, "full", _own("provider-offers"), finds="Write an offer")],
    "provider-offer-new": [
        Example(PROVIDER, "full", _own("provider-offer-new"), finds="Begin"),
        Example(PROVIDER, "error", _own("provider-offer-new"), post={"title": "A talk"}, finds="Choose the kind"),
    ],
    "provider-offer": [
        Example(PROVIDER, "asked", _own("provider-offer", "changes_asked"), finds="What we ask you to change"),
        Example(PROVIDER, "submitted", _own("provider-offer", "submitted"), finds="Until then it stays as it is"),
        Example(
            PROVIDER, "error", _own("provider-offer", "submitted"), post={"do": "submit"}, finds="nothing to submit"
        ),
    ],
    "provider-offer-part": [
        Example(PROVIDER, "evidence", _own("provider-offer-part", "changes_asked", part="evidence"), finds="Moderate"),
        Example(
            PROVIDER, "error", _own("provider-offer-part", "changes_asked", part="evidence"),
            post={"evidence": "strong", "evidence_url": ""}, finds="Enter where the evidence is",
        ),
    ],
    "school-order-offer": [
        Example(
            BUYER, "full",
            lambda w: w.page(BUYER, "school-order-offer", number=w.order(BUYER).number, position=1),
            finds="This is what you bought",
        ),
    ],
}  # fmt: skip
