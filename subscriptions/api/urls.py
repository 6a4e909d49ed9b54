"""The addresses of this floor's API; each sub-package adds its own."""

from django.urls import URLPattern, URLResolver, include, path

from subscriptions.api.agreement_changes import (
    AgreementAcceptView,
    AgreementChangeView,
    AgreementDeclineView,
    AgreementEndView,
    AgreementNoticeView,
    AgreementResumeView,
    AgreementsAndNewView,
    AgreementSuspendView,
)
from subscriptions.api.agreements import AgreementView
from subscriptions.api.allowances import AllowanceMovementsView, AllowancesView
from subscriptions.api.asked_changes import AskChangeView, AskedChangeAnswerView, AskedChangesView
from subscriptions.api.contracts import (
    ContractDecisionView,
    ContractDocumentsView,
    ContractEndView,
    ContractsView,
    ContractView,
)
from subscriptions.api.council_changes import (
    CouncilLinesView,
    CouncilPackagesView,
    CouncilPackageView,
    PackageAllocationView,
    PackageOffersView,
    PackageRuleView,
    PackageSchoolsView,
    PackageTellView,
)
from subscriptions.api.council_contracts import (
    CouncilContractView,
    CouncilDrawsView,
    CouncilReturnsView,
    CouncilReturnView,
)
from subscriptions.api.council_decisions import (
    CouncilInvoiceApprovalView,
    CouncilReturnAnswerView,
    CouncilReturnSendView,
)
from subscriptions.api.council_drafts import (
    CouncilContractsDraftView,
    CouncilHandoverStepView,
    CouncilHandoverView,
    CouncilIndicatorsView,
)
from subscriptions.api.desk_hours import DeskHoursView
from subscriptions.api.matched_funding import (
    MatchedPromiseMakeView,
    MatchedPromisesView,
    MatchedSchemesView,
    MatchedSchemeView,
)
from subscriptions.api.members import ContributionAgreementView, ContributionsView, ContributionView, MembersView
from subscriptions.api.outcome_claims import ClaimDecisionView, ClaimsOfItemView, ClaimsView, ClaimView
from subscriptions.api.outcome_contracts import (
    OutcomeContractView,
    OutcomeItemView,
    OutcomeStatementView,
)
from subscriptions.api.outcome_drafts import (
    OutcomeContractAnswerView,
    OutcomeContractsDraftView,
    OutcomeDiscardView,
    OutcomeOfferView,
    OutcomeRedraftView,
)
from subscriptions.api.outcome_evidence import EvidenceOfItemView
from subscriptions.api.outcome_variations import (
    VariationAnswerView,
    VariationPreviewView,
    VariationsView,
    VariationView,
)
from subscriptions.api.outcome_volume import (
    HeadsDecisionView,
    HeadsOfStatementView,
    HeadsReturnView,
    HeadsView,
)
from subscriptions.api.plans import LevelsView, SubscriptionChangeView, SubscriptionsView
from subscriptions.api.purses import PursesView, PurseView
from subscriptions.api.rounds import RoundsView
from subscriptions.api.service_terms import ServiceTermsView, TermsOfServiceView
from subscriptions.api.shared_costs import SharedCostAgreementView, SharedCostsView, SharedCostView
from subscriptions.api.support_plans import (
    SupportPlanAgreeView,
    SupportPlanReviewView,
    SupportPlansView,
    SupportPlanTakeOverView,
    SupportPlanView,
    SupportPlanWithdrawView,
)
from subscriptions.api.tickets import (
    TicketReopenView,
    TicketReplyView,
    TicketResolveView,
    TicketsView,
    TicketView,
)

