"""What schools buy: baskets, orders, approvals, bookings; what they mean to spend, and under which codes."""

from marketplace.trading.engagements.asked_models import AskedBooking
from marketplace.trading.engagements.models import Engagement, EngagementDate, EngagementShare
from marketplace.trading.engagements.requests import ConsultantQuote, ConsultantRequest, OffPayrollDetermination
from marketplace.trading.engagements.retainer_models import Retainer, RetainerPeriod
from marketplace.trading.engagements.review_models import ReviewDay, ReviewRound, SupportEntry
from marketplace.trading.engagements.visit_models import Visit, VisitCharge, VisitReturn
from marketplace.trading.models.approvals import Approval, ApprovalLink, ApprovalRecusal
from marketplace.trading.models.baskets import Basket, BasketLine
from marketplace.trading.models.bookings import Booking
from marketplace.trading.models.budgets import BudgetLine, LineCode
from marketplace.trading.models.evaluations import Evaluation
from marketplace.trading.models.fees import BookingFee
from marketplace.trading.models.licences import Licence
from marketplace.trading.models.networks import Network, NetworkLetter, NetworkMember
from marketplace.trading.models.orders import Order, OrderLine
from marketplace.trading.models.policies import CancellationPolicy
from marketplace.trading.models.registers import Attendance, Certificate, CpdEntry, Register
from marketplace.trading.models.running import JoiningSent, RunMessage
from marketplace.trading.models.waiting import WaitingEntry, WaitingOffer
from marketplace.trading.models.waivers import Waiver

__all__ = [
    "Engagement",
    "EngagementDate",
    "EngagementShare",
    "Approval",
    "ApprovalLink",
    "ApprovalRecusal",
    "AskedBooking",
    "Attendance",
    "Basket",
    "BasketLine",
    "Booking",
    "BookingFee",
    "BudgetLine",
    "CancellationPolicy",
    "Certificate",
    "ConsultantQuote",
    "ConsultantRequest",
    "CpdEntry",
    "Evaluation",
    "JoiningSent",
    "Licence",
    "LineCode",
    "Network",
    "NetworkLetter",
    "NetworkMember",
    "OffPayrollDetermination",
    "Order",
    "OrderLine",
    "Register",
    "Retainer",
    "RetainerPeriod",
    "ReviewDay",
    "ReviewRound",
    "RunMessage",
    "SupportEntry",
    "Visit",
    "VisitCharge",
    "VisitReturn",
    "WaitingEntry",
    "WaitingOffer",
    "Waiver",
]
