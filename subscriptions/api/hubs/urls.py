"""The addresses of hubs in the API: calls, applications, panels, and a hub under its contract."""

from django.urls import URLPattern, path

from subscriptions.api.hubs import applications, calls, life, panel, spending

CALL, APPLICATION, HUB = "hub-calls/<slug:number>", "hub-applications/<slug:number>", "hubs/<slug:number>"
PARTNER, SCHOOL = f"{APPLICATION}/partners/<slug:school>", f"{HUB}/schools/<int:pk>"

urlpatterns: list[URLPattern] = [
    path("hub-calls", calls.HubCallsView.as_view(), name="api-hub-calls"),
    path(CALL, calls.HubCallView.as_view(), name="api-hub-call"),
    path(f"{CALL}/step", calls.HubCallStepView.as_view(), name="api-hub-call-step"),
    path(f"{CALL}/deadline", calls.HubCallDeadlineView.as_view(), name="api-hub-call-deadline"),
    path(f"{CALL}/panel", calls.HubPanelView.as_view(), name="api-hub-panel"),
    path(f"{CALL}/panel/<int:pk>/removal", calls.HubPanelRemovalView.as_view(), name="api-hub-panel-removal"),
    path(f"{CALL}/ranking", calls.HubRankingView.as_view(), name="api-hub-ranking"),
    path(f"{CALL}/applicants", panel.HubApplicantsView.as_view(), name="api-hub-applicants"),
    path(f"{CALL}/interests", panel.HubInterestsView.as_view(), name="api-hub-interests"),
    path("hub-applications", applications.HubApplicationsView.as_view(), name="api-hub-applications"),
    path(APPLICATION, applications.HubApplicationView.as_view(), name="api-hub-application"),
    path(f"{APPLICATION}/files", applications.HubPapersView.as_view(), name="api-hub-application-files"),
    path(
        f"{APPLICATION}/files/<int:pk>/removal",
        applications.HubPaperRemovalView.as_view(),
        name="api-hub-application-file-removal",
    ),
    path(f"{APPLICATION}/step", applications.HubApplicationStepView.as_view(), name="api-hub-application-step"),
    path(f"{APPLICATION}/partners", applications.HubPartnersView.as_view(), name="api-hub-partners"),
    path(f"{PARTNER}/removal", applications.HubPartnerRemovalView.as_view(), name="api-hub-partner-removal"),
    path(f"{PARTNER}/answer", applications.HubPartnerAnswerView.as_view(), name="api-hub-partner-answer"),
    path(f"{APPLICATION}/scores", panel.HubScoresView.as_view(), name="api-hub-scores"),
    path(f"{APPLICATION}/agreed-points", panel.HubAgreedView.as_view(), name="api-hub-agreed-points"),
    path(f"{APPLICATION}/decision", panel.HubDecisionView.as_view(), name="api-hub-decision"),
    path(f"{HUB}/schools", life.HubSchoolsView.as_view(), name="api-hub-schools"),
    path(f"{SCHOOL}/leaving", life.HubSchoolLeavingView.as_view(), name="api-hub-school-leaving"),
    path(f"{SCHOOL}/engagements", life.HubEngagementsView.as_view(), name="api-hub-engagements"),
    path(
        f"{SCHOOL}/engagements/<int:entry>/removal",
        life.HubEngagementRemovalView.as_view(),
        name="api-hub-engagement-removal",
    ),
    path(f"{HUB}/reviews", life.HubReviewsView.as_view(), name="api-hub-reviews"),
    path(f"{HUB}/reviews/<int:ordinal>", life.HubReviewView.as_view(), name="api-hub-review"),
    path(f"{HUB}/spend", spending.HubSpendsView.as_view(), name="api-hub-spend"),
    path(f"{HUB}/spend/<int:ordinal>/removal", spending.HubSpendRemovalView.as_view(), name="api-hub-spend-removal"),
    path(f"{HUB}/deputies", spending.HubDeputiesView.as_view(), name="api-hub-deputies"),
    path(f"{HUB}/deputies/<int:pk>/end", spending.HubDeputyEndView.as_view(), name="api-hub-deputy-end"),
]
