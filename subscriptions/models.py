"""Everything agreed for a term. Sub-packages own the models; they are gathered here for Django."""

from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod, Suspension
from subscriptions.allowances.models import Allowance, AllowanceMovement, AllowanceUse
from subscriptions.asking.models import AskedChange
from subscriptions.desk.models import (
    DeskHours,
    DeskPromise,
    MissedPromise,
    ServiceCredit,
    Ticket,
    TicketMessage,
    TicketPause,
)
from subscriptions.membership.models import ContributionRound, ContributionShare, MemberClass, MemberEntry
from subscriptions.outcomes.models import (
    Band,
    Clawback,
    ContractPerson,
    ContractVersion,
    Evidence,
    Measure,
    MeasuredFact,
    Milestone,
    OutcomeAccrual,
    OutcomeContract,
    OutcomeItem,
    Statement,
    StatementLine,
    StatementMove,
    Submission,
    VolumeReturn,
)
from subscriptions.plans.models import Entitlement, Plan, PlanVersion
from subscriptions.purses.models import Purse, PurseDraw, PurseMember, PurseMovement
from subscriptions.register.models import ContractDocument, ContractReminder, OutsideContract, QuoteRule
from subscriptions.renewals.models import RenewalReminder
from subscriptions.shared.models import SharedCost, SharedPart, SharedParticipant, SharedShare
from subscriptions.slas.models import Acceptance, Promise, PromiseTable, ServiceTerms, TermsDocument
from subscriptions.tiers.models import Membership

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementLine",
    "Allowance",
    "AllowanceMovement",
    "AllowanceUse",
    "AskedChange",
    "Band",
    "BillingPeriod",
    "Clawback",
    "ContractDocument",
    "ContractPerson",
    "ContractReminder",
    "ContractVersion",
    "ContributionRound",
    "ContributionShare",
    "DeskHours",
    "DeskPromise",
    "Entitlement",
    "Evidence",
    "Measure",
    "MeasuredFact",
    "MemberClass",
    "MemberEntry",
    "Membership",
    "Milestone",
    "MissedPromise",
    "OutcomeAccrual",
    "OutcomeContract",
    "OutcomeItem",
    "OutsideContract",
    "Plan",
    "PlanVersion",
    "Promise",
    "PromiseTable",
    "Purse",
    "PurseDraw",
    "PurseMember",
    "PurseMovement",
    "QuoteRule",
    "RenewalReminder",
    "ServiceCredit",
    "ServiceTerms",
    "SharedCost",
    "SharedPart",
    "SharedParticipant",
    "SharedShare",
    "Statement",
    "StatementLine",
    "StatementMove",
    "Submission",
    "Suspension",
    "TermsDocument",
    "Ticket",
    "TicketMessage",
    "TicketPause",
    "VolumeReturn",
]
