"""Events about members, what they contribute, and costs that several share, in users' words."""

WORDS: dict[str, str] = {
    "member_class.added": "Class {subject} of members was added",
    "member.entered": "{subject} was entered in the register of members",
    "member.left": "{subject} left the register of members",
    "member.voter_named": "Who votes for {subject} was named",
    "contribution.planned": "Contribution round {subject} was planned",
    "contribution.drawn": "The shares of contribution round {subject} were worked out",
    "contribution.dropped": "The draft of contribution round {subject} was dropped",
    "contribution.agreed": "Contribution round {subject} was agreed",
    "contribution.joined": "A member joined contribution round {subject}",
    "shared_cost.planned": "Shared cost {subject} was planned",
    "shared_cost.dropped": "The draft of shared cost {subject} was dropped",
    "shared_cost.agreed": "Shared cost {subject} was agreed",
    "shared_cost.joined": "An organisation joined shared cost {subject}",
    "shared_cost.left": "An organisation left shared cost {subject}",
}

# The same beside the thing itself, where its name need not be said.
BESIDE: dict[str, str] = {
    "member.entered": "Register of members: entered",
    "member.left": "Register of members: left",
    "member.voter_named": "Register of members: who votes",
    "contribution.planned": "Planned",
    "contribution.drawn": "Shares worked out",
    "contribution.agreed": "Agreed",
    "contribution.joined": "A member joined",
    "shared_cost.planned": "Planned",
    "shared_cost.agreed": "Agreed",
    "shared_cost.joined": "Somebody joined",
    "shared_cost.left": "Somebody left",
}
