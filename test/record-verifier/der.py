"""DER, read and written: X.690 sections 8 and 10. Of all encodings of a value exactly one is read."""

import re
from dataclasses import dataclass, field
from typing import Optional

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NOTHING, OID, ENUMERATED = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31
DEEPEST = 24


@dataclass
class Node:
    """A value; `children` of a constructed one."""

    tag: int
    bytes: bytes
    contents: bytes
    children: "list[Node]" = field(default_factory=list)


def read(data: bytes) -> Optional[Node]:
    """One value with nothing behind it, or None."""
    try:
        node = _read(data, 0)
        return node if len(node.bytes) == len(data) else None
    except (ValueError, IndexError):
        return None


def _read(data: bytes, depth: int) -> Node:
    tag = data[0]
    if tag & 0x1F == 0x1F or depth > DEEPEST:
        raise ValueError("too deep, or a long tag")
    start, end = _length(data)
    if end > len(data):
        raise ValueError("too short")
    contents = data[start:end]
    if not tag & 0x20:
        _check_primitive(tag, contents)
        return Node(tag, data[:end], contents)
    if tag < 0x40 and tag not in (SEQUENCE, SET):
        raise ValueError("never constructed")
    node, at = Node(tag, data[:end], contents), 0
    while at < len(contents):
        child = _read(contents[at:], depth + 1)
        node.children.append(child)
        at += len(child.bytes)
    return node


def _length(data: bytes) -> tuple[int, int]:
    """Where the contents begin and end; the length in as few bytes as can be."""
    first = data[1]
    if first < 0x80:
        return 2, 2 + first
    count = first & 0x7F
    digits = data[2 : 2 + count]
    length = int.from_bytes(digits, "big")
    if not 1 <= count <= 4 or len(digits) != count or digits[0] == 0 or length < 0x80:
        raise ValueError("no length")
    return 2 + count, 2 + count + length


def _check_primitive(tag: int, contents: bytes) -> None:
    holds = True
    if tag == BOOLEAN:
        holds = contents in (b"\x00", b"\xff")
    elif tag in (INTEGER, ENUMERATED):
        padded = len(contents) > 1 and contents[0] in (0, 0xFF) and contents[0] >> 7 == contents[1] >> 7
        holds = contents != b"" and not padded
    elif tag == BIT_STRING:
        unused = contents[0]
        holds = unused <= 7 and (unused == 0 if len(contents) == 1 else contents[-1] & ((1 << unused) - 1) == 0)
    elif tag == NOTHING:
        holds = contents == b""
    elif tag == OID:
        begins = [0, *(i + 1 for i, byte in enumerate(contents) if byte < 0x80)]
        holds = contents != b"" and contents[-1] < 0x80 and all(contents[i] != 0x80 for i in begins[:-1])
    elif tag in (SEQUENCE & ~0x20, SET & ~0x20):
        holds = False
    if not holds:
        raise ValueError("not in its one form")


def oid_of(node: Optional[Node]) -> Optional[str]:
    """In dots; None for another type."""
    if node is None or node.tag != OID:
        return None
    arcs, arc = [], 0
    for byte in node.contents:
        arc = arc * 128 + (byte & 0x7F)
        if byte < 0x80:
            arcs.append(arc)
            arc = 0
    top = min(2, arcs[0] // 40)
    return ".".join(map(str, [top, arcs[0] - top * 40, *arcs[1:]]))


def small_integer_of(node: Optional[Node]) -> Optional[int]:
    if node is None or node.tag != INTEGER or len(node.contents) > 4 or node.contents[0] >= 0x80:
        return None
    return int.from_bytes(node.contents, "big")


def _days(year: int, month: int, day: int) -> int:
    """Since 1970, in the Gregorian calendar."""
    before = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + of_year - 719_468


def time_of(node: Optional[Node]) -> Optional[int]:
    """To the second in UTC, in milliseconds since 1970; two digits of a year from 50 on are of the last century."""
    if node is None or node.tag not in (UTC_TIME, GENERALIZED_TIME):
        return None
    text = node.contents.decode("latin-1")
    if not re.fullmatch("[0-9]{12}Z" if node.tag == UTC_TIME else "[0-9]{14}Z", text):
        return None
    if node.tag == UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    year, month, day, hour, minute, second = (int(text[i:j]) for i, j in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14)))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1] or hour > 23 or minute > 59 or second > 59:
        return None
    return (((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000


def write(tag: int, *contents: bytes) -> bytes:
    body = b"".join(contents)
    digits = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    length = bytes([len(body)]) if len(body) < 0x80 else bytes([0x80 | len(digits)]) + digits
    return bytes([tag]) + length + body


def set_of(children: list[bytes], tag: int = SET) -> bytes:
    return write(tag, *sorted(children))


def write_oid(dotted: str) -> bytes:
    first, second, *arcs = map(int, dotted.split("."))
    out = bytes([first * 40 + second])
    for arc in arcs:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.insert(0, 0x80 | arc & 0x7F)
        out += bytes(digits)
    return write(OID, out)
