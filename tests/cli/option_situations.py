"""The situations in which the options are tried of the tools that call: what they are given, and whom they meet."""

from functools import partial
from typing import Any, Final

from tests.cli.option_certificates import PASSWORD, acceptor, requestor
from tests.cli.option_materials import JPEG_LOSSLESS, QUERY, Element, encoded, materials, sample, samples
from tests.cli.option_peer import Script
from tests.cli.option_rendering import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, ROOT
from tests.cli.option_scenarios import Scenario

UNCOMPRESSED: Final = (EXPLICIT, IMPLICIT, BIG_ENDIAN)
EVERY_SYNTAX: Final = (
    BIG_ENDIAN,
    IMPLICIT,
    EXPLICIT,
    DEFLATED,
    "1.2.840.10008.1.2.5",
    *(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 70, 80, 81, 90, 91, *range(100, 109))),
)
"""What the prefer options choose from, the uncompressed ones first."""
OLD_SUITES: Final = (
    "ECDHE-RSA-AES128-GCM-SHA256",
    "DHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "AES128-SHA",
)
"""Suites of TLS 1.2 and before, in which the profiles differ."""

_SAMPLES: Final = samples()
_MATCHES: Final[tuple[tuple[Element, ...], ...]] = tuple(
    (*QUERY[:2], (0x0020000D, "UI", f"{ROOT}.2.{number}")) for number in (1, 2, 3)
)


def node(words: str, *, typed: str = "", options: str = "", **script: Any) -> Scenario:
    """Gives a tool that calls; the peer understands TLS where it comes."""
    script = {"tls": lambda: acceptor(materials() / "tls"), **script}
    return Scenario(options=options, words=f"127.0.0.1 {{port}} {words}", script=Script(**script), typed=typed)


def secure_calls() -> list[dict[str, Any]]:
    """Gives calls of a node that speaks TLS: as it likes best, with old suites and versions, without certificate."""
    folder = materials() / "tls"
    one = (_SAMPLES["ct.dcm"],)
    calls: list[dict[str, Any]] = [{"samples": one, "tls": lambda: requestor(folder), "server_name": "node.test"}]
    calls += [{"tls": partial(requestor, folder, ciphers=suite, newest="TLSv1_2")} for suite in OLD_SUITES]
    calls.append({"tls": lambda: requestor(folder, ciphers="AES128-SHA", newest="TLSv1_1")})
    calls.append({"tls": lambda: requestor(folder, ciphers=OLD_SUITES[1], newest="TLSv1_2"), "shows_group": True})
    calls.append({"tls": lambda: requestor(folder, certificate="")})
    long = partial(requestor, folder, certificate="", ciphers=OLD_SUITES[1], newest="TLSv1_2", level=3)
    calls.append({"tls": long})
    calls.append({"tls": lambda: requestor(folder, certificate="stranger")})
    return calls


def _common(words: str = "", **script: Any) -> dict[str, Scenario]:
    return {
        "plain": node(words, **script),
        "tls": node(words, **script),
        "typed": node(words, typed=PASSWORD, **script),
        "words": node(words, **script),
    }


def _senders() -> dict[str, Scenario]:
    return {
        **_common("in/ct.dcm"),
        "two": node("in/ct.dcm in/mr.dcm"),
        "folder": node("in/folder"),
        "bare": node("in/bare.dcm"),
        "bad first": node("in/notes.txt in/ct.dcm"),
        "failing": node("in/ct.dcm in/second.dcm", statuses=(0xA700,)),
        "converting": node("in/implicit.dcm", syntaxes=(EXPLICIT,)),
        "deflating": node("in/implicit.dcm", syntaxes=(DEFLATED,)),
        "deflated": node("in/deflated.dcm"),
        "long": node("in/long.dcm", maximum=32768),
        "padded": node("in/padded.dcm", padded=True),
        "identity": node("in/ct.dcm", answers_identity=True),
        "rle": node("in/rle.dcm", syntaxes=UNCOMPRESSED),
        "jpeg": node("in/jpeg.dcm", syntaxes=UNCOMPRESSED),
        "compressed": node("in/lossless.dcm"),
        "wrong uid": node("in/wrong_uid.dcm"),
        "dicomdir": node("in/DICOMDIR"),
        "many": node("many", options="+sd"),
    }


def _query(words: str, **script: Any) -> dict[str, Scenario]:
    return {
        **_common(words, **script),
        "no file": node("", **script),
        "deflating": node(words, **{**script, "syntaxes": (DEFLATED,)}),
        "late vr": node("in/late_query.dcm", **{**script, "syntaxes": (EXPLICIT,)}),
        "faulty": node("in/faulty_query.dcm", **{**script, "syntaxes": (EXPLICIT,)}),
        "cancelled": node(words, **{**script, "waits_for_cancel": True}),
    }


def _movers() -> dict[str, Scenario]:
    objects = (_SAMPLES["rich.dcm"], _SAMPLES["implicit.dcm"])
    call: dict[str, Any] = {"samples": objects}
    every: dict[str, Any] = {"samples": (sample(1),), "syntaxes": EVERY_SYNTAX}
    receiving = "+P {destination}"
    unread = encoded(QUERY, IMPLICIT)
    return {
        **_query("in/query.dcm", moves=(call,)),
        "receiving": node("in/query.dcm", options=receiving, moves=(call,)),
        "compressed": node("in/query.dcm", options=receiving, moves=({"samples": (sample(1, syntax=JPEG_LOSSLESS),)},)),
        "every syntax": node("in/query.dcm", options=receiving, moves=(every,)),
        "to be deflated": node("in/query.dcm", options=receiving, moves=({**every, "syntaxes": (DEFLATED,)},)),
        "padded": node("in/query.dcm", options=receiving, moves=({"samples": (_SAMPLES["padded.dcm"],)},)),
        "broken": node("in/query.dcm", options=receiving, moves=({"samples": (_SAMPLES["broken.dcm"],)},)),
        "pending with identifier": node("in/query.dcm", pending_identifier=unread),
        "tls": node("in/query.dcm", options=receiving, moves=tuple(secure_calls())),
        "typed": node("in/query.dcm", options=receiving, typed=PASSWORD, moves=tuple(secure_calls()[:1])),
        "named": node(
            "in/query.dcm",
            options=receiving,
            moves=tuple({**secure_calls()[0], "server_name": name} for name in ("node.test", "localhost", None)),
        ),
    }


def calling_tools() -> dict[str, dict[str, Scenario]]:
    """Gives the situations of each tool that calls."""
    retrieved = (_SAMPLES["ct.dcm"], _SAMPLES["rich.dcm"])
    return {
        "echoscu": {**_common(), "alone": Scenario()},
        "termscu": _common(rejects=True, shuts_down=True),
        "storescu": _senders(),
        "dcmsend": _senders(),
        "findscu": _query("in/query.dcm", matches=_MATCHES),
        "getscu": _query("in/query.dcm", samples=retrieved),
        "movescu": _movers(),
    }
