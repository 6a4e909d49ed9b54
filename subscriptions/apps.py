from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"

    def ready(self) -> None:
        """Declares the invariants."""
        import subscriptions.allowances.verification  # noqa: F401
