from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "catalogue"

    def ready(self) -> None:
        """Declares the guards, the invariants and the duties."""
        import catalogue.benchmarks
        import catalogue.guards
        import catalogue.offer_guards
        import catalogue.rating_verification
        import catalogue.run_guards
        import catalogue.tasks
        import catalogue.verification  # noqa: F401
