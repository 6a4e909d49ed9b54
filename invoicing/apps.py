from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "invoicing"

    def ready(self) -> None:
        """Declares the guards, the invariants and the kinds of job of the sub-packages."""
        import invoicing.agency.guards
        import invoicing.agency.verification
        import invoicing.banking.benchmarks
        import invoicing.banking.verification
        import invoicing.benchmarks
        import invoicing.closing.audit_file
        import invoicing.closing.origin_verification
        import invoicing.closing.verification
        import invoicing.council_journals.guards
        import invoicing.council_journals.verification
        import invoicing.credit_control.guards
        import invoicing.credit_control.verification
        import invoicing.documents.instalment_triggers
        import invoicing.documents.triggers
        import invoicing.documents.verification
        import invoicing.duties
        import invoicing.funds.guards
        import invoicing.funds.payment_request_guards
        import invoicing.funds.payment_request_verification
        import invoicing.funds.verification
        import invoicing.journals.duties
        import invoicing.journals.guards
        import invoicing.journals.verification
        import invoicing.ledger.export_job
        import invoicing.ledger.month_triggers
        import invoicing.ledger.triggers
        import invoicing.ledger.verification
        import invoicing.mandates.triggers
        import invoicing.payables.duties
        import invoicing.payables.guards
        import invoicing.payables.verification
        import invoicing.payees.guards
        import invoicing.paying_out.benchmarks
        import invoicing.paying_out.guards
        import invoicing.paying_out.verification
        import invoicing.provider_invoices.duties
        import invoicing.provider_invoices.guards
        import invoicing.provider_invoices.verification
        import invoicing.receivables.billing_job
        import invoicing.receivables.posted_verification
        import invoicing.receivables.prepared_credits
        import invoicing.receivables.refunds
        import invoicing.receivables.triggers
        import invoicing.receivables.verification
        import invoicing.receivables.write_offs
        import invoicing.recognition.release_job
        import invoicing.recognition.triggers
        import invoicing.recognition.verification
        import invoicing.second_person.guards
        import invoicing.second_person.verification
        import invoicing.self_billing.job
        import invoicing.vat.triggers
        import invoicing.vat.verification
        import invoicing.vat_returns.guards
        import invoicing.vat_returns.verification  # noqa: F401
