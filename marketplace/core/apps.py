from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "marketplace.core"
    label = "core"

    def ready(self) -> None:
        from marketplace.core import (  # noqa: F401  register checks, duties, kinds of job, figures, guards and invariants
            constraint_check,
            duties,
            event_benchmark,
            log_duties,
            log_jobs,
            log_verification,
            triggers,
        )
