from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "marketplace.trading"
    label = "trading"

    def ready(self) -> None:
        """Declares the guards, the invariants, the duties, and who may see which files."""
        import marketplace.trading.benchmarks
        import marketplace.trading.counting_duties
        import marketplace.trading.engagements.asked_guards
        import marketplace.trading.engagements.asked_verification
        import marketplace.trading.engagements.duties
        import marketplace.trading.engagements.guards
        import marketplace.trading.engagements.retainer_duties
        import marketplace.trading.engagements.retainer_guards
        import marketplace.trading.engagements.retainer_verification
        import marketplace.trading.engagements.review_guards
        import marketplace.trading.engagements.review_verification
        import marketplace.trading.engagements.services.approving
        import marketplace.trading.engagements.verification
        import marketplace.trading.engagements.visit_duties
        import marketplace.trading.engagements.visit_guards
        import marketplace.trading.engagements.visit_verification
        import marketplace.trading.guards
        import marketplace.trading.licence_duties
        import marketplace.trading.licence_guards
        import marketplace.trading.licence_verification
        import marketplace.trading.papers
        import marketplace.trading.policy_guards
        import marketplace.trading.policy_verification
        import marketplace.trading.register_guards
        import marketplace.trading.register_verification
        import marketplace.trading.running_duties
        import marketplace.trading.running_verification
        import marketplace.trading.tasks
        import marketplace.trading.term_duties
        import marketplace.trading.term_guards
        import marketplace.trading.verification
        import marketplace.trading.version_verification
        import marketplace.trading.waiting_guards
        import marketplace.trading.waiting_verification
        import marketplace.trading.waiver_duties
        import marketplace.trading.waiver_queries  # noqa: F401
