"""Examples of the pages about resources, for frontend.pages: a school's and the organisers'."""

from catalogue.models import Offer
from frontend.examples import Example, Pages, World
from frontend.jinja import url

BUYER, TRUST, HEAD, ORGANISER = "buyer", "trust_finance", "head", "organiser"


def _resource(_: World) -> str:
    """A licence of the demonstration."""
    offer = Offer.objects.filter(kind=Offer.Kind.RESOURCE, resource__form="licence").earliest("pk")
    return url("organise-resource", code=offer.code)


def _plain(_: World) -> str:
    """A resource that nobody has set up yet."""
    offer = Offer.objects.filter(kind=Offer.Kind.RESOURCE, resource__isnull=True).earliest("pk")
    return url("organise-resource", code=offer.code)


PAGES: Pages = {
    "school-resources": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-resources"), finds="Phonics through song"),
        Example(TRUST, "empty", lambda w: w.page(TRUST, "school-resources"), finds="Resources and licences"),
    ],
    "school-royalties": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-royalties"), finds="waits for buyers to pay"),
        Example(TRUST, "empty", lambda w: w.page(TRUST, "school-royalties"), finds="No royalties yet"),
    ],
    "organise-resources": [
        Example(ORGANISER, "full", lambda _: url("organise-resources"), finds="Storytelling maths"),
    ],
    "organise-resource": [
        Example(ORGANISER, "full", _resource, finds="Add a file"),
        Example(ORGANISER, "new", _plain, finds="Not set up yet"),
        Example(
            ORGANISER, "error", _resource, post={"do": "set_up", "royalty": "thirty"},
            finds="must be a number of per cent",
        ),
    ],
}  # fmt: skip
NOT_PAGES = {
    "school-resource-file": "a file",
    "school-licence-renew": "posts, then leads to the basket",
}
