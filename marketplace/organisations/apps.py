from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "marketplace.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Registers the kinds of job."""
        import marketplace.organisations.services.gias.job  # noqa: F401
