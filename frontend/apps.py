from django.apps import AppConfig


class FrontendConfig(AppConfig):
    name = "frontend"

    def ready(self) -> None:
        """Registers what people are told by e-mail and programs by webhook, and the benchmark of the pages."""
        import frontend.benchmarks
        import frontend.notices.loaded
        import frontend.webhooks.kinds  # noqa: F401
