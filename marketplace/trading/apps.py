from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "marketplace.trading"
    label = "trading"

    def ready(self) -> None:
        """Declares the invariants."""
        import marketplace.trading.verification  # noqa: F401
