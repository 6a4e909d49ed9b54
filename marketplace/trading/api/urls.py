"""The addresses of trading in the API."""

from django.urls import URLPattern, path

from marketplace.trading.api.approvals import ApprovalsView, ApprovalView, DecisionView, WithdrawalView
from marketplace.trading.api.baskets import BasketLinesView, BasketLineView, BasketView
from marketplace.trading.api.bookings import BookingsView, BookingView, CancellationView, DelegateView
from marketplace.trading.api.budgets import BudgetView, LineCodesView, YearEndView
from marketplace.trading.api.orders import OrderPurchaseOrderView, OrdersView, OrderView
from marketplace.trading.api.quotes import QuotesView
from marketplace.trading.api.terms import CustomerTermsView

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
    path("year-ends/<slug:number>", YearEndView.as_view(), name="api-year-end"),
    path("customers/<slug:number>/terms", CustomerTermsView.as_view(), name="api-customer-terms"),
    path("approvals", ApprovalsView.as_view(), name="api-approvals"),
    path("approvals/<slug:number>", ApprovalView.as_view(), name="api-approval"),
    path("approvals/<slug:number>/decision", DecisionView.as_view(), name="api-approval-decision"),
    path("approvals/<slug:number>/withdrawal", WithdrawalView.as_view(), name="api-approval-withdrawal"),
    path("bookings", BookingsView.as_view(), name="api-bookings"),
    path("bookings/<int:pk>", BookingView.as_view(), name="api-booking"),
    path("bookings/<int:pk>/cancellation", CancellationView.as_view(), name="api-booking-cancellation"),
    path("bookings/<int:pk>/delegate", DelegateView.as_view(), name="api-booking-delegate"),
]
