"""Events about subscription levels in users' words."""

WORDS: dict[str, str] = {
    "subscription_level.added": "Subscription level {subject} was added",
    "subscription_level.version_drafted": "A version of subscription level {subject} was drafted",
    "subscription_level.version_published": "A version of subscription level {subject} was published",
    "subscription_level.withdrawn": "Subscription level {subject} was withdrawn",
}
