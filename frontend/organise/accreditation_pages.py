"""Examples of the pages about accreditation, consultants and letters, for frontend.pages."""

from collections.abc import Callable

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from providers.models import Application, Consultant, Evidence
from providers.services import new_reference_link

ORGANISER, PANEL, STAFF, BUYER, ANYBODY = "organiser", "panel", "ridgeway", "buyer", "anonymous"
_OF = "ridgeway-learning"


def _at(name: str, query: str = "", **more: str) -> Callable[[World], str]:
    return lambda _: url(name, **more) + query


def _application(name: str, state: str, **more: object) -> Callable[[World], str]:
    def address(_: World) -> str:
        found = Application.objects.filter(state=state, consultant__provider__code=_OF).earliest("pk")
        own = {"provider": _OF} if name.startswith("provider-") else {}
        return url(name, number=found.number, **own, **more)

    return address


def _document(_: World) -> str:
    return url("organise-document", pk=Evidence.objects.filter(state="submitted").earliest("pk").pk)


def _link(_: World) -> str:
    """The address of a referee's link."""
    asked = Application.objects.filter(state="references").earliest("pk").references.earliest("pk")
    return url("reference", token=new_reference_link(reference=asked, at=timezone.now()))


def _letter(world: World) -> str:
    return world.page(BUYER, "school-consultant-letter", consultant="dana-whitlock")


def _named(name: str) -> Callable[[World], str]:
    """A page of the provider's first consultant."""

    def address(_: World) -> str:
        one = Consultant.objects.filter(provider__code=_OF, left_on=None).earliest("pk")
        return url(name, provider=_OF, code=one.code)

    return address


PAGES: Pages = {
    "consultants": [
        Example(ANYBODY, "full", _at("consultants"), finds="Dana Whitlock"),
        Example(BUYER, "theme", _at("consultants", "?theme=Leadership"), finds="Remove this filter"),
        Example(ANYBODY, "none", _at("consultants", "?q=zeppelin"), finds="No consultants match"),
    ],
    "consultant": [
        Example(ANYBODY, "full", _at("consultant", code="dana-whitlock"), finds="Trains others in it"),
        Example(BUYER, "letters", _at("consultant", code="dana-whitlock"), finds="Letter of assurance"),
        Example("approver", "close link", _at("consultant", code="dana-whitlock"), finds="Is a governor of the school"),
    ],
    "school-consultant-letter": [Example(BUYER, "full", _letter, finds="Enhanced DBS check")],
    "provider-accreditation": [
        Example(STAFF, "full", _at("provider-accreditation", provider=_OF), finds="What we hold"),
    ],
    "provider-evidence-new": [
        Example(STAFF, "full", _at("provider-evidence-new", provider=_OF), finds="Send it"),
        Example(
            STAFF, "error", _at("provider-evidence-new", provider=_OF), post={"what": ""}, finds="Choose what you show"
        ),
    ],
    "provider-application": [
        Example(STAFF, "waiting", _application("provider-application", "references"), finds="they were asked by e-mail"),
        Example(STAFF, "with panel", _application("provider-application", "panel"), finds="With panel"),
        Example(STAFF, "accredited", _application("provider-application", "accredited"), finds="Countersigned by"),
    ],
    "provider-referee": [
        Example(STAFF, "full", _application("provider-referee", "panel", position=1), finds="Their e-mail address"),
        Example(
            STAFF, "error", _application("provider-referee", "panel", position=1), post={"name": ""},
            finds="Enter their name",
        ),
    ],
    "reference": [
        Example(ANYBODY, "full", _link, finds="Send my reference"),
        Example(ANYBODY, "error", _link, post={"words": ""}, finds="Choose whether you recommend them"),
        Example(ANYBODY, "gone", _at("reference", token="gone"), finds="This link no longer works"),  # noqa: S106
    ],
    "reference-done": [Example(ANYBODY, "full", _at("reference-done"), finds="Your reference is sent")],
    "organise-accreditation": [
        Example(ORGANISER, "to decide", _at("organise-accreditation"), finds="Elin Sandoval"),
        Example(PANEL, "all", _at("organise-accreditation", "?show=all"), finds="Remove this filter"),
    ],
    "organise-application": [
        Example(PANEL, "to decide", _application("organise-application", "panel"), finds="Record the decision"),
        Example(
            PANEL, "error", _application("organise-application", "panel"), post={"do": "decide", "decision": "no"},
            finds="Enter why not",
        ),
        Example(ORGANISER, "waiting", _application("organise-application", "references"), finds="Not answered yet"),
    ],
    "organise-documents": [Example(ORGANISER, "full", _at("organise-documents"), finds="Safeguarding training")],
    "organise-document": [
        Example(ORGANISER, "full", _document, finds="Does it count?"),
        Example(ORGANISER, "error", _document, post={"decision": "no"}, finds="Enter why it does not count"),
    ],
    "organise-consultant": [
        Example(ORGANISER, "full", _at("organise-consultant", code="dana-whitlock"), finds="Pause bookings"),
        Example(
            ORGANISER, "error", _at("organise-consultant", code="dana-whitlock"), post={"do": "suspend"},
            finds="Enter the reason",
        ),
        Example(PANEL, "panel", _at("organise-consultant", code="dana-whitlock"), finds="What they say they know"),
    ],
    "organise-provider": [
        Example(ORGANISER, "full", _at("organise-provider", code=_OF), finds="Pause all bookings"),
        Example(ORGANISER, "error", _at("organise-provider", code=_OF), post={"do": "suspend"}, finds="Enter the reason"),
    ],
    "provider-consultant-add": [
        Example(STAFF, "full", _at("provider-consultant-add", provider=_OF), finds="Signs in as"),
        Example(STAFF, "error", _at("provider-consultant-add", provider=_OF), post={"name": ""}, finds="Enter their name"),
    ],
    "provider-consultant": [Example(STAFF, "full", _named("provider-consultant"), finds="leaves: enter the last day")],
    "provider-consultant-end": [
        Example(STAFF, "full", _named("provider-consultant-end"), finds="Save the last day"),
        Example(
            STAFF, "error", _named("provider-consultant-end"), post={"last_day": "1/1/2020"}, finds="must be today or later"
        ),
    ],
    "provider-expertise": [
        Example(STAFF, "full", _at("provider-expertise", provider=_OF), finds="Leadership, primary"),
        Example(STAFF, "error", _at("provider-expertise", provider=_OF), post={"theme": ""}, finds="Enter the theme"),
    ],
    "provider-links": [
        Example(STAFF, "full", _at("provider-links", provider=_OF), finds="Is a governor of the school"),
        Example(STAFF, "error", _at("provider-links", provider=_OF), post={"nature": ""}, finds="Enter what the link is"),
    ],
    "organise-presenters": [Example(ORGANISER, "full", _at("organise-presenters"), finds="Presenters to replace")],
}  # fmt: skip
NOT_PAGES = {
    "provider-apply": "only posts: it begins an application",
    "school-consultant-letter-file": "a PDF",
}
