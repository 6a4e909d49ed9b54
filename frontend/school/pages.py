"""Examples of the public pages and of a buyer's, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.school import adviser_pages, budget_pages, register_pages, resource_pages, services_pages, waiting_pages
from invoicing.credit_control.queries import queries_for
from invoicing.queries import invoices_for

BUYER, TRUST, LIMITED, HEAD, APPROVER = "buyer", "trust_finance", "small_limit", "head", "approver"


def _at(name: str, query: str = "", key: str = BUYER) -> Callable[[World], str]:
    return lambda world: world.page(key, name) + query


def _query(key: str) -> Callable[[World], str]:
    """The newest query that the person asked and that is not over."""

    def path(world: World) -> str:
        live = queries_for(world.actors[key]).exclude(state="resolved")
        return world.page(key, "school-query", number=live.latest("pk").number)

    return path


def _open_invoice(name: str) -> Callable[[World], str]:
    """An invoice of the buyer's with a line that is in no query."""

    def path(world: World) -> str:
        own = invoices_for(world.actors[BUYER]).filter(customer=world.buyer(BUYER).organisation)
        return world.page(BUYER, name, number=own.exclude(queries__state__in=["open", "answered"]).latest("pk").number)

    return path


PAGES: Pages = {
    "find": [
        Example("anonymous", "full", lambda _: "/find", finds="List price"),
        Example("anonymous", "suggestion", lambda _: "/find?q=phonix", finds="Did you mean phonics?"),
        Example("anonymous", "empty", lambda _: "/find?q=zeppelin&kind=course", finds="No courses or services match"),
    ],
    "find-offer": [
        Example("anonymous", "full", lambda w: f"/find/{w.run.offer.code}", finds="Sign in to see your price"),
    ],
    "school-find": [
        Example(BUYER, "full", _at("school-find"), finds="Your price"),
        Example(BUYER, "filtered", _at("school-find", "?kind=course&sort=date"), finds="Kind: Course"),
        Example(BUYER, "empty", _at("school-find", "?q=zeppelin"), finds="No courses or services match"),
        Example(BUYER, "error", _at("school-find", "?from_date=31/2/27"), finds="must be a real date"),
    ],
    "school-offer": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-offer", offer=w.run.offer.code), finds="To pay"),
        Example(BUYER, "fact", lambda w: w.page(BUYER, "school-offer", offer=w.service.code), finds="number of staff"),
        Example(TRUST, "trust", lambda w: w.page(TRUST, "school-offer", offer=w.run.offer.code), finds="School receiving"),
        Example(
            BUYER,
            "error",
            lambda w: w.page(BUYER, "school-offer", offer=w.run.offer.code),
            post={"people": "0"},
            finds="must be 1 or more",
        ),
    ],
    "school-basket": [
        Example(BUYER, "full", lambda w: w.basket(BUYER), finds="Place order"),
        Example(LIMITED, "over-limit", lambda w: w.basket(LIMITED),
                finds="over your limit"),
        Example(HEAD, "empty", _at("school-basket", key=HEAD), finds="Your basket is empty"),
        Example(
            BUYER,
            "error",
            lambda w: w.basket(BUYER),
            post={"expected": "1", "basket": "1", "purchase_order": "A number of more than 20"},
            finds="must be 20 characters or fewer",
        ),
    ],
    "school-basket-line": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-basket-line", line=w.basket_line(BUYER).pk),
                finds="Who comes?"),
        Example(
            BUYER,
            "error",
            lambda w: w.page(BUYER, "school-basket-line", line=w.basket_line(BUYER).pk),
            post={"people": "2", "naming": "now", "name_1": "Amina Birch"},
            finds="Enter the name of person 2",
        ),
    ],
    "school-bookings": [
        Example(BUYER, "full", _at("school-bookings", "?show=all"), finds="Places on courses"),
        Example(BUYER, "empty", _at("school-bookings", "?q=zeppelin"), finds="matches what you typed"),
        Example(TRUST, "trust", _at("school-bookings", key=TRUST), finds="School"),
    ],
    "school-booking": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-booking", pk=w.booking(BUYER).pk), finds="Cancel this place"),
        Example(BUYER, "past", lambda w: w.page(BUYER, "school-booking", pk=w.past_booking(BUYER).pk), finds="cannot change"),
    ],
    "school-orders": [Example(BUYER, "full", _at("school-orders"), finds="ORD-")],
    "school-order": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-order", number=w.order(BUYER).number), finds="Sum when ordered"),
        Example(TRUST, "trust", lambda w: w.page(TRUST, "school-order", number=w.order(TRUST).number), finds="Sum when ordered"),
    ],
    "school-order-placed": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-order-placed", number=w.order(BUYER).number),
                finds="What happens next"),
    ],
    "school-order-purchase-order": [
        Example(TRUST, "full", lambda w: w.page(TRUST, "school-order-purchase-order", number=w.unbilled_order(TRUST).number),
                finds="Purchase order of"),
        Example(
            TRUST,
            "error",
            lambda w: w.page(TRUST, "school-order-purchase-order", number=w.unbilled_order(TRUST).number),
            post={"purchase_order": "A number of more than 20"},
            finds="must be 20 characters or fewer",
        ),
    ],
    "school-approvals": [
        Example(APPROVER, "full", _at("school-approvals", key=APPROVER), finds="For you to decide"),
        Example(LIMITED, "waiting", _at("school-approvals", key=LIMITED), finds="With somebody else"),
        Example(HEAD, "decided", _at("school-approvals", key=HEAD), finds="Not approved"),
        Example(BUYER, "empty", _at("school-approvals"), finds="No approvals yet"),
    ],
    "school-approval": [
        Example(APPROVER, "full", lambda w: w.page(APPROVER, "school-approval", number=w.approval(APPROVER)),
                finds="Record my decision"),
        Example(LIMITED, "waiting", lambda w: w.page(LIMITED, "school-approval", number=w.approval(LIMITED)),
                finds="Withdraw the order"),
        Example(HEAD, "decided", lambda w: w.page(HEAD, "school-approval", number=w.decided_approval(HEAD)),
                finds="Not approved by"),
        Example(
            APPROVER,
            "error",
            lambda w: w.page(APPROVER, "school-approval", number=w.approval(APPROVER)),
            post={"answer": "decline", "reason": ""},
            finds="Enter the reason",
        ),
    ],
    "school-approval-paper": [
        Example(LIMITED, "full", lambda w: w.page(LIMITED, "school-approval-paper", number=w.approval(LIMITED)),
                finds="Scan of the minute"),
        Example(
            LIMITED,
            "error",
            lambda w: w.page(LIMITED, "school-approval-paper", number=w.approval(LIMITED)),
            post={"answer": "approve", "minute_reference": ""},
            finds="Enter the reference of the minute",
        ),
    ],
    "school-deputies": [
        Example(APPROVER, "full", _at("school-deputies", key=APPROVER), finds="Name a deputy"),
        Example(APPROVER, "error", _at("school-deputies", key=APPROVER), post={"first_day_day": "1"}, finds="Choose the deputy"),
    ],
    "decide": [
        Example("anonymous", "full", lambda w: w.link, finds="You are asked as the chair of governors"),
        Example("anonymous", "error", lambda w: w.link, post={"answer": "approve"}, finds="Enter your name"),
        Example("anonymous", "gone", lambda _: "/decide/a-link-that-was-used", finds="This link no longer works"),
    ],
    "decide-sent": [Example("anonymous", "full", lambda _: "/decide/sent", finds="Look at your e-mail")],
    "decide-done": [
        Example("anonymous", "full", lambda _: "/decide/recorded/approve", finds="Your decision is recorded"),
    ],
    "school-invoices": [
        Example(BUYER, "full", _at("school-invoices"), finds="Left to pay"),
        Example(BUYER, "empty", _at("school-invoices", "?q=zeppelin"), finds="matches what you chose"),
        Example(TRUST, "trust", _at("school-invoices", key=TRUST), finds="Left to pay"),
    ],
    "school-invoice": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-invoice", number=w.invoice(BUYER).number), finds="Before VAT"),
        Example(TRUST, "trust", lambda w: w.page(TRUST, "school-invoice", number=w.invoice(TRUST).number), finds="Sum for"),
    ],
    "school-explain": [
        Example(BUYER, "full", lambda w: w.page(BUYER, "school-explain", number=w.invoice(BUYER).number, position=1),
                finds="is made up"),
    ],
    "school-query-ask": [
        Example(BUYER, "full", _open_invoice("school-query-ask"), finds="Which lines"),
        Example(BUYER, "error", _open_invoice("school-query-ask"), post={"text": ""}, finds="Enter what is not right"),
    ],
    "school-queries": [
        Example(BUYER, "full", _at("school-queries"), finds="With finance"),
        Example(TRUST, "trust", _at("school-queries", key=TRUST), finds="Your turn"),
    ],
    "school-query": [
        Example(BUYER, "full", _query(BUYER), finds="Withdraw the query"),
        Example(TRUST, "answered", _query(TRUST), finds="Agree: it is right as invoiced"),
        Example(BUYER, "error", _query(BUYER), post={"do": "reply", "text": ""}, finds="Enter your reply"),
    ],
    "school-statement": [
        Example(BUYER, "full", _at("school-statement"), finds="Closing balance"),
        Example(
            BUYER,
            "error",
            _at("school-statement", "?first_day=31&first_month=2&first_year=2026&last_day=1&last_month=3&last_year=2026"),
            finds="must be a real date",
        ),
    ],
    "school-about": [
        Example(BUYER, "full", _at("school-about"), finds="From the register of schools"),
        Example(TRUST, "trust", _at("school-about", key=TRUST), finds="Our schools"),
    ],
    **adviser_pages.PAGES,
    **budget_pages.PAGES,
    **resource_pages.PAGES,
    **services_pages.PAGES,
    **register_pages.PAGES,
    **waiting_pages.PAGES,
}  # fmt: skip

NOT_PAGES: dict[str, str] = {
    "school-basket-remove": "posts, then leads to the basket",
    "school-booking-name": "posts; its errors stand on the booking's page",
    "school-booking-cancel": "posts; its errors stand on the booking's page",
    "school-approval-remind": "posts; its errors stand on the approval's page",
    "school-approval-withdraw": "posts; its errors stand on the approval's page",
    "school-deputy-end": "posts, then leads to the deputies",
    "decide-new-link": "posts; says the same whatever comes of it",
    "file": "a file",
    "school-invoice-pdf": "a file",
    "school-invoice-ubl": "a file",
    "school-payment-request": "a file",
    "school-statement-pdf": "a file",
    "school-statement-csv": "a file",
    **budget_pages.NOT_PAGES,
    **resource_pages.NOT_PAGES,
    **register_pages.NOT_PAGES,
    **waiting_pages.NOT_PAGES,
}
