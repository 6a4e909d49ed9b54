from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "catalogue"

    def ready(self) -> None:
        """Declares the price guard and the invariants."""
        import catalogue.benchmarks
        import catalogue.guards
        import catalogue.verification  # noqa: F401
