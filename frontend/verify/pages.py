"""Examples of the pages of returns on both sides, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Submission, VolumeReturn

LEAD, VERIFIER, HEAD, AUDITOR = "hub_lead", "verifier", "head", "auditor"


def _hub(name: str) -> Callable[[World], str]:
    return lambda _: url(name, number=_contract().number)


def _contract() -> OutcomeContract:
    """The hub whose returns the demonstration has in each state."""
    return Submission.objects.filter(state="rejected").earliest("pk").item.contract


def _return(state: str) -> Callable[[World], str]:
    def found(_: World) -> str:
        contract = _contract()
        item = OutcomeItem.objects.filter(contract=contract, state=state, measure__isnull=False).earliest("pk")
        return url("hub-return", number=contract.number, code=item.code)

    return found


def _claim(state: str) -> Callable[[World], str]:
    def found(_: World) -> str:
        one = Submission.objects.filter(item__contract=_contract(), state=state).earliest("pk")
        return url("verify-decide", number=one.item.contract.number, code=one.item.code, ordinal=one.ordinal)

    return found


def _heads(state: str, *, verifying: bool = False) -> Callable[[World], str]:
    """The page of a return of heads, of who returns or of who decides."""

    def found(_: World) -> str:
        one = VolumeReturn.objects.filter(state=state).select_related("statement__contract", "milestone").earliest("pk")
        number, statement, code = one.statement.contract.number, one.statement.ordinal, one.milestone.code
        if verifying:
            return url("verify-heads", number=number, statement=statement, code=code, ordinal=one.ordinal)
        return url("hub-heads", number=number, ordinal=statement, code=code)

    return found


def _unclaimed(_: World) -> str:
    item = OutcomeItem.objects.filter(contract=_contract(), state="planned", measure__isnull=False).earliest("pk")
    return url("verify-item", number=item.contract.number, code=item.code)


def _at(name: str) -> Callable[[World], str]:
    return lambda _: url(name)


PAGES: Pages = {
    "hub": [Example(LEAD, "two contracts", _at("hub"), finds="Maths hub")],
    "hub-returns": [Example(LEAD, "in each state", _hub("hub-returns"), finds="Send it again by")],
    "hub-return": [
        Example(LEAD, "sent back", _return("rejected"), finds="Why it was sent back"),
        Example(LEAD, "to verify", _return("submitted"), finds="Take this return back"),
        Example(LEAD, "verified", _return("eligible"), finds="What was sent and decided"),
        Example(LEAD, "nothing chosen", _return("rejected"), post={"do": "add"}, finds="Enter a name for it"),
    ],
    "hub-heads": [
        Example(LEAD, "sent back", _heads("rejected"), finds="Why they were sent back"),
        Example(LEAD, "to verify", _heads("submitted"), finds="Earned once accepted"),
        Example(LEAD, "verified", _heads("accepted"), finds="30 heads at £60.00"),
        Example(
            LEAD,
            "checked",
            _heads("rejected"),
            post={"do": "check", "billable": "16", "refundable": ""},
            finds="Return 16 heads, £960.00",
        ),
        Example(
            LEAD, "nothing entered", _heads("rejected"), post={"do": "check"}, finds="Enter how many heads reached it"
        ),
    ],
    "hub-statements": [Example(LEAD, "open", _hub("hub-statements"), finds="Not frozen yet")],
    "hub-contract": [
        Example(LEAD, "running", _hub("hub-contract"), finds="What must be shown"),
        Example(HEAD, "no reason", _hub("hub-contract"), post={"do": "decline"}, finds="Enter why you decline it"),
    ],
    "hub-deputies": [
        Example(LEAD, "nobody", _hub("hub-deputies"), finds="Nobody stands in for you"),
        Example(LEAD, "nothing entered", _hub("hub-deputies"), post={"do": "name"}, finds="Enter their e-mail address"),
    ],
    "verify": [Example(VERIFIER, "one waits", _at("verify"), finds="to decide, oldest first")],
    "verify-decided": [
        Example(VERIFIER, "two", _at("verify-decided"), finds="Sent back"),
        Example(VERIFIER, "heads", lambda _: url("verify-decided") + "?show=heads", finds="Started training"),
    ],
    "verify-decide": [
        Example(VERIFIER, "to decide", _claim("submitted"), finds="Reject: send it back"),
        Example(VERIFIER, "sent back", _claim("rejected"), finds="What was sent and decided"),
        Example(VERIFIER, "accepted", _claim("accepted"), finds="Take the decision back"),
        Example(
            VERIFIER, "no sentence", _claim("submitted"), post={"do": "reject"}, finds="Enter what is wrong or missing"
        ),
    ],
    "verify-heads": [
        Example(VERIFIER, "to decide", _heads("submitted", verifying=True), finds="Accept 12 heads, £540.00"),
        Example(VERIFIER, "sent back", _heads("rejected", verifying=True), finds="What was returned and decided"),
        Example(
            VERIFIER, "no reason", _heads("submitted", verifying=True), post={"do": "reject"}, finds="Enter the reason"
        ),
    ],
    "verify-item": [Example(VERIFIER, "coming", _unclaimed, finds="Give more time")],
    "verify-sample": [
        Example(AUDITOR, "none", _at("verify-sample"), finds="Draw a sample"),
        Example(AUDITOR, "nothing entered", _at("verify-sample"), post={"count": ""}, finds="Enter how many claims"),
    ],
}
