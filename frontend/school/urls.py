"""The addresses of the public pages and of a buyer's."""

from django.urls import path

from frontend.audit import own
from frontend.school import (
    about,
    approval_paper,
    approvals,
    basket,
    basket_line,
    changing,
    deputies,
    explaining,
    finding,
    invoices,
    offers,
    orders,
    query,
    statement,
)

BUYER = "<buyer:kind>/<slug:code>"

urlpatterns = [
    path("find", finding.find, name="find"),
    path("find/<slug:offer>", offers.find_offer, name="find-offer"),
    path(f"{BUYER}/find", finding.school_find, name="school-find"),
    path(f"{BUYER}/find/<slug:offer>", offers.school_offer, name="school-offer"),
    path(f"{BUYER}/basket", basket.basket, name="school-basket"),
    path(f"{BUYER}/basket/<int:line>", basket_line.basket_line, name="school-basket-line"),
    path(f"{BUYER}/basket/<int:line>/remove", basket.remove, name="school-basket-remove"),
    path(f"{BUYER}/bookings", orders.bookings, name="school-bookings"),
    path(f"{BUYER}/bookings/<int:pk>", changing.booking, name="school-booking"),
    path(f"{BUYER}/bookings/<int:pk>/name", changing.send_someone_else, name="school-booking-name"),
    path(f"{BUYER}/bookings/<int:pk>/cancel", changing.cancel, name="school-booking-cancel"),
    path(f"{BUYER}/orders", orders.orders, name="school-orders"),
    path(f"{BUYER}/orders/<slug:number>", orders.order, name="school-order"),
    path(f"{BUYER}/orders/<slug:number>/placed", basket.placed, name="school-order-placed"),
    path(f"{BUYER}/orders/<slug:number>/purchase-order", orders.purchase_order, name="school-order-purchase-order"),
    path(f"{BUYER}/approvals", approvals.approvals, name="school-approvals"),
    path(f"{BUYER}/approvals/<slug:number>", approvals.approval, name="school-approval"),
    path(f"{BUYER}/approvals/<slug:number>/remind", approvals.send_reminder, name="school-approval-remind"),
    path(f"{BUYER}/approvals/<slug:number>/withdraw", approvals.take_back, name="school-approval-withdraw"),
    path(f"{BUYER}/approvals/<slug:number>/paper", approval_paper.paper, name="school-approval-paper"),
    path(f"{BUYER}/deputies", deputies.deputies, name="school-deputies"),
    path(f"{BUYER}/deputies/<int:pk>/end", deputies.end, name="school-deputy-end"),
    path(f"{BUYER}/invoices", invoices.invoices, name="school-invoices"),
    path(f"{BUYER}/invoices/<slug:number>", invoices.invoice, name="school-invoice"),
    path(f"{BUYER}/invoices/<slug:number>/pdf", invoices.invoice_pdf, name="school-invoice-pdf"),
    path(f"{BUYER}/invoices/<slug:number>/ubl", invoices.invoice_ubl, name="school-invoice-ubl"),
    path(f"{BUYER}/invoices/<slug:number>/lines/<int:position>", explaining.explain, name="school-explain"),
    path(f"{BUYER}/invoices/<slug:number>/query", query.ask, name="school-query-ask"),
    path(f"{BUYER}/queries", query.queries, name="school-queries"),
    path(f"{BUYER}/queries/<slug:number>", query.query, name="school-query"),
    path(f"{BUYER}/statement", statement.statement, name="school-statement"),
    path(f"{BUYER}/statement/csv", statement.statement_csv, name="school-statement-csv"),
    path(f"{BUYER}/statement/pdf", statement.statement_paper, name="school-statement-pdf"),
    path(f"{BUYER}/about", about.about, name="school-about"),
    path(f"{BUYER}/history", own.history, name="school-history"),
]
