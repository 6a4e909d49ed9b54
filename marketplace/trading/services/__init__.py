"""Verbs of trading: filling a basket, ordering it, changing what was booked."""

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
from marketplace.trading.services.checking import BasketCheck, CheckedLine, check_basket
from marketplace.trading.services.ordering import (
    BasketNotReady,
    OverLimit,
    PriceChanged,
    place_order,
    set_purchase_order,
)

__all__ = [
    "AlreadyInBasket",
    "BasketCheck",
    "BasketClosed",
    "BasketNotReady",
    "BookingClosed",
    "CannotBeOrdered",
    "CheckedLine",
    "OverLimit",
    "PriceChanged",
    "add_to_basket",
    "cancel_booking",
    "cancellation_result",
    "change_delegate",
    "change_line",
    "check_basket",
    "open_basket",
    "place_order",
    "read_needs",
    "remove_line",
    "set_needs",
    "set_purchase_order",
]
