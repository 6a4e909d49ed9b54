from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "invoicing"

    def ready(self) -> None:
        """Declares the guards, the invariants and the kinds of job of the sub-packages."""
        import invoicing.banking.benchmarks
        import invoicing.banking.verification
        import invoicing.benchmarks
        import invoicing.documents.triggers
        import invoicing.documents.verification
        import invoicing.ledger.export_job
        import invoicing.ledger.triggers
        import invoicing.ledger.verification
        import invoicing.receivables.billing_job
        import invoicing.receivables.triggers
        import invoicing.receivables.verification  # noqa: F401
