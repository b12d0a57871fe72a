"""What makes values of the words of a command line; what cannot be one is said with what is allowed."""

import argparse
import os
from collections.abc import Callable
from typing import Final

MAX_PDU_LENGTH: Final = 131072
"""The default of -pdu, and the most that DCMTK's tools take."""


def number(what: str, is_valid: Callable[[int], bool], allowed: str) -> Callable[[str], int]:
    """Gives what takes an integer; `what` and `allowed` are words for messages."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}: {allowed}") from None
        if not is_valid(value):
            raise argparse.ArgumentTypeError(f"{text} is not {what}: {allowed}")
        return value

    return convert


def at_least(low: int) -> Callable[[str], int]:
    """Gives what takes a number from `low` on."""
    return number("a number in its range", lambda value: value >= low, f"{low} or more")


def within(low: int, high: int) -> Callable[[str], int]:
    """Gives what takes a number from `low` to `high`."""
    return number("a number in its range", lambda value: low <= value <= high, f"{low} to {high}")


positive: Final = number("a count", lambda value: value >= 1, "1 or more")
port_number: Final = number("a port", lambda value: 1 <= value <= 65535, "1 to 65535")
listening_port: Final = number("a port", lambda value: 0 <= value <= 65535, "1 to 65535, or 0 for a free one")
pdu_length: Final = number(
    "a PDU length", lambda value: value == 0 or 4096 <= value <= 0xFFFFFFFF, "0 (no limit) or 4096 and above"
)
sent_pdu_length: Final = number("a PDU length", lambda value: 4096 <= value <= 0xFFFFFFFF, "4096 and above")


def utf8(text: str) -> str:
    """Takes text for people: UTF-8, also where the locale of the terminal cannot say so."""
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        raise argparse.ArgumentTypeError(f"{text!a} is not UTF-8") from None


def seconds(text: str) -> float:
    """Takes a time above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds above 0")
    return value


def choice(*names: str) -> Callable[[str], str]:
    """Gives what takes one of several names."""

    def convert(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(names)}")
        return text

    return convert


def network(text: str) -> str:
    """Takes an address, or a network such as 192.0.2.0/24."""
    import ipaddress  # 3 ms of start-up that hardly any tool needs

    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address or a network") from None
    return text


def existing_file(text: str) -> str:
    """Takes the path of a file that is there."""
    if not os.path.isfile(text):
        raise argparse.ArgumentTypeError(f"there is no file {text!r}")
    return text


def existing_folder(text: str) -> str:
    """Takes the path of a folder that is there."""
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"there is no folder {text!r}")
    return text
