"""The addresses of trading in the API."""

from django.urls import URLPattern, path

from marketplace.trading.api import consultancy_urls
from marketplace.trading.api.advice import LevelAdviceView
from marketplace.trading.api.allowances import CustomerAllowancesView, OwnAllowancesView
from marketplace.trading.api.approvals import ApprovalsView, ApprovalView, DecisionView, WithdrawalView
from marketplace.trading.api.baskets import BasketLinesView, BasketLineView, BasketView
from marketplace.trading.api.bookings import BookingsView, BookingView, CancellationView, DelegateView
from marketplace.trading.api.budgets import BudgetView, LineCodesView, YearEndView
from marketplace.trading.api.course_dates import (
    ConfirmationView,
    CourseDatesView,
    CourseDateView,
    DateCancellationView,
    DateMessagesView,
    DateMoveView,
)
from marketplace.trading.api.licences import LicencesView, RoyaltiesView, RoyaltySalesView
from marketplace.trading.api.moving import (
    MovedView,
    MoveView,
    OrderCancellationPreviewView,
    OrderCancellationView,
    OrderPeopleView,
)
from marketplace.trading.api.orders import OrderPurchaseOrderView, OrdersView, OrderView
from marketplace.trading.api.quotes import QuotesView
from marketplace.trading.api.registers import OwnRecordView, RegisterClosingView, RegisterView
from marketplace.trading.api.reviewing import SupportView, VisitReviewsView
from marketplace.trading.api.terms import CustomerTermsView
from marketplace.trading.api.visits import (
    VisitAgreementView,
    VisitAnswerView,
    VisitQueryView,
    VisitRecordView,
    VisitsView,
    VisitView,
)
from marketplace.trading.api.waiting import (
    WaitingAcceptView,
    WaitingDeclineView,
    WaitingEntryView,
    WaitingLeaveView,
    WaitingListView,
)
from marketplace.trading.api.waivers import BookingWaiversView, WaiverDecisionView, WaiversView

urlpatterns: list[URLPattern] = [
    path("quotes", QuotesView.as_view(), name="api-quotes"),
    path("baskets/<slug:number>", BasketView.as_view(), name="api-basket"),
    path("baskets/<slug:number>/lines", BasketLinesView.as_view(), name="api-basket-lines"),
    path("baskets/<slug:number>/lines/<int:line>", BasketLineView.as_view(), name="api-basket-line"),
    path("orders", OrdersView.as_view(), name="api-orders"),
    path("orders/<slug:number>", OrderView.as_view(), name="api-order"),
    path("orders/<slug:number>/purchase-order", OrderPurchaseOrderView.as_view(), name="api-order-purchase-order"),
    path("orders/<slug:number>/codes", LineCodesView.as_view(), name="api-order-codes"),
    path("budgets/<slug:number>", BudgetView.as_view(), name="api-budget"),
    path("licences/<slug:number>", LicencesView.as_view(), name="api-licences"),
    path("royalties/<slug:number>", RoyaltiesView.as_view(), name="api-royalties"),
    path("royalties/<slug:number>/sales", RoyaltySalesView.as_view(), name="api-royalty-sales"),
    path("year-ends/<slug:number>", YearEndView.as_view(), name="api-year-end"),
    path("organisations/<slug:number>/level-advice", LevelAdviceView.as_view(), name="api-level-advice"),
    path("allowances/<slug:number>", OwnAllowancesView.as_view(), name="api-own-allowances"),
    path("customers/<slug:number>/allowances", CustomerAllowancesView.as_view(), name="api-customer-allowances"),
    path("customers/<slug:number>/terms", CustomerTermsView.as_view(), name="api-customer-terms"),
    path("approvals", ApprovalsView.as_view(), name="api-approvals"),
    path("approvals/<slug:number>", ApprovalView.as_view(), name="api-approval"),
    path("approvals/<slug:number>/decision", DecisionView.as_view(), name="api-approval-decision"),
    path("approvals/<slug:number>/withdrawal", WithdrawalView.as_view(), name="api-approval-withdrawal"),
    path("bookings", BookingsView.as_view(), name="api-bookings"),
    path("bookings/<int:pk>", BookingView.as_view(), name="api-booking"),
    path("bookings/<int:pk>/cancellation", CancellationView.as_view(), name="api-booking-cancellation"),
    path("bookings/<int:pk>/delegate", DelegateView.as_view(), name="api-booking-delegate"),
    path("bookings/<int:pk>/move-preview", MoveView.as_view(), name="api-booking-move-preview"),
    path("bookings/<int:pk>/move", MovedView.as_view(), name="api-booking-move"),
    path("orders/<slug:number>/people", OrderPeopleView.as_view(), name="api-order-people"),
    path(
        "orders/<slug:number>/cancellation-preview",
        OrderCancellationPreviewView.as_view(),
        name="api-order-cancellation-preview",
    ),
    path("orders/<slug:number>/cancellation", OrderCancellationView.as_view(), name="api-order-cancellation"),
    path("visit-reviews", VisitReviewsView.as_view(), name="api-visit-reviews"),
    path("support", SupportView.as_view(), name="api-support"),
    path("visits", VisitsView.as_view(), name="api-visits"),
    path("visits/<slug:number>/<int:ordinal>", VisitView.as_view(), name="api-visit"),
    path("visits/<slug:number>/<int:ordinal>/record", VisitRecordView.as_view(), name="api-visit-record"),
    path("visits/<slug:number>/<int:ordinal>/agreement", VisitAgreementView.as_view(), name="api-visit-agreement"),
    path("visits/<slug:number>/<int:ordinal>/query", VisitQueryView.as_view(), name="api-visit-query"),
    path("visits/<slug:number>/<int:ordinal>/answer", VisitAnswerView.as_view(), name="api-visit-answer"),
    path("waiting-entries", WaitingListView.as_view(), name="api-waiting-entries"),
    path("waiting-entries/<int:pk>", WaitingEntryView.as_view(), name="api-waiting-entry"),
    path("waiting-entries/<int:pk>/leave", WaitingLeaveView.as_view(), name="api-waiting-leave"),
    path("waiting-entries/<int:pk>/decline", WaitingDeclineView.as_view(), name="api-waiting-decline"),
    path("waiting-entries/<int:pk>/accept", WaitingAcceptView.as_view(), name="api-waiting-accept"),
    path("bookings/<int:pk>/waivers", BookingWaiversView.as_view(), name="api-booking-waivers"),
    path("waivers", WaiversView.as_view(), name="api-waivers"),
    path("waivers/<int:pk>/decision", WaiverDecisionView.as_view(), name="api-waiver-decision"),
    path("course-dates", CourseDatesView.as_view(), name="api-course-dates"),
    path("course-dates/<slug:code>", CourseDateView.as_view(), name="api-course-date"),
    path("course-dates/<slug:code>/confirmation", ConfirmationView.as_view(), name="api-course-date-confirmation"),
    path("course-dates/<slug:code>/cancellation", DateCancellationView.as_view(), name="api-course-date-cancellation"),
    path("course-dates/<slug:code>/move", DateMoveView.as_view(), name="api-course-date-move"),
    path("course-dates/<slug:code>/messages", DateMessagesView.as_view(), name="api-course-date-messages"),
    path("course-dates/<slug:code>/registers/<int:meeting>", RegisterView.as_view(), name="api-register"),
    path(
        "course-dates/<slug:code>/registers/<int:meeting>/closing",
        RegisterClosingView.as_view(),
        name="api-register-closing",
    ),
    *consultancy_urls.urlpatterns,
    path("cpd-record", OwnRecordView.as_view(), name="api-cpd-record"),
]
