"""Addresses of the commissioner's desk."""

from django.urls import URLPattern, path

from frontend.council import contracts, invoices, lines, outcomes, reports, support_plans, telling

urlpatterns: list[URLPattern] = [
    path("contracts", contracts.contracts, name="council-contracts"),
    path("contracts/<slug:number>", contracts.contract, name="council-contract"),
    path("contracts/<slug:number>/lines", lines.lines, name="council-lines"),
    path("contracts/<slug:number>/packages/<slug:code>/offer", telling.tell, name="council-package-tell"),
    path("schools", contracts.schools, name="council-schools"),
    path("support-plans", support_plans.plans, name="council-support-plans"),
    path("support-plans/<slug:number>", support_plans.plan, name="council-support-plan"),
    path("outcomes", outcomes.outcomes, name="council-outcomes"),
    path("invoices", invoices.invoices, name="council-invoices"),
    path("invoices/<slug:number>", invoices.invoice, name="council-invoice"),
    path("reports", reports.reports, name="council-reports"),
    path("reports/<slug:number>/<int:ordinal>", reports.quarter, name="council-return"),
    path("reports/<slug:number>/<int:ordinal>/councillors", reports.councillors, name="council-report"),
    path("reports/<slug:number>/<int:ordinal>/councillors/pdf", reports.councillors_pdf, name="council-report-pdf"),
]
