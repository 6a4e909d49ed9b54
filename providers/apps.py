from importlib import import_module

from django.apps import AppConfig

DECLARING = [
    "accreditation.duties",
    "accreditation.guards",
    "accreditation.papers",
    "accreditation.verification",
    "calendar.verification",
    "rates.guards",
    "rates.verification",
]
"""Modules that declare guards, invariants, duties or who sees which files; each sub-package adds its own."""


class ProvidersConfig(AppConfig):
    name = "providers"

    def ready(self) -> None:
        """Declares the guards, the invariants and the duties."""
        for name in DECLARING:
            import_module(f"providers.{name}")
