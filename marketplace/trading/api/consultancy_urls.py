"""The addresses of consultants' requests and bookings in the API."""

from django.urls import URLPattern, path

from marketplace.trading.api import consultancy as requests
from marketplace.trading.api import consultancy_bookings as bookings
from marketplace.trading.api import retainers

REQUEST, QUOTE = "consultant-requests/<slug:number>", "consultant-quotes/<int:pk>"
BOOKING = "consultant-bookings/<slug:number>"
DATE = f"{BOOKING}/dates/<int:ordinal>"
RETAINER = "retainers/<slug:number>"

urlpatterns: list[URLPattern] = [
    path("consultant-requests", requests.ConsultantRequestsView.as_view(), name="api-consultant-requests"),
    path(REQUEST, requests.ConsultantRequestView.as_view(), name="api-consultant-request"),
    path(f"{REQUEST}/acceptance", requests.ConsultantAcceptView.as_view(), name="api-consultant-request-acceptance"),
    path(f"{REQUEST}/approval", requests.ConsultantApprovalView.as_view(), name="api-consultant-request-approval"),
    path(f"{REQUEST}/withdrawal", requests.ConsultantWithdrawalView.as_view(), name="api-consultant-withdrawal"),
    path("consultant-quotes", requests.ConsultantQuotesView.as_view(), name="api-consultant-quotes"),
    path(f"{QUOTE}/quote", requests.ConsultantAnswerView.as_view(), name="api-consultant-quote"),
    path(f"{QUOTE}/refusal", requests.ConsultantDeclineView.as_view(), name="api-consultant-refusal"),
    path("consultant-bookings", bookings.EngagementsView.as_view(), name="api-engagements"),
    path(BOOKING, bookings.EngagementView.as_view(), name="api-engagement"),
    path(f"{BOOKING}/cancellation", bookings.EngagementCancellationView.as_view(), name="api-engagement-cancellation"),
    path(
        f"{BOOKING}/determinations",
        bookings.EngagementDeterminationView.as_view(),
        name="api-engagement-determinations",
    ),
    path(f"{BOOKING}/dates", bookings.EngagementDatesView.as_view(), name="api-engagement-dates"),
    path(DATE, bookings.EngagementDateView.as_view(), name="api-engagement-date"),
    path(
        f"{DATE}/cancellation",
        bookings.EngagementDateCancellationView.as_view(),
        name="api-engagement-date-cancellation",
    ),
    path(f"{DATE}/release", bookings.EngagementReleaseView.as_view(), name="api-engagement-date-release"),
    path("retainers", retainers.RetainersView.as_view(), name="api-retainers"),
    path(RETAINER, retainers.RetainerView.as_view(), name="api-retainer"),
    path(f"{RETAINER}/agreement", retainers.RetainerAgreementView.as_view(), name="api-retainer-agreement"),
    path(f"{RETAINER}/refusal", retainers.RetainerRefusalView.as_view(), name="api-retainer-refusal"),
    path(f"{RETAINER}/stop", retainers.RetainerStopView.as_view(), name="api-retainer-stop"),
]
