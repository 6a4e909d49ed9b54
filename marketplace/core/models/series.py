from django.db import models


class NumberSeries(models.Model):
    """A gapless series of numbers, kept in one counter row that is locked until the claimer's transaction ends."""

    code = models.CharField(max_length=40, primary_key=True)
    prefix = models.CharField(max_length=12)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="number_series_prefix_unique"),
            models.CheckConstraint(condition=models.Q(next_number__gt=0), name="number_series_positive"),
        ]

    def __str__(self) -> str:
        return self.code
