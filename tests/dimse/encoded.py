"""Command elements as bytes, for tests that put odd command sets together."""


def element(number: int, value: bytes, *, group: int = 0x0000, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return group.to_bytes(2, "little") + number.to_bytes(2, "little") + size.to_bytes(4, "little") + value


SOP_CLASS = element(0x0002, b"1.2.840.10008.1.1\0")
ECHO_RQ = element(0x0100, b"\x30\0")
MESSAGE_ID = element(0x0110, b"\7\0")
NO_DATA_SET = element(0x0800, b"\1\1")
