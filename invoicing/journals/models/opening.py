"""The opening position: what is taken over from the books that were kept before, once and for all."""

from django.db import models
from django.db.models import Q

from invoicing.journals.models.two_people import TwoPeople, two_people
from marketplace.organisations.models import Organisation


class OpeningPosition(TwoPeople):
    """A file of the old books as they stood at the end of ``on``: checked, handed in, approved and posted whole.

    One may wait for approval and one may be approved, ever. The file is kept as it came, with its hash.
    """

    on = models.DateField()
    file_name = models.CharField(max_length=120)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            *two_people("opening"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["submitted", "approved"]), name="opening_position_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "sent_back", "approved"]), name="opening_position_states"
            ),
        ]


class OpeningPlaces(models.Model):
    """Places that a customer had paid for and not used, as the old books say: a note, no money."""

    position = models.ForeignKey(OpeningPosition, on_delete=models.PROTECT, related_name="places")
    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    offer = models.CharField(max_length=200)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="opening_places_some")]

    def __str__(self) -> str:
        return f"{self.count} of {self.offer}"
