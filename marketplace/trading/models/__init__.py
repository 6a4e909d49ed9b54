"""What schools buy: baskets, orders, approvals, bookings; what they mean to spend, and under which codes."""

from marketplace.trading.models.approvals import Approval, ApprovalLink, ApprovalRecusal
from marketplace.trading.models.baskets import Basket, BasketLine
from marketplace.trading.models.bookings import Booking
from marketplace.trading.models.budgets import BudgetLine, LineCode
from marketplace.trading.models.orders import Order, OrderLine

__all__ = [
    "Approval",
    "ApprovalLink",
    "ApprovalRecusal",
    "Basket",
    "BasketLine",
    "Booking",
    "BudgetLine",
    "LineCode",
    "Order",
    "OrderLine",
]
