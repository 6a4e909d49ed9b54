from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "marketplace.trading"
    label = "trading"

    def ready(self) -> None:
        """Declares the guards, the invariants, the duties, and who may see which files."""
        import marketplace.trading.guards
        import marketplace.trading.papers
        import marketplace.trading.tasks
        import marketplace.trading.verification  # noqa: F401