PACKAGE = "council-contracts/<slug:number>/packages/<slug:code>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("agreements", AgreementsAndNewView.as_view(), name="api-agreements"),
    path("agreements/rounds", RoundsView.as_view(), name="api-agreement-rounds"),
    path("agreements/<slug:number>", AgreementView.as_view(), name="api-agreement"),
    path("agreements/<slug:number>/accept", AgreementAcceptView.as_view(), name="api-agreement-accept"),
    path("agreements/<slug:number>/decline", AgreementDeclineView.as_view(), name="api-agreement-decline"),
    path("agreements/<slug:number>/notice", AgreementNoticeView.as_view(), name="api-agreement-notice"),
    path("agreements/<slug:number>/suspend", AgreementSuspendView.as_view(), name="api-agreement-suspend"),
    path("agreements/<slug:number>/resume", AgreementResumeView.as_view(), name="api-agreement-resume"),
    path("agreements/<slug:number>/end", AgreementEndView.as_view(), name="api-agreement-end"),
    path("agreements/<slug:number>/change", AgreementChangeView.as_view(), name="api-agreement-change"),
    path("agreements/<slug:number>/asked-changes", AskChangeView.as_view(), name="api-agreement-ask-change"),
    path("asked-changes", AskedChangesView.as_view(), name="api-asked-changes"),
    path("asked-changes/<int:pk>/answer", AskedChangeAnswerView.as_view(), name="api-asked-change-answer"),
    path("allowances", AllowancesView.as_view(), name="api-allowances"),
    path("allowances/<int:pk>/movements", AllowanceMovementsView.as_view(), name="api-allowance-movements"),
    path("contracts", ContractsView.as_view(), name="api-contracts"),
    path("contracts/<slug:number>", ContractView.as_view(), name="api-contract"),
    path("contracts/<slug:number>/end", ContractEndView.as_view(), name="api-contract-end"),
    path("contracts/<slug:number>/decision", ContractDecisionView.as_view(), name="api-contract-decision"),
    path("contracts/<slug:number>/documents", ContractDocumentsView.as_view(), name="api-contract-documents"),
    path("outcome-contracts", OutcomeContractsDraftView.as_view(), name="api-outcome-contracts"),
    path("outcome-claims", ClaimsView.as_view(), name="api-outcome-claims"),
    path("outcome-contracts/<slug:number>", OutcomeContractView.as_view(), name="api-outcome-contract"),
    path("outcome-contracts/<slug:number>/redraft", OutcomeRedraftView.as_view(), name="api-outcome-redraft"),
    path("outcome-contracts/<slug:number>/offer", OutcomeOfferView.as_view(), name="api-outcome-offer"),
    path("outcome-contracts/<slug:number>/answer", OutcomeContractAnswerView.as_view(), name="api-outcome-answer"),
    path("outcome-contracts/<slug:number>/discard", OutcomeDiscardView.as_view(), name="api-outcome-discard"),
    path("outcome-contracts/<slug:number>/items/<slug:code>", OutcomeItemView.as_view(), name="api-outcome-item"),
    path(
        "outcome-contracts/<slug:number>/items/<slug:code>/evidence",
        EvidenceOfItemView.as_view(),
        name="api-outcome-evidence",
    ),
    path(
        "outcome-contracts/<slug:number>/items/<slug:code>/claims",
        ClaimsOfItemView.as_view(),
        name="api-outcome-claim-send",
    ),
    path(
        "outcome-contracts/<slug:number>/items/<slug:code>/claims/<int:ordinal>",
        ClaimView.as_view(),
        name="api-outcome-claim",
    ),
    path(
        "outcome-contracts/<slug:number>/items/<slug:code>/claims/<int:ordinal>/decision",
        ClaimDecisionView.as_view(),
        name="api-outcome-claim-decision",
    ),
    path(
        "outcome-contracts/<slug:number>/statements/<int:ordinal>",
        OutcomeStatementView.as_view(),
        name="api-outcome-statement",
    ),
    path("outcome-heads", HeadsView.as_view(), name="api-outcome-heads"),
    path(
        "outcome-contracts/<slug:number>/statements/<int:ordinal>/heads",
        HeadsOfStatementView.as_view(),
        name="api-outcome-statement-heads",
    ),
    path(
        "outcome-contracts/<slug:number>/statements/<int:ordinal>/heads/<slug:code>/<int:nth>",
        HeadsReturnView.as_view(),
        name="api-outcome-heads-return",
    ),
    path(
        "outcome-contracts/<slug:number>/statements/<int:ordinal>/heads/<slug:code>/<int:nth>/decision",
        HeadsDecisionView.as_view(),
        name="api-outcome-heads-decision",
    ),
    path("outcome-contracts/<slug:number>/variations", VariationsView.as_view(), name="api-outcome-variations"),
    path(
        "outcome-contracts/<slug:number>/variations/preview",
        VariationPreviewView.as_view(),
        name="api-outcome-variation-preview",
    ),
    path(
        "outcome-contracts/<slug:number>/variations/<int:version>",
        VariationView.as_view(),
        name="api-outcome-variation",
    ),
    path(
        "outcome-contracts/<slug:number>/variations/<int:version>/answer",
        VariationAnswerView.as_view(),
        name="api-outcome-variation-answer",
    ),
    path("council-contracts", CouncilContractsDraftView.as_view(), name="api-council-contracts"),
    path("council-contracts/<slug:number>", CouncilContractView.as_view(), name="api-council-contract"),
    path("council-draws", CouncilDrawsView.as_view(), name="api-council-draws"),
    path("council-returns", CouncilReturnsView.as_view(), name="api-council-returns"),
    path(
        "council-contracts/<slug:number>/returns/<int:ordinal>",
        CouncilReturnView.as_view(),
        name="api-council-return",
    ),
    path(
        "council-contracts/<slug:number>/returns/<int:ordinal>/send",
        CouncilReturnSendView.as_view(),
        name="api-council-return-send",
    ),
    path(
        "council-contracts/<slug:number>/returns/<int:ordinal>/answer",
        CouncilReturnAnswerView.as_view(),
        name="api-council-return-answer",
    ),
    path(
        "council-invoices/<slug:number>/approval",
        CouncilInvoiceApprovalView.as_view(),
        name="api-council-invoice-approval",
    ),
    path("council-contracts/<slug:number>/indicators", CouncilIndicatorsView.as_view(), name="api-council-indicators"),
    path("council-contracts/<slug:number>/handover", CouncilHandoverView.as_view(), name="api-council-handover"),
    path(
        "council-contracts/<slug:number>/handover/<int:position>",
        CouncilHandoverStepView.as_view(),
        name="api-council-handover-step",
    ),
    path("council-contracts/<slug:number>/lines", CouncilLinesView.as_view(), name="api-council-lines"),
    path("council-contracts/<slug:number>/packages", CouncilPackagesView.as_view(), name="api-council-packages"),
    path(f"{PACKAGE}", CouncilPackageView.as_view(), name="api-council-package"),
    path(f"{PACKAGE}/allocation", PackageAllocationView.as_view(), name="api-council-package-allocation"),
    path(f"{PACKAGE}/schools", PackageSchoolsView.as_view(), name="api-council-package-schools"),
    path(f"{PACKAGE}/rule", PackageRuleView.as_view(), name="api-council-package-rule"),
    path(f"{PACKAGE}/offers", PackageOffersView.as_view(), name="api-council-package-offers"),
    path(f"{PACKAGE}/tell", PackageTellView.as_view(), name="api-council-package-tell"),
    path("matched-schemes", MatchedSchemesView.as_view(), name="api-matched-schemes"),
    path("matched-schemes/<slug:code>", MatchedSchemeView.as_view(), name="api-matched-scheme"),
    path("matched-schemes/<slug:code>/promises", MatchedPromiseMakeView.as_view(), name="api-matched-promise-make"),
    path("matched-promises", MatchedPromisesView.as_view(), name="api-matched-promises"),
    path("support-plans", SupportPlansView.as_view(), name="api-support-plans"),
    path("support-plans/<slug:number>", SupportPlanView.as_view(), name="api-support-plan"),
    path("support-plans/<slug:number>/agree", SupportPlanAgreeView.as_view(), name="api-support-plan-agree"),
    path("support-plans/<slug:number>/withdraw", SupportPlanWithdrawView.as_view(), name="api-support-plan-withdraw"),
    path("support-plans/<slug:number>/take-over", SupportPlanTakeOverView.as_view(), name="api-support-plan-take-over"),
    path(
        "support-plans/<slug:number>/reviews/<int:pk>", SupportPlanReviewView.as_view(), name="api-support-plan-review"
    ),
    path("", include("subscriptions.api.hubs.urls")),
    path("subscription-levels", LevelsView.as_view(), name="api-subscription-levels"),
    path("subscriptions", SubscriptionsView.as_view(), name="api-subscriptions"),
    path("subscriptions/<slug:number>/change", SubscriptionChangeView.as_view(), name="api-subscription-change"),
    path("service-terms/<slug:code>", ServiceTermsView.as_view(), name="api-service-terms"),
    path("terms-of-service/<slug:code>/<int:version>", TermsOfServiceView.as_view(), name="api-terms-of-service"),
    path("members", MembersView.as_view(), name="api-members"),
    path("contributions", ContributionsView.as_view(), name="api-contributions"),
    path("contributions/<slug:code>", ContributionView.as_view(), name="api-contribution"),
    path("contributions/<slug:code>/agreement", ContributionAgreementView.as_view(), name="api-contribution-agreement"),
    path("purses", PursesView.as_view(), name="api-purses"),
    path("purses/<slug:code>", PurseView.as_view(), name="api-purse"),
    path("shared-costs", SharedCostsView.as_view(), name="api-shared-costs"),
    path("shared-costs/<slug:code>", SharedCostView.as_view(), name="api-shared-cost"),
    path("shared-costs/<slug:code>/agreement", SharedCostAgreementView.as_view(), name="api-shared-cost-agreement"),
    path("desk-hours", DeskHoursView.as_view(), name="api-desk-hours"),
    path("tickets", TicketsView.as_view(), name="api-tickets"),
    path("tickets/<slug:number>", TicketView.as_view(), name="api-ticket"),
    path("tickets/<slug:number>/reply", TicketReplyView.as_view(), name="api-ticket-reply"),
    path("tickets/<slug:number>/resolve", TicketResolveView.as_view(), name="api-ticket-resolve"),
    path("tickets/<slug:number>/reopen", TicketReopenView.as_view(), name="api-ticket-reopen"),
]
