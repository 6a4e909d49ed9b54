from django.db import models


class SearchWord(models.Model):
    """A word that stands in a published offer: what a mistyped search is compared with."""

    word = models.CharField(max_length=40, primary_key=True)
    offers = models.PositiveIntegerField(help_text="In how many published offers it stands.")

    def __str__(self) -> str:
        return self.word
