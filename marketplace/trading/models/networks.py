from django.db import models
from django.db.models import F, Q

from catalogue.models import CourseRun, Offer
from marketplace.organisations.models import Organisation, Person


class Network(models.Model):
    """A group of organisations that meets, without trade: its meetings are dates of an offer that costs nothing.

    The offer is never published, so the catalogue does not show it and nobody but members books a place.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=500, blank=True)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="network")
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class NetworkMember(models.Model):
    """An organisation in a network from one day to another (half-open), with the person who is told of meetings.

    ``no_mail`` is the member's own choice. ``contact_name`` and ``contact_email`` are personal and erasable.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", "Member"
        ASSOCIATE = "associate", "Associate"

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="network_memberships")
    kind = models.CharField(max_length=9, choices=Kind.choices, default=Kind.MEMBER)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="network_contacts")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    no_mail = models.BooleanField(default=False)
    by_level = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It joined by its subscription level, and books as long as it has it.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organisation"], condition=Q(valid_to__isnull=True), name="network_member_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="network_member_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"Member of {self.network_id}"


class NetworkLetter(models.Model):
    """What an organiser wrote to the members of a network, to how many. ``run`` where it is about one meeting."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="letters")
    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=120)
    body = models.TextField(max_length=4000)
    sent_at = models.DateTimeField()
    by_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    readers = models.PositiveIntegerField()

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
