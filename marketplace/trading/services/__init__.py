"""Verbs of trading: filling a basket, ordering it, approving it, changing what was booked."""

from marketplace.trading.services.approvals import (
    ApprovalNotNeeded,
    NobodyApproves,
    RemindedAlready,
    ask_approval,
    expire_approvals,
    remind,
    withdraw,
)
from marketplace.trading.services.baskets import (
    AlreadyInBasket,
    BasketClosed,
    CannotBeOrdered,
    add_to_basket,
    change_line,
    open_basket,
    remove_line,
)
from marketplace.trading.services.bookings import (
    BookingClosed,
    cancel_booking,
    cancellation_result,
    change_delegate,
    read_needs,
    set_needs,
)
from marketplace.trading.services.budgets import TooManyCodes, clean_code, set_budget, set_line_codes
from marketplace.trading.services.checking import BasketCheck, CheckedLine, check_basket
from marketplace.trading.services.closing import AlreadyDecided, ApprovalRanOut
from marketplace.trading.services.deciding import Answer, Standing, decide, record_paper, standing, standings
from marketplace.trading.services.links import LinkGone, NoLink, ask_new_link, decide_by_link, new_link
from marketplace.trading.services.ordering import (
    BasketNotReady,
    NeedsApproval,
    OverLimit,
    PriceChanged,
    place_order,
    set_purchase_order,
)
from marketplace.trading.services.paying import InvoiceDateRefused, NoInstalments, Paying
from marketplace.trading.services.terms import change_terms, following

__all__ = [
    "AlreadyDecided",
    "AlreadyInBasket",
    "Answer",
    "ApprovalNotNeeded",
    "ApprovalRanOut",
    "BasketCheck",
    "BasketClosed",
    "BasketNotReady",
    "BookingClosed",
    "CannotBeOrdered",
    "CheckedLine",
    "InvoiceDateRefused",
    "LinkGone",
    "NeedsApproval",
    "NoInstalments",
    "NoLink",
    "NobodyApproves",
    "OverLimit",
    "Paying",
    "PriceChanged",
    "RemindedAlready",
    "Standing",
    "TooManyCodes",
    "add_to_basket",
    "ask_approval",
    "ask_new_link",
    "cancel_booking",
    "cancellation_result",
    "change_delegate",
    "change_line",
    "change_terms",
    "check_basket",
    "clean_code",
    "decide",
    "decide_by_link",
    "expire_approvals",
    "following",
    "new_link",
    "open_basket",
    "place_order",
    "read_needs",
    "record_paper",
    "remind",
    "remove_line",
    "set_budget",
    "set_line_codes",
    "set_needs",
    "set_purchase_order",
    "standing",
    "standings",
    "withdraw",
]
