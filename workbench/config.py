"""What the user has set up, as plain data: nodes, the local AE, timeouts, profiles.

Every value checks itself when it is made, so that a wrong one is named where it is entered, be it a dialog, an option
of a tool or the settings file (`workbench.settings_file`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from workbench.acse.profiles import Profile
from workbench.errors import ConfigError
from workbench.value import Value

THEMES = ("system", "light", "dark")
TlsProfileName = Literal["rfc8996", "rfc8996-modified", "bcp195-non-downgrading", "bcp195", "bcp195-extended", "aes"]
_AE_TITLE = re.compile(r"[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?")


def check_ae_title(title: str, place: str) -> str:
    """Gives the AE title without the spaces around it, which are not significant (PS3.5 6.2, VR AE).

    Raises:
        ConfigError: it is empty, longer than 16 characters, or holds a backslash, a control or a non-ASCII character.
    """
    stripped = title.strip(" ")
    if not _AE_TITLE.fullmatch(stripped):
        raise ConfigError(f"{place}: {title!r} is no AE title: 1 to 16 printable ASCII characters, no backslash")
    return stripped


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Timeouts(Value):
    """Seconds to wait: for the transport connection, for ACSE answers and ARTIM, for a DIMSE response, for anything."""

    connect: float = 10.0
    acse: float = 30.0
    dimse: float = 60.0
    idle: float = 60.0

    def __post_init__(self) -> None:
        """Raises ConfigError for a time that is not above 0."""
        for each in fields(self):
            if getattr(self, each.name) <= 0:
                raise ConfigError(f"timeout {each.name}: {getattr(self, each.name)} s is not above 0")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Node(Value):
    """A configured remote application entity."""

    name: str
    host: str
    port: int
    ae_title: str
    group: str = ""
    profile: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Raises ConfigError for an empty name or host, a port out of 1 to 65535, or what is no AE title."""
        if not self.name.strip():
            raise ConfigError("node: the name is empty")
        if not self.host.strip():
            raise ConfigError(f"node {self.name}: the host is empty")
        if not 1 <= self.port <= 65535:
            raise ConfigError(f"node {self.name}: port {self.port} is not 1 to 65535")
        object.__setattr__(self, "ae_title", check_ae_title(self.ae_title, f"node {self.name}"))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SocketSettings(Value):
    """How the sockets of an AE are made.

    `ip_version` "any" takes what a name resolves to, and listens for both where the platform can. `buffer` is the
    size in bytes of the send and receive buffers, None the system's own choice, which adapts. `no_delay` false leaves
    Nagle's algorithm on, which costs tens of milliseconds a message with many peers.
    """

    ip_version: Literal["any", "4", "6"] = "any"
    buffer: int | None = None
    no_delay: bool = True

    def __post_init__(self) -> None:
        """Raises ConfigError for a buffer that is not above 0."""
        if self.buffer is not None and self.buffer <= 0:
            raise ConfigError(f"socket buffer: {self.buffer} bytes is not above 0")


