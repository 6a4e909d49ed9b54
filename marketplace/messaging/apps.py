from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "marketplace.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Registers the recurring duties."""
        import marketplace.messaging.duties  # noqa: F401
