"""The secure transport connection profiles of PS3.15 B as settings of OpenSSL, and the cipher suites that there are.

What Python's ssl cannot choose is OpenSSL's choice and said in each profile's `note`: the suites of TLS 1.3 (all three
are on wherever TLS 1.3 is) and the order of the elliptic curves (X25519, P-256, X448, P-521, P-384).
"""

import re
import ssl
from dataclasses import dataclass
from functools import cache
from typing import Final

from workbench.config import TlsProfileName

_GCM_128: Final = ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
_GCM_256: Final = ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
_DHE_GCM: Final = ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384")
_AES_CBC: Final = "TLS_RSA_WITH_AES_128_CBC_SHA"
_NON_DOWNGRADING: Final = (_GCM_128[1], _DHE_GCM[0], _GCM_256[1], _DHE_GCM[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsProfile:
    """What a profile asks for, as far as it can be set.

    Attributes:
        suites: the cipher suites of TLS 1.2 and before by their registered names, the best first.
        level: OpenSSL's security level: 2 wants RSA keys of 2048 bits and elliptic curves of 224, 0 takes any.
        note: what else a person must know.
    """

    title: str
    suites: tuple[str, ...]
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    level: int = 2
    note: str = ""

    @property
    def versions(self) -> str:
        """The protocol versions in words, "TLS 1.2 to TLS 1.3"."""
        return " to ".join(dict.fromkeys(_VERSION_WORDS[version] for version in (self.oldest, self.newest)))


# MINIMUM_SUPPORTED rather than TLSv1: that one warns that it is old, which is the very point of these profiles.
_VERSION_WORDS: Final = {
    ssl.TLSVersion.MINIMUM_SUPPORTED: "TLS 1.0",
    ssl.TLSVersion.TLSv1_2: "TLS 1.2",
    ssl.TLSVersion.TLSv1_3: "TLS 1.3",
}

PROFILES: Final[dict[TlsProfileName, TlsProfile]] = {
    # PS3.15 B.12
    "rfc8996": TlsProfile(
        title="BCP 195 RFC 8996, 9325 TLS Profile",
        suites=_GCM_128 + _GCM_256,
        note="OpenSSL chooses the suites of TLS 1.3 and the curves",
    ),
    # PS3.15 B.13
    "rfc8996-modified": TlsProfile(
        title="Modified BCP 195 RFC 8996, 9325 TLS Profile",
        suites=(
            *_GCM_256,
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CCM",
            *_GCM_128,
            "TLS_ECDHE_ECDSA_WITH_AES_128_CCM",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",
        ),
        note="as far as it can be enforced: OpenSSL has no CAMELLIA-GCM, from 3.2 on leaves CCM_8 out, and chooses "
        "the suites of TLS 1.3 and the curves",
    ),
    # PS3.15 B.10 to B.11 and B.9, B.3, all retired
    "bcp195-non-downgrading": TlsProfile(
        title="Non-Downgrading BCP 195 TLS Profile (retired)",
        suites=_NON_DOWNGRADING,
        note="ECDHE or DHE with RSA certificates below TLS 1.3",
    ),
    "bcp195": TlsProfile(
        title="BCP 195 TLS Profile (retired)",
        suites=(*_NON_DOWNGRADING, _AES_CBC),
        oldest=ssl.TLSVersion.MINIMUM_SUPPORTED,
        level=0,
        note="down to TLS 1.0, without 3DES",
    ),
    "bcp195-extended": TlsProfile(
        title="Extended BCP 195 TLS Profile (retired)",
        suites=(*_GCM_128, *_GCM_256, *_DHE_GCM),
        newest=ssl.TLSVersion.TLSv1_2,
        note="no further cipher suites",
    ),
    "aes": TlsProfile(
        title="AES TLS Secure Transport Connection Profile (retired)",
        suites=(_AES_CBC,),
        oldest=ssl.TLSVersion.MINIMUM_SUPPORTED,
        newest=ssl.TLSVersion.TLSv1_2,
        level=0,
        note="without forward secrecy, and without 3DES",
    ),
}

# ffdhe2048 of RFC 7919 A.1, for acceptors that have no parameters of their own; DCMTK's have a group of that size, too.
DH_PARAMETERS: Final = """-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""

_KEY_EXCHANGE: Final = r"(?:(?P<exchange>ECDHE|DHE)-(?P<signature>RSA|ECDSA|DSS)-)?"
_OPENSSL_NAME: Final = re.compile(
    _KEY_EXCHANGE + r"(?:(?P<cipher>AES|CAMELLIA)(?P<bits>128|256)-(?P<mode>GCM-|CCM8?|)(?P<hash>SHA\d*|)"
    r"|(?P<chacha>CHACHA20-POLY1305))"
)
_MODES: Final = {"GCM-": "_GCM_", "CCM": "_CCM", "CCM8": "_CCM_8", "": "_CBC_"}
# What RFC 9325 4.1 and 4.2 advises against, by a part of the registered name.
_WEAKNESSES: Final = {
    "TLS_RSA_": "RSA key transport keeps nothing secret once the key is known",
    "_DHE_": "finite-field Diffie-Hellman",
    "_DSS_": "DSS signatures",
    "_CBC_": "CBC mode",
    "_CCM_8": "a checksum of 64 bits",
}


@cache
def cipher_suites() -> dict[str, str]:
    """Gives the cipher suites that there are, by registered name, with OpenSSL's name for each.

    Those without encryption or authentication, with 3DES or RC4, and those for shared secrets are left out.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:@SECLEVEL=0")
    names = (cipher["name"] for cipher in context.get_ciphers())
    return {registered: name for name in names if (registered := _registered_name(name))}


def is_of_tls_1_3(name: str) -> bool:
    """Tells whether a registered name is that of a suite of TLS 1.3: it does not say how keys are exchanged."""
    return "_WITH_" not in name


def needs_dh(suites: tuple[str, ...]) -> bool:
    """Tells whether an acceptor of these suites needs parameters for Diffie-Hellman in finite fields."""
    return any("_DHE_" in suite for suite in suites)


def weakness(name: str) -> str:
    """Says why one should not use a cipher suite (RFC 9325 4), empty for one that is recommended."""
    return ", ".join(words for part, words in _WEAKNESSES.items() if part in name)


def cipher_string(suites: tuple[str, ...], level: int) -> str:
    """Gives OpenSSL's words for suites, by registered names, and a security level."""
    known = cipher_suites()
    names = [known[suite] for suite in suites if suite in known and not is_of_tls_1_3(suite)]
    return f"{':'.join(names)}:@SECLEVEL={level}"


def _registered_name(name: str) -> str:
    if name.startswith("TLS_"):
        return name
    parts = _OPENSSL_NAME.fullmatch(name)
    if parts is None:
        return ""
    exchange = f"{parts['exchange']}_{parts['signature']}" if parts["exchange"] else "RSA"
    if parts["chacha"]:
        return f"TLS_{exchange}_WITH_CHACHA20_POLY1305_SHA256"
    return f"TLS_{exchange}_WITH_{parts['cipher']}_{parts['bits']}{_MODES[parts['mode']]}{parts['hash']}"
