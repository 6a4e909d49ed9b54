"""Who presents a course date."""

from django.db import models

from catalogue.models.runs import CourseRun
from providers.models import Consultant


class CourseRunPresenter(models.Model):
    """A consultant who presents a course date, at all of its meetings: each takes time in their one calendar."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="presenters")
    consultant = models.ForeignKey(Consultant, on_delete=models.PROTECT, related_name="presenting")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "consultant"], name="presenter_once")]

    def __str__(self) -> str:
        return f"{self.consultant_id} of {self.run_id}"
