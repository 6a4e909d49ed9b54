"""The names behind an event's numbers: people and organisations, looked up for a whole page at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frontend.finance.history import names_of, when, who
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation


@dataclass(frozen=True)
class Names:
    """People and organisations by id."""

    people: dict[int, str]
    organisations: dict[int, str]

    def by(self, event: Event) -> str:
        """Who acted: the person, or the command or task."""
        return who(event.actor_person_id, event.actor_label, self.people)

    def whose(self, event: Event) -> str:
        """The organisations in the event's scope; one that is gone by its number."""
        return ", ".join(self.organisations.get(pk, f"Organisation {pk}") for pk in event.organisation_ids)


def names_for(events: Sequence[Event]) -> Names:
    """The names that a page of events needs. Two queries, however many events."""
    ids: Iterable[int] = {pk for event in events for pk in event.organisation_ids}
    organisations = Organisation.objects.filter(pk__in=ids).values_list("pk", "name")
    return Names(names_of(event.actor_person_id for event in events), dict(organisations))


__all__ = ["Names", "names_for", "when"]
