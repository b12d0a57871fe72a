"""`echoscu --verify-cert` and `--is-root-cert`: what a certificate is worth, looked at without a connection."""

from typing import TYPE_CHECKING

from workbench.cli.exit_codes import EXIT_CERTIFICATE_NOT_VERIFIED, EXIT_OK

if TYPE_CHECKING:
    from workbench.cli.output import Output
    from workbench.cli.parser import Options, Parser


def add_certificate_options(parser: "Parser") -> None:
    """Adds the two options; with one of them the words by place do not matter, for nobody is called."""
    group = parser.group("transport layer security (TLS) options: offline certificate verification")
    group.value(
        "+vc",
        "--verify-cert",
        dest="verify_cert",
        metavar="FILE",
        help="tell whether a peer with this certificate would be trusted, by +cf +cd +crl, and exit, with 22 if not",
    )
    group.value(
        "+rc",
        "--is-root-cert",
        dest="root_cert",
        metavar="FILE",
        help="tell whether this is a valid self-signed certificate of an authority, and exit, with 22 if not",
    )
    parser.stands_alone("verify_cert", "root_cert")


def check_certificates(options: "Options", output: "Output") -> int | None:
    """Tells of the certificates that the options name and gives the exit code; None when they name none.

    Raises:
        ConfigError: a file is not what it should be, or the library that verifies is missing.
    """
    if options.verify_cert is None and options.root_cert is None:
        return None
    from workbench.cli.tls import tls_settings
    from workbench.net.tls_offline import root_problem, verification_problem

    settings = tls_settings(options)
    problems = []
    if options.verify_cert is not None:
        problem = verification_problem(options.verify_cert, settings)
        _tell(options, output, options.verify_cert, "verifies", problem)
        problems.append(problem)
    if options.root_cert is not None:
        problem = root_problem(options.root_cert, settings.file_format)
        _tell(options, output, options.root_cert, "is a valid, self-signed root", problem)
        problems.append(problem)
    return EXIT_CERTIFICATE_NOT_VERIFIED if any(problems) else EXIT_OK


def _tell(options: "Options", output: "Output", file: str, good: str, problem: str) -> None:
    output.event("certificate", file=file, valid=not problem, reason=problem or None)
    if not options.json:
        print(problem or f"the certificate {file} {good}")
