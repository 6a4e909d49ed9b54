from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "marketplace.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Registers the kinds of job and the invariant of roles."""
        import marketplace.organisations.services.gias.job
        import marketplace.organisations.verification  # noqa: F401
