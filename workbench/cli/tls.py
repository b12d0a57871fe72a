"""The options by which the tools secure connections, and the context that they make (PS3.15 B).

What differs from DCMTK, and why: files that cannot be read end the tool, because a missing authority or revocation
list is found out too late otherwise; only the seed of the random generator may be missing, which has seeds enough. The
name in the peer's certificate is not checked unless `--check-hostname` is given, as with DCMTK: the certificates of
modalities mostly name a device, and what vouches for the peer is the list of authorities, which has to be given and
should hold none that signs for strangers. Profiles that need 3DES or no encryption at all are refused by name.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal

from workbench.config import TlsProfileName, TlsSettings

if TYPE_CHECKING:
    import ssl

    from workbench.cli.parser import Group, Options, Parser

Role = Literal["requestor", "acceptor", "both"]

_GROUP: Final = "transport layer security (TLS) options"
_ENABLE: Final = "--enable-tls"
_ANONYMOUS: Final = "--anonymous-tls"
_PASSPHRASE_NAMES: Final = ("--std-passwd", "--use-passwd", "--null-passwd")
_WITHOUT_CONNECTION: Final = {"--verify-cert", "--is-root-cert"}  # of echoscu, which look at files alone

# Each group, and what its options are: spellings, dest, value, help. The first of a dest is its default.
_FORMATS: Final = (
    ("-pem", "--pem-keys", "pem", "keys, certificates and lists are PEM files (default)"),
    ("-der", "--der-keys", "der", "keys, certificates and lists are DER files"),
)
_PROFILES: Final[tuple[tuple[str, str, TlsProfileName, str], ...]] = (
    ("+pg", "--profile-8996", "rfc8996", "BCP 195 RFC 8996, 9325: TLS 1.2 and 1.3, ECDHE and AES-GCM (default)"),
    (
        "+pm",
        "--profile-8996-mod",
        "rfc8996-modified",
        "modified BCP 195 RFC 8996, 9325, as far as it can be enforced: OpenSSL chooses the suites of TLS 1.3 and the "
        "elliptic curves, and has no CAMELLIA-GCM",
    ),
    ("+py", "--profile-bcp195-nd", "bcp195-non-downgrading", "non-downgrading BCP 195 (retired): TLS 1.2 and 1.3"),
    ("+px", "--profile-bcp195", "bcp195", "BCP 195 (retired): down to TLS 1.0 and AES-CBC, without 3DES"),
    ("+pz", "--profile-bcp195-ex", "bcp195-extended", "extended BCP 195 (retired): TLS 1.2 alone"),
    ("+pa", "--profile-aes", "aes", "AES (retired): AES-128-CBC alone, down to TLS 1.0, without 3DES"),
)
_VERIFICATION: Final = (
    ("-rc", "--require-peer-cert", "require", "the peer's certificate must be there and verify (default)"),
    ("-vc", "--verify-peer-cert", "optional", "the peer's certificate must verify if it has one"),
    ("-ic", "--ignore-peer-cert", "ignore", "do not verify the peer's certificate, so that anyone may be the peer"),
)


def add_tls_options(parser: "Parser", *, role: Role) -> None:
    """Adds the options of TLS, with what they need and exclude.

    Args:
        parser: of a tool.
        role: whether the tool calls, is called, or both at the same time.
    """
    _add_stack(parser, role)
    _add_files(parser)
    _add_profiles(parser, role)
    _add_names(parser, role)
    _add_seed(parser)
    group = parser.group(f"{_GROUP}: peer authentication")
    rows = _VERIFICATION if role != "requestor" else (_VERIFICATION[0], _VERIFICATION[2])
    _add_choices(group, "tls_verification", rows)
    parser.check(_needs_tls(parser))
    parser.check(_excluded)
    parser.default("tls_is_prepared", False)


def tls_context(options: "Options", *, role: Literal["requestor", "acceptor"]) -> "ssl.SSLContext | None":
    """Gives the rules by which connections are secured, None for plain ones; asks for the passphrase if it has to.

    Raises:
        ConfigError: a file is not what it should be, or the passphrase is wrong; the message says which and why.
    """
    if options.tls is None:
        return None
    # Plain connections, which have to begin soon, need none of this.
    from workbench.cli.tls_secrets import mix_seed, passphrase
    from workbench.cli.tls_suites import warn_of_weak
    from workbench.net.tls_context import acceptor_context, requestor_context

    if not options.tls_is_prepared:  # a tool that both calls and is called comes here twice
        options.tls_is_prepared = True
        mix_seed(options)
        warn_of_weak(options.tls_suites)
    make = requestor_context if role == "requestor" else acceptor_context
    return make(tls_settings(options), lambda: passphrase(options))


def tls_settings(options: "Options") -> TlsSettings:
    """Gives the settings that the options ask for; of checking host names, SNI and verification each its default."""
    key, certificate = options.tls or ("", "")
    crl_check = options.tls_crl_check
    return TlsSettings(
        key_file=key,
        certificate_file=certificate,
        file_format=options.tls_format,
        ca_files=options.tls_ca_files,
        ca_folders=options.tls_ca_folders,
        crl_files=options.tls_crl_files,
        crl_check="leaf" if options.tls_crl_files and crl_check == "none" else crl_check,
        profile=options.tls_profile,
        cipher_suites=options.tls_suites,
        dh_file=getattr(options, "tls_dh_file", ""),
        verification=options.tls_verification,
        check_host=getattr(options, "tls_check_host", False),
        requested_name=getattr(options, "tls_requested_name", ""),
        expected_name=getattr(options, "tls_expected_name", ""),
    )


def _add_stack(parser: "Parser", role: Role) -> None:
    group = parser.group(f"{_GROUP}: transport protocol stack")
    group.flag("-tls", "--disable-tls", dest="tls", value=None, default=None, help="plain TCP (default)")
    group.values(
        "+tls",
        _ENABLE,
        dest="tls",
        metavars=("KEY", "CERTIFICATE"),
        types=(str, str),
        help="TLS, with the private key of one file and the certificate of another, which those of authorities in "
        "between may follow",
    )
    if role == "requestor":
        group.flag("+tla", _ANONYMOUS, dest="tls", value=(), help="TLS without a certificate of our own")
    group = parser.group(f"{_GROUP}: private key password")
    group.flag(
        "+ps",
        "--std-passwd",
        dest="tls_passphrase",
        value=None,
        default=None,
        help="ask for the passphrase of the key on the terminal, or read it from standard input (default)",
    )
    group.value(
        "+pw",
        "--use-passwd",
        dest="tls_passphrase",
        metavar="PASSWORD",
        help="the passphrase; others may see it among the processes of this computer",
    )
    group.flag("-pw", "--null-passwd", dest="tls_passphrase", value="", help="the passphrase is empty")


def _add_files(parser: "Parser") -> None:
    _add_choices(parser.group(f"{_GROUP}: key and certificate file format"), "tls_format", _FORMATS)
    group = parser.group(f"{_GROUP}: certification authority")
    for short, long, dest, metavar, text in (
        ("+cf", "--add-cert-file", "tls_ca_files", "FILE", "trust the certificates of a file; repeat for more"),
        (
            "+cd",
            "--add-cert-dir",
            "tls_ca_folders",
            "FOLDER",
            "trust the certificates of the files of a folder, whatever their names; repeat for more",
        ),
        (
            "+crl",
            "--add-crl-file",
            "tls_crl_files",
            "FILE",
            "use a list of revoked certificates, and +crv with it; repeat for more",
        ),
    ):
        group.value(short, long, dest=dest, metavar=metavar, repeat=True, help=text)
    group.flag(
        "+crv",
        "--enable-crl-vfy",
        dest="tls_crl_check",
        value="leaf",
        default="none",
        help="refuse a peer whose certificate is on a list of revoked ones, or for which there is no list",
    )
    group.flag(
        "+cra",
        "--enable-crl-all",
        dest="tls_crl_check",
        value="chain",
        help="the same for the certificates of the authorities above it",
    )


def _add_profiles(parser: "Parser", role: Role) -> None:
    group = parser.group(f"{_GROUP}: security profile")
    group.action(
        "+ph",
        "--list-profiles",
        run=_print_profiles,
        help="print the security profiles and exit",
    )
    _add_choices(group, "tls_profile", _PROFILES)
    group.refused("+pb", "--profile-basic", because="it needs 3DES, which is broken; take --profile-8996")
    group.refused("+pn", "--profile-null", because="it encrypts nothing; take --profile-8996")
    group = parser.group(f"{_GROUP}: ciphersuite")
    group.action(
        "+cc",
        "--list-ciphers",
        run=_print_cipher_suites,
        help="print the cipher suites that there are and exit",
    )
    group.value(
        "+cs",
        "--cipher",
        dest="tls_suites",
        metavar="SUITE",
        type=_cipher_suite,
        repeat=True,
        help="also allow a cipher suite of TLS 1.2 by its registered name, not with +pz; repeat for more",
    )
    if role != "requestor":
        group.value(
            "+dp",
            "--dhparam",
            dest="tls_dh_file",
            metavar="FILE",
            default="",
            help="Diffie-Hellman parameters (PEM) for the suites with DHE (default: ffdhe2048 of RFC 7919)",
        )


def _add_names(parser: "Parser", role: Role) -> None:
    group = parser.group(f"{_GROUP}: server name indication")
    group.flag("--no-sni", dest="tls_no_name", help="send, or expect, no server name (default)")
    if role != "acceptor":
        group.value(
            "--request-sni",
            dest="tls_requested_name",
            metavar="NAME",
            default="",
            help="send this server name; also the one to look for with --check-hostname",
        )
        group.flag(
            "--check-hostname",
            dest="tls_check_host",
            help="refuse a peer whose certificate does not name the host that is called; its name is sent then. "
            "Without it, any certificate of a trusted authority will do, as with DCMTK",
        )
        parser.conflicts("--no-sni", "--request-sni", "--check-hostname")
    if role != "requestor":
        group.value(
            "--expect-sni",
            dest="tls_expected_name",
            metavar="NAME",
            default="",
            help="refuse requestors that do not ask for this server name",
        )
        parser.conflicts("--no-sni", "--expect-sni")


def _add_seed(parser: "Parser") -> None:
    group = parser.group(f"{_GROUP}: pseudo random generator")
    group.value(
        "+rs",
        "--seed",
        dest="tls_seed_file",
        metavar="FILE",
        help="mix the content of a file into the random generator, which is seeded by the system anyway",
    )
    group.flag("+ws", "--write-seed", dest="tls_write_seed", help="write a new seed to that file")
    group.value("+wf", "--write-seed-file", dest="tls_new_seed_file", metavar="FILE", help="write a new seed to a file")
    for each in ("--write-seed", "--write-seed-file"):
        parser.requires(each, "--seed")


def _add_choices(group: "Group", dest: str, rows: tuple[tuple[str, str, str, str], ...]) -> None:
    for short, long, value, text in rows:
        group.flag(short, long, dest=dest, value=value, default=rows[0][2], help=text)


def _needs_tls(parser: "Parser") -> Callable[["Options"], str]:
    """Gives the check that nothing about TLS is said where there is none."""
    groups = [group for group in parser.groups if group.title.startswith(_GROUP)]
    names = [option.name for group in groups[1:] for option in group.options]
    enabling = [name for name in (_ENABLE, _ANONYMOUS) if name in (option.name for option in groups[0].options)]

    def problem(options: "Options") -> str:
        given = options.given
        for name in names:
            allowing = [_ENABLE] if name in _PASSPHRASE_NAMES else enabling
            if name in given and not given.intersection(allowing) and not given & _WITHOUT_CONNECTION:
                return f"{name} needs {' or '.join(allowing)}"
        return ""

    return problem


def _excluded(options: "Options") -> str:
    """Gives what the rules by spelling cannot say, because the right-most option counts."""
    if options.tls_suites and options.tls_profile == "bcp195-extended":
        return "--cipher and --profile-bcp195-ex exclude each other"
    if getattr(options, "tls_check_host", False) and options.tls_verification == "ignore":
        return "--check-hostname and --ignore-peer-cert exclude each other"
    return ""


def _cipher_suite(name: str) -> str:
    from workbench.cli.tls_suites import cipher_suite

    return cipher_suite(name)


def _print_cipher_suites() -> None:
    from workbench.cli.tls_suites import print_cipher_suites

    print_cipher_suites()


def _print_profiles() -> None:
    from workbench.cli.tls_suites import print_profiles

    print_profiles(_PROFILES)
