from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "invoicing"

    def ready(self) -> None:
        """Declares the guards and the invariants of the sub-packages."""
        import invoicing.banking.verification
        import invoicing.benchmarks
        import invoicing.documents.triggers
        import invoicing.documents.verification
        import invoicing.ledger.triggers
        import invoicing.ledger.verification
        import invoicing.receivables.verification  # noqa: F401