Nodes = Callable[[str], Node | None]
"""Gives the node that has an AE title, compared exactly; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class LocalAe(Value):
    """One of our own application entities: what it calls itself, where it listens, whom it serves.

    `port` 0 takes a free one. `max_pdu_length` is announced to peers, 0 = no limit. `max_sent_pdu_length` keeps what we
    send below what a peer takes, 0 = as long as it takes. `allowed_calling` and
    `allowed_hosts` None means anyone; an empty tuple means nobody. `commitment` lets it answer requests for storage
    commitment, after which a modality deletes its originals: off until somebody who knows the archive wants it.
    """

    ae_title: str = "WORKBENCH"
    bind: str = "127.0.0.1"
    port: int = 11112
    max_pdu_length: int = 131072
    max_sent_pdu_length: int = 0
    allowed_calling: tuple[str, ...] | None = None
    allowed_hosts: tuple[str, ...] | None = None
    max_associations: int = 32
    timeouts: Timeouts = field(default_factory=Timeouts)
    commitment: bool = False
    sockets: SocketSettings = field(default_factory=SocketSettings)

    def __post_init__(self) -> None:
        """Raises ConfigError for a value out of its range."""
        object.__setattr__(self, "ae_title", check_ae_title(self.ae_title, "local AE"))
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"local AE {self.ae_title}: port {self.port} is not 0 to 65535")
        if self.max_pdu_length != 0 and not 4096 <= self.max_pdu_length <= 0xFFFFFFFF:
            raise ConfigError(
                f"local AE {self.ae_title}: maximum PDU length {self.max_pdu_length} is not 0 or 4096 to 4294967295"
            )
        if self.max_sent_pdu_length != 0 and not 4096 <= self.max_sent_pdu_length <= 0xFFFFFFFF:
            raise ConfigError(
                f"local AE {self.ae_title}: sent PDU length {self.max_sent_pdu_length} is not 0 or 4096 to 4294967295"
            )
        if self.max_associations < 1:
            raise ConfigError(
                f"local AE {self.ae_title}: a limit of {self.max_associations} associations serves nobody"
            )
        for host in self.allowed_hosts or ():
            from ipaddress import ip_network  # 3 ms of start-up that requestors need not wait for

            try:
                ip_network(host, strict=False)
            except ValueError as exc:
                raise ConfigError(f"local AE {self.ae_title}: allowed host {host!r} is no address or network") from exc
        for title in self.allowed_calling or ():
            check_ae_title(title, f"local AE {self.ae_title}: allowed calling AE title")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class TlsSettings(Value):
    """How connections are secured (PS3.15 B): who we are, whom we trust, by which profile.

    `net.tls_context` makes of it what `connect` and `ScpServer` take. Nothing is trusted that is not named here: the
    authorities of the operating system vouch for web sites, not for application entities.

    `key_file` and `certificate_file` are empty for a requestor without a certificate of its own. `check_host` lets a
    requestor take only a certificate that names the peer's host, or `requested_name` where that is given, which is
    sent as server name indication. `expected_name` is the one that an acceptor wants requestors to ask for.
    """

    key_file: str = ""
    certificate_file: str = ""
    file_format: Literal["pem", "der"] = "pem"
    ca_files: tuple[str, ...] = ()
    ca_folders: tuple[str, ...] = ()
    crl_files: tuple[str, ...] = ()
    crl_check: Literal["none", "leaf", "chain"] = "none"
    profile: TlsProfileName = "rfc8996"
    cipher_suites: tuple[str, ...] = ()
    dh_file: str = ""
    verification: Literal["require", "optional", "ignore"] = "require"
    check_host: bool = True
    requested_name: str = ""
    expected_name: str = ""

    def __post_init__(self) -> None:
        """Raises ConfigError for a key without certificate or the reverse, and for lists that nothing would check."""
        if bool(self.key_file) != bool(self.certificate_file):
            there, missing = ("key", "certificate") if self.key_file else ("certificate", "key")
            raise ConfigError(
                f"TLS: {self.key_file or self.certificate_file} is a {there}, and its {missing} is missing"
            )
        if self.crl_files and self.crl_check == "none":
            raise ConfigError(f"TLS: the revocation list {self.crl_files[0]} is given, and none is to be checked")
        if self.cipher_suites and self.profile == "bcp195-extended":
            raise ConfigError("TLS: the profile bcp195-extended allows no further cipher suites")

    @property
    def is_anonymous(self) -> bool:
        """Whether there is no certificate of our own."""
        return not self.certificate_file


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Settings(Value):
    """Everything that is kept from one start of the application to the next, but for window chrome.

    `accept_profile` names the profile that the local AE accepts; None accepts all that it can answer.
    """

    nodes: tuple[Node, ...] = ()
    local: LocalAe = field(default_factory=lambda: LocalAe(allowed_calling=(), allowed_hosts=("127.0.0.1", "::1")))
    profiles: tuple[Profile, ...] = ()
    accept_profile: str | None = None
    storage_folder: str = ""
    theme: str = "system"

    def __post_init__(self) -> None:
        """Raises ConfigError for two nodes or profiles of one name, or an unknown theme."""
        for kind, names in (("node", [n.name for n in self.nodes]), ("profile", [p.name for p in self.profiles])):
            for name in names:
                if names.count(name) > 1:
                    raise ConfigError(f"{kind} {name!r} exists twice")
        if self.theme not in THEMES:
            raise ConfigError(f"theme {self.theme!r} is not one of {', '.join(THEMES)}")

    def node(self, name: str) -> Node | None:
        """The node of that name, None when there is none."""
        return next((node for node in self.nodes if node.name == name), None)

    def with_node(self, node: Node, *, instead_of: str | None = None) -> "Settings":
        """A copy that has the node: in the place of the one named, else at the end."""
        if instead_of is None:
            return replace(self, nodes=(*self.nodes, node))
        return replace(self, nodes=tuple(node if old.name == instead_of else old for old in self.nodes))

    def without_node(self, name: str) -> "Settings":
        """A copy that lacks the node of that name."""
        return replace(self, nodes=tuple(node for node in self.nodes if node.name != name))
