from importlib import import_module

from django.apps import AppConfig

DECLARING = [
    "agreements.duties",
    "agreements.guards",
    "agreements.verification",
    "allowances.duties",
    "allowances.guards",
    "allowances.verification",
    "benchmarks",
    "commissions.duties",
    "commissions.guards",
    "commissions.verification",
    "desk.duties",
    "desk.guards",
    "desk.queries",
    "desk.verification",
    "hubs.duties",
    "hubs.guards",
    "hubs.papers",
    "hubs.verification",
    "membership.guards",
    "membership.verification",
    "outcomes.claim_duties",
    "outcomes.benchmarks",
    "outcomes.ending_duties",
    "outcomes.guards",
    "outcomes.statement_duties",
    "outcomes.terms_verification",
    "outcomes.verification",
    "plans.duties",
    "plans.guards",
    "purses.duties",
    "purses.guards",
    "purses.verification",
    "register.documents",
    "register.duties",
    "shared.guards",
    "renewals.duties",
    "renewals.job",
    "rounds.job",
    "shared.verification",
    "slas.guards",
    "slas.papers",
    "support.duties",
    "support.guards",
    "support.verification",
]
"""Modules that declare guards, invariants, duties, benchmarks or who sees which files; each sub-package adds its own."""


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        """Declares the invariants, guards and duties."""
        for name in DECLARING:
            import_module(f"subscriptions.{name}")
