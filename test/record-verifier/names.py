"""Names in certificates, as they are compared and as they are shown: docs/certificates.md, "Names"; RFC 5280 section 7.1."""

import re
import unicodedata
from typing import Optional

import der
from der import Node

COMMON_NAME, EMAIL, UPN = "2.5.4.3", "1.2.840.113549.1.9.1", "1.3.6.1.4.1.311.20.2.3"
SHORT = {COMMON_NAME: "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU", EMAIL: "E"}
# The types of strings, by tag.
ENCODINGS = {0x0C: "utf-8", 0x12: "ascii", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1A: "ascii", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
UNSEEN = re.compile("[\u034f\u1806\u180b-\u180f\ufe00-\ufe0f\ufffc]")

Rdn = list[tuple[str, Node]]


def text_of(node: Optional[Node]) -> Optional[str]:
    """None for what is no string, or not a correct one of its type."""
    if node is None or node.tag not in ENCODINGS:
        return None
    try:
        return node.contents.decode(ENCODINGS[node.tag])
    except ValueError:
        return None


def rdns_of(name: Optional[Node]) -> Optional[list[Rdn]]:
    if name is None or name.tag != der.SEQUENCE:
        return None
    rdns: list[Rdn] = []
    for part in name.children:
        if part.tag != der.SET or not part.children:
            return None
        rdn: Rdn = []
        for pair in part.children:
            oid = der.oid_of(pair.children[0]) if len(pair.children) == 2 and pair.tag == der.SEQUENCE else None
            if oid is None:
                return None
            rdn.append((oid, pair.children[1]))
        rdns.append(rdn)
    return rdns


def texts_of(name: Node, kind: str) -> list[Optional[str]]:
    return [text_of(value) for rdn in rdns_of(name) or [] for oid, value in rdn if oid == kind]


def shown(text: str) -> str:
    """One line of at most 64 characters, in which nothing is that cannot be seen."""
    clean = "".join("\ufffd" if unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp") else char for char in unicodedata.normalize("NFC", text))
    clean = re.sub(r"\s+", " ", clean).strip()
    return clean if len(clean) <= 64 else clean[:63].rstrip() + "\u2026"


def shown_name(name: Node, preferred: Optional[str], other: Optional[str] = None) -> str:
    texts = texts_of(name, preferred) if preferred is not None else []
    for text in [*texts, other]:
        if text is not None and shown(text) != "":
            return shown(text)
    parts = [f"{SHORT.get(oid, oid)}={chr(0xFFFD) if text_of(value) is None else text_of(value)}" for rdn in rdns_of(name) or [] for oid, value in rdn]
    return shown(", ".join(parts))


def _folded(text: str) -> str:
    return "".join(char if char == "\u0131" else char.upper().lower() for char in text)


def _prepared(text: str) -> str:
    """As RFC 4518 section 2 compares it, outer spaces gone and each run of them one."""
    mapped = "".join(" " if unicodedata.category(char)[0] == "Z" or char in "\t\n\x0b\x0c\r\x85" else char for char in text)
    mapped = UNSEEN.sub("", "".join(char for char in mapped if unicodedata.category(char) not in ("Cc", "Cf")))
    once = unicodedata.normalize("NFKC", _folded(unicodedata.normalize("NFKC", mapped)))
    return re.sub(" +", " ", unicodedata.normalize("NFKC", _folded(once))).strip(" ")


def _comparable(rdn: Rdn) -> list[tuple[str, "str | bytes"]]:
    """An RDN has no order. What is no correct string is the same in the same bytes only."""
    texts = [(oid, text_of(value), value.bytes) for oid, value in rdn]
    return sorted(((oid, data if text is None else _prepared(text)) for oid, text, data in texts), key=repr)


def same_name(one: Optional[Node], other: Optional[Node]) -> bool:
    mine, theirs = rdns_of(one), rdns_of(other)
    return mine is not None and theirs is not None and [_comparable(rdn) for rdn in mine] == [_comparable(rdn) for rdn in theirs]


def begins_with(name: Optional[Node], base: Optional[Node]) -> Optional[bool]:
    """Whether the first RDNs of a name are those of the other; None where one of them is no name."""
    inner, outer = rdns_of(name), rdns_of(base)
    if inner is None or outer is None:
        return None
    return [_comparable(rdn) for rdn in inner[: len(outer)]] == [_comparable(rdn) for rdn in outer]
