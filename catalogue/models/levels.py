from django.db import models

from catalogue.models.offers import Offer


class OfferLevel(models.Model):
    """A package of an offer: what is included. The one chosen is the stated fact ``level`` of a price.

    ``code`` is what price rules compare with. Written with the offer's other content, all at once.
    """

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="levels", db_index=False)
    code = models.SlugField(max_length=20)
    title = models.CharField(max_length=60)
    included = models.CharField(max_length=600)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["offer_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "code"], name="level_once"),
            models.UniqueConstraint(fields=["offer", "position"], name="level_position_once"),
        ]

    def __str__(self) -> str:
        return self.title
