"""Where a webhook may go: a public name over HTTPS, and no address inside anybody's own network.

The text of an address is read by one strict pattern, so that no second reader of it can see another host. What a name
resolves to is judged address by address, each time anew, and the connection then goes to the very address judged.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from marketplace.core.errors import WrongInput

LONGEST = 500
PORTS = (443, 8443)
# Anything but these signs is refused: no user names, no brackets, no white space, no backslash, no fragment.
_TEXT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]{1,253})(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[a-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[a-z0-9._~!$&'()*+,;=:@%/?-]*)?)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"([0-9]+|0x[0-9a-f]*)")
_PUBLIC_V6 = IPv6Network("2000::/3")
# The special-purpose registries of IANA, said here since what Python knows of them differs between its releases.
_SPECIAL_V4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Protocol assignments (Teredo among them), documentation, 6to4: some carry an IPv4 address of the sender's choice.
_SPECIAL_V6 = tuple(IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
# Kept for documentation and tests (RFC 2606, RFC 6761): no such name leads anywhere.
RESERVED_NAMES = (".example", ".invalid", ".test")


class WebhookAddressRefused(WrongInput):
    """The address of a webhook leads where none may go."""

    code = "webhook_address_refused"


@dataclass(frozen=True)
class Target:
    """An address in its parts. ``private_allowed``: the operator has named this host, so it may be a private one."""

    scheme: str
    host: str
    port: int
    path: str
    private_allowed: bool = False

    @property
    def url(self) -> str:
        usual = 443 if self.scheme == "https" else 80
        port = "" if self.port == usual else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


def read_target(text: str, *, private_hosts: Collection[str] = ()) -> Target:
    """The parts of an address, or WebhookAddressRefused with what would do.

    Only a host that the operator lists (``name`` or ``name:port``) may be a number, a private name, another port or
    plain HTTP: for tests and for closed networks.
    """
    found = _TEXT.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise WebhookAddressRefused(
            "Address must be like https://hooks.school.example/orders, without a user name, spaces or a part after #"
        )
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"] or (443 if scheme == "https" else 80))
    allowed = host in private_hosts or f"{host}:{port}" in private_hosts
    if not allowed:
        _check_public(scheme, host, port)
    if not 0 < port < 65_536:
        raise WebhookAddressRefused("Port must be from 1 to 65535")
    return Target(scheme, host, port, found["path"] or "/", allowed)


def _check_public(scheme: str, host: str, port: int) -> None:
    labels = host.split(".")
    if scheme != "https":
        raise WebhookAddressRefused("Address must begin with https://")
    if port not in PORTS:
        raise WebhookAddressRefused(f"Port must be {' or '.join(str(one) for one in PORTS)}")
    if _NUMBER.fullmatch(labels[-1]):
        raise WebhookAddressRefused("Address must have a name, such as hooks.school.example, not a number")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise WebhookAddressRefused("Address must have a full name, such as hooks.school.example")


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet, for IPv4 inside IPv6 too.

    Not public: private, loopback, link-local (cloud metadata among them), shared (100.64.0.0/10), multicast, reserved,
    unspecified, unique-local and documentation addresses, NAT64, Teredo and 6to4.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global or found.is_multicast:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _SPECIAL_V4)
    return found in _PUBLIC_V6 and not any(found in network for network in _SPECIAL_V6)


def choose_address(addresses: list[str], target: Target) -> str:
    """The address to connect to: the first, when every one may be reached. One private among them refuses all."""
    if not addresses:
        raise WebhookAddressRefused(f"{target.host} does not lead anywhere. Check the name")
    if not target.private_allowed and not all(is_public(address) for address in addresses):
        raise WebhookAddressRefused(f"{target.host} leads into a private network, where no webhook is sent")
    return addresses[0]
