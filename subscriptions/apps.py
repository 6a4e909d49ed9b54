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
    "desk.duties",
    "desk.guards",
    "desk.queries",
    "desk.verification",
    "membership.guards",
    "membership.verification",
    "outcomes.guards",
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
]
"""Modules that declare guards, invariants, duties, benchmarks or who sees which files; each sub-package adds its own."""


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        """Declares the invariants, guards and duties."""
        for name in DECLARING:
            import_module(f"subscriptions.{name}")
