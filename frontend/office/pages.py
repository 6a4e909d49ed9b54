"""Examples of the home pages of every role and of the administrator's pages, for frontend.pages."""

from collections.abc import Callable

from django.urls import reverse

from frontend.demonstration.people import SIGN_INS
from frontend.examples import Example, Pages, World
from marketplace.organisations.models import Organisation


def _decide(world: World) -> str:
    return reverse("organisation-decide", kwargs={"urn": world.undecided.urn})


_SCHEME, _PROVIDER = "Osprey Bank Primary School", "Ridgeway Learning"


def _of(name: str, organisation: str) -> Callable[[World], str]:
    """A page of the organisation called so."""

    def address(_: World) -> str:
        return reverse(name, kwargs={"number": Organisation.objects.get(name=organisation).number})

    return address


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
    "office-organisation": [
        Example("administrator", "school", _of("office-organisation", _SCHEME), finds="Scheme of delegation"),
        Example("administrator", "provider", _of("office-organisation", _PROVIDER), finds="It is a provider"),
    ],
    "office-organisation-add": [
        Example("administrator", "full", lambda _: reverse("office-organisation-add"), finds="What is it?"),
        Example(
            "administrator",
            "error",
            lambda _: reverse("office-organisation-add"),
            post={"name": ""},
            finds="Enter the name",
        ),
    ],
    "office-organisation-change": [
        Example("administrator", "full", _of("office-organisation-change", _PROVIDER), finds="It holds from today on"),
    ],
    "office-scheme": [
        Example("administrator", "full", _of("office-scheme", _SCHEME), finds="Who must approve them?"),
        Example(
            "administrator",
            "error",
            _of("office-scheme", _SCHEME),
            post={"who": "governor", "from_amount": "ten"},
            finds="Enter the governor",
        ),
    ],
    "office-make-provider": [
        Example("administrator", "full", _of("office-make-provider", _SCHEME), finds="The code stays"),
    ],
    "organisation-decide": [
        Example("administrator", "full", _decide, finds="From the register of schools"),
        Example("administrator", "error", _decide, post={"billing_class": "academy"}, finds="Choose the reason"),
    ],
}

NOT_PAGES = {"office-scheme-end": "a button on the organisation's page"}
