"""What schools buy: baskets, orders, bookings."""

from marketplace.trading.models.baskets import Basket, BasketLine
from marketplace.trading.models.bookings import Booking
from marketplace.trading.models.orders import Order, OrderLine

__all__ = ["Basket", "BasketLine", "Booking", "Order", "OrderLine"]
