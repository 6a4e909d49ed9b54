"""How long a course date is, for fees by the meeting."""

from catalogue.models import CourseRun
from catalogue.rules.cancellation import Length


def length_of(run: CourseRun) -> Length:
    """Its meetings of at most four hours and its longer ones; one query, none where they were fetched."""
    meetings = [(one.starts_at, one.ends_at) for one in run.meetings.all()]
    return Length.of(meetings or [(run.starts_at, run.ends_at)])
