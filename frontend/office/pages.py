"""Examples of the home pages of every role and of the administrator's pages, for frontend.pages."""

from django.urls import reverse

from frontend.demonstration.people import SIGN_INS
from frontend.examples import Example, Pages, World


def _decide(world: World) -> str:
    return reverse("organisation-decide", kwargs={"urn": world.undecided.urn})


PAGES: Pages = {
    "home": [
        Example("anonymous", "full", lambda _: "/", finds="What do you need?"),
        *(Example(key, "full", lambda _: "/", finds="What waits for you") for key in SIGN_INS),
    ],
    "choose": [
        Example("trust_finance", "full", lambda _: "/choose", finds="Choose who you buy for"),
        Example("provider", "empty", lambda _: "/choose", finds="You do not buy for anybody"),
    ],
    "organisations": [
        Example("administrator", "full", lambda _: reverse("organisations"), finds="Organisations"),
        Example(
            "administrator", "undecided", lambda _: reverse("organisations") + "?show=undecided", finds="organisation"
        ),
        Example(
            "administrator",
            "empty",
            lambda _: reverse("organisations") + "?q=zeppelin",
            finds="No organisation matches",
        ),
    ],
    "organisation-decide": [
        Example("administrator", "full", _decide, finds="From the register of schools"),
        Example("administrator", "error", _decide, post={"billing_class": "academy"}, finds="Choose the reason"),
    ],
}
