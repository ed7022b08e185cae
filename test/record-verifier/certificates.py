"""Certificates, and whether they lead to an authority that is trusted: docs/certificates.md, "A certificate", "Names" and "A path"; RFC 5280."""

import base64
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Callable, Optional

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

import der
from der import Node
from names import COMMON_NAME, EMAIL, UPN, begins_with, rdns_of, same_name, shown_name, text_of, texts_of

LARGEST, MOST = 4_096, 4
DIGITAL_SIGNATURE, CERT_SIGN = 0x80, 0x04
OTHER_NAME, MAIL, DIRECTORY = 0, 1, 4
PURPOSES = {"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", "1.3.6.1.4.1.311.20.2.2", "2.5.29.37.0"}

# A name, and the number of its choice.
GeneralName = tuple[int, Node]


@dataclass
class Extensions:
    authority: Optional[bool] = None
    path_length: Optional[int] = None
    key_usage: Optional[int] = None
    purposes: Optional[list[str]] = None
    alternative: list[GeneralName] = field(default_factory=list)
    permitted: list[GeneralName] = field(default_factory=list)
    excluded: list[GeneralName] = field(default_factory=list)
    unknown_critical: bool = False


@dataclass
class Certificate:
    bytes: bytes
    tbs: bytes
    algorithm: bytes
    signature: bytes
    serial: bytes
    issuer: Node
    not_before: int
    not_after: int
    subject: Node
    public_key: bytes
    extensions: Extensions


# Reading


@lru_cache(maxsize=1024)
def read_certificate(data: bytes) -> Optional[Certificate]:
    """Strict DER, version 3, at most 4,096 bytes; else None."""
    if len(data) > LARGEST:
        return None
    try:
        return _read(data)
    except (ValueError, IndexError):
        return None


def fault_of(data: bytes) -> str:
    """Why one that cannot be read is none."""
    if len(data) > LARGEST:
        return "certificate.tooLarge"
    root = der.read(data)
    if root is None:
        return "certificate.paddedSerial" if _has_padded_serial(data) else "certificate.malformed"
    parts = root.children[0].children if len(root.children) == 3 else []
    tags = [one.tag for one in parts]
    if tags == [der.INTEGER] + [der.SEQUENCE] * 5 or (tags[:2] == [0xA0, der.INTEGER] and der.small_integer_of(parts[0].children[0]) == 1):
        return "certificate.version"
    dates = parts[4].children if tags[:1] == [0xA0] and len(parts) > 4 else []
    odd = [one.tag in (der.UTC_TIME, der.GENERALIZED_TIME) for one in dates] == [True, True] and None in map(der.time_of, dates)
    return "certificate.oddDate" if odd else "certificate.malformed"


def _has_padded_serial(data: bytes) -> bool:
    """Zeros in front are no DER; without them it may be some."""
    found = re.match(rb"\x30(?:[^\x80-\xff]|\x81.|\x82..)\x30(?:[^\x80-\xff]|\x81.|\x82..)(?:\xa0\x03\x02\x01.)?\x02(.)\x00([^\x80-\xff])", data, re.DOTALL)
    return found is not None and found[1] != b"\x01"


def _must(holds: bool) -> None:
    if not holds:
        raise ValueError("no certificate")


def _read(data: bytes) -> Certificate:
    root = der.read(data)
    _must(root is not None and root.tag == der.SEQUENCE)
    assert root is not None
    tbs, algorithm, signature = root.children
    _must(tbs.tag == der.SEQUENCE and algorithm.tag == der.SEQUENCE and signature.tag == der.BIT_STRING and signature.contents[0] == 0)
    _must(7 <= len(tbs.children) <= 8)
    version, serial, inner, issuer, validity, subject, public_key = tbs.children[:7]
    _must(version.tag == 0xA0 and len(version.children) == 1 and der.small_integer_of(version.children[0]) == 2)
    _must(serial.tag == der.INTEGER and inner.bytes == algorithm.bytes)
    _must(bool(rdns_of(issuer)) and rdns_of(subject) is not None and public_key.tag == der.SEQUENCE)
    _must(validity.tag == der.SEQUENCE and len(validity.children) == 2)
    not_before, not_after = map(der.time_of, validity.children)
    if not_before is None or not_after is None:
        raise ValueError("no dates")
    extensions = Extensions()
    for wrapped in tbs.children[7:]:
        _must(wrapped.tag == 0xA3 and len(wrapped.children) == 1)
        _read_extensions(wrapped.children[0], extensions)
    return Certificate(
        data, tbs.bytes, algorithm.bytes, signature.contents[1:], serial.contents, issuer, not_before, not_after, subject, public_key.bytes, extensions
    )  # fmt: skip


def _read_extensions(extensions: Node, into: Extensions) -> None:
    _must(extensions.tag == der.SEQUENCE)
    seen: set[str] = set()
    for one in extensions.children:
        oid = der.oid_of(one.children[0])
        _must(one.tag == der.SEQUENCE and oid is not None and oid not in seen and 2 <= len(one.children) <= 3)
        assert oid is not None
        seen.add(oid)
        value = one.children[-1]
        _must(value.tag == der.OCTET_STRING and (len(one.children) == 2 or one.children[1].tag == der.BOOLEAN))
        critical = len(one.children) == 3 and one.children[1].contents == b"\xff"
        reader = READERS.get(oid)
        # Nobody promises to ask for lists wherever they say that they are.
        if critical and (reader is None or oid == "2.5.29.31"):
            into.unknown_critical = True
        if reader is not None:
            node = der.read(value.contents)
            if node is None:
                raise ValueError("no value")
            reader(node, into)


def _key_usage(value: Node, into: Extensions) -> None:
    _must(value.tag == der.BIT_STRING)
    into.key_usage = value.contents[1] if len(value.contents) > 1 else 0


def _basic_constraints(value: Node, into: Extensions) -> None:
    _must(value.tag == der.SEQUENCE)
    rest = list(value.children)
    into.authority = rest.pop(0).contents == b"\xff" if rest and rest[0].tag == der.BOOLEAN else False
    if rest:
        into.path_length = der.small_integer_of(rest[0])
        _must(len(rest) == 1 and into.path_length is not None)


def _purposes(value: Node, into: Extensions) -> None:
    _must(value.tag == der.SEQUENCE and value.children != [] and all(one.tag == der.OID for one in value.children))
    into.purposes = [der.oid_of(one) or "" for one in value.children]


def _general_name(node: Node) -> GeneralName:
    _must(node.tag >> 6 == 2 and node.tag & 0x1F <= 8)
    return node.tag & 0x1F, node


def _alternative_names(value: Node, into: Extensions) -> None:
    _must(value.tag == der.SEQUENCE and value.children != [])
    into.alternative = [_general_name(one) for one in value.children]


def _name_constraints(value: Node, into: Extensions) -> None:
    _must(value.tag == der.SEQUENCE and [one.tag for one in value.children] in ([0xA0], [0xA1], [0xA0, 0xA1]))
    for trees in value.children:
        _must(trees.children != [] and all(one.tag == der.SEQUENCE and len(one.children) == 1 for one in trees.children))
        names = [_general_name(one.children[0]) for one in trees.children]
        if trees.tag == 0xA0:
            into.permitted = names
        else:
            into.excluded = names


def _passed_over(_value: Node, _into: Extensions) -> None:
    """Policies: any will do. Where lists are published."""


READERS: dict[str, Callable[[Node, Extensions], None]] = {
    "2.5.29.15": _key_usage,
    "2.5.29.17": _alternative_names,
    "2.5.29.19": _basic_constraints,
    "2.5.29.30": _name_constraints,
    "2.5.29.31": _passed_over,
    "2.5.29.32": _passed_over,
    "2.5.29.37": _purposes,
}


# Signatures

HASHES: list[tuple[Any, str]] = [
    (hashes.SHA256, "2.16.840.1.101.3.4.2.1"),
    (hashes.SHA384, "2.16.840.1.101.3.4.2.2"),
    (hashes.SHA512, "2.16.840.1.101.3.4.2.3"),
]
ED25519 = bytes.fromhex("300506032b6570")
RSA = bytes.fromhex("300d06092a864886f70d0101010500")
CURVES = {
    bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107"): 32,
    bytes.fromhex("301006072a8648ce3d020106052b81040022"): 48,
    bytes.fromhex("301006072a8648ce3d020106052b81040023"): 66,
}
ECDSA = {bytes.fromhex(f"300a06082a8648ce3d0403{2 + i:02x}"): hash_of for i, (hash_of, _) in enumerate(HASHES)}
# Parameters of NULL are right, none are taken too.
PKCS1 = {
    bytes.fromhex(form.format(11 + i)): hash_of
    for i, (hash_of, _) in enumerate(HASHES)
    for form in ("300d06092a864886f70d0101{:02x}0500", "300b06092a864886f70d0101{:02x}")
}


@lru_cache(maxsize=1024)
def _load(public_key: bytes) -> "tuple[str, Any, int] | None":
    """Kind, key, and the size of a scalar, of a key that an authority may have."""
    node = der.read(public_key)
    kind = node.children[0].bytes if node is not None and node.children else b""
    try:
        key: Any = serialization.load_der_public_key(public_key)
    except Exception:
        return None
    if kind == ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519", key, 0
    if kind in CURVES and isinstance(key, ec.EllipticCurvePublicKey):
        return "ECDSA", key, CURVES[kind]
    if kind == RSA and isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if 2048 <= key.key_size <= 8192 and exponent % 2 == 1 and 1 < exponent < 2**32:
            return "RSA", key, 0
    return None


def is_signed_by(one: Certificate, public_key: bytes) -> bool:
    """By an algorithm that is strong enough."""
    loaded = _load(public_key)
    if loaded is None:
        return False
    kind, key, size = loaded
    try:
        if kind == "Ed25519" and one.algorithm == ED25519:
            key.verify(one.signature, one.tbs)
            return True
        if kind == "ECDSA" and one.algorithm in ECDSA and _is_ecdsa(one.signature, size):
            key.verify(one.signature, one.tbs, ec.ECDSA(ECDSA[one.algorithm]()))
            return True
        if kind == "RSA" and one.algorithm in PKCS1:
            key.verify(one.signature, one.tbs, padding.PKCS1v15(), PKCS1[one.algorithm]())
            return True
        pss = _pss_of(one.algorithm)
        if kind == "RSA" and pss is not None:
            key.verify(one.signature, one.tbs, padding.PSS(padding.MGF1(pss[0]()), pss[1]), pss[0]())
            return True
    except (InvalidSignature, ValueError):
        pass
    return False


def _is_ecdsa(signature: bytes, size: int) -> bool:
    """Two positive integers of at most so many bytes each."""
    node = der.read(signature)
    if node is None or node.tag != der.SEQUENCE or len(node.children) != 2:
        return False
    return all(one.tag == der.INTEGER and one.contents[0] < 0x80 and 1 <= len(one.contents.lstrip(b"\0")) <= size for one in node.children)


def _pss_of(algorithm: bytes) -> "tuple[Any, int] | None":
    """Hash and length of the salt: the same hash for the mask, and a salt of 20 bytes, or more."""
    try:
        node = der.read(algorithm)
        oid, parameters = node.children if node is not None else []
        _must(der.oid_of(oid) == "1.2.840.113549.1.1.10" and parameters.tag == der.SEQUENCE)
        digest, mask, *salt = parameters.children
        _must(len(salt) <= 1)
        mask_oid, mask_digest = _inside(mask, 0xA1).children
        hash_of = _hash_of(_inside(digest, 0xA0))
        _must(der.oid_of(mask_oid) == "1.2.840.113549.1.1.8" and _hash_of(mask_digest) == hash_of)
        # 20 is not written, being what is meant where nothing is.
        length = der.small_integer_of(_inside(salt[0], 0xA2)) if salt else 20
        _must(length is not None and (not salt or length > 20))
        return hash_of, length or 0
    except (ValueError, KeyError):
        return None


def _inside(node: Node, tag: int) -> Node:
    _must(node.tag == tag and len(node.children) == 1)
    return node.children[0]


def _hash_of(identifier: Node) -> Any:
    _must(identifier.tag == der.SEQUENCE and 1 <= len(identifier.children) <= 2)
    _must(all(one.bytes == b"\x05\x00" for one in identifier.children[1:]))
    return {oid: hash_of for hash_of, oid in HASHES}[der.oid_of(identifier.children[0]) or ""]


# Paths


def names_issuer(one: Certificate, issuer: Certificate) -> bool:
    return same_name(one.issuer, issuer.subject)


def leads_to(chain: list[bytes], anchors: list[bytes], public_key: bytes, at_ms: int) -> bool:
    """Whether the certificates are for this key, and lead to one of the anchors as they were then."""
    read = [read_certificate(one) for one in chain]
    certificates = [one for one in read if one is not None]
    if not 1 <= len(chain) <= MOST or len(certificates) < len(chain) or certificates[0].public_key != public_key:
        return False
    if not all(names_issuer(one, issuer) and is_signed_by(one, issuer.public_key) for one, issuer in zip(certificates, certificates[1:])):
        return False
    return any(_holds([*certificates, anchor], at_ms) for anchor in map(read_certificate, anchors) if anchor is not None)


def _holds(path: list[Certificate], at_ms: int) -> bool:
    """The first for a person, the others authorities."""
    own, *issuers = path
    last, anchor = path[-2:]
    if not names_issuer(last, anchor) or not is_signed_by(last, anchor.public_key):
        return False
    if len({one.public_key for one in path}) < len(path) or any(_load(one.public_key) is None for one in path):
        return False
    if any(not one.not_before <= at_ms <= one.not_after or one.extensions.unknown_critical for one in path):
        return False
    if any(one.extensions.purposes is not None and not PURPOSES & set(one.extensions.purposes) for one in path):
        return False
    if own.extensions.authority is True or not (own.extensions.key_usage or 0) & DIGITAL_SIGNATURE:
        return False
    return all(_is_authority(issuer, path[: below + 1]) for below, issuer in enumerate(issuers))


def _is_authority(issuer: Certificate, below: list[Certificate]) -> bool:
    said = issuer.extensions
    if said.authority is not True or (said.key_usage is not None and not said.key_usage & CERT_SIGN):
        return False
    if said.path_length is not None and len(below) - 1 > said.path_length:
        return False
    return all(_is_within(one, said) for one in below)


def _is_within(one: Certificate, said: Extensions) -> bool:
    """Whether an authority may name each name of the holder; what cannot be compared it may not, where it says anything of such."""
    names = list(one.extensions.alternative)
    if one.subject.children:
        names.append((DIRECTORY, Node(0xA4, b"", b"", [one.subject])))
    mails: list[Optional[str]] = texts_of(one.subject, EMAIL)
    held = [(form, _ascii(node.contents) if form == MAIL else None, node) for form, node in names] + [(MAIL, mail, None) for mail in mails]
    for form, mail, node in held:
        permitted = [_is_below(form, mail, node, base) for kind, base in said.permitted if kind == form]
        excluded = [_is_below(form, mail, node, base) for kind, base in said.excluded if kind == form]
        if None in permitted + excluded or (permitted and True not in permitted) or True in excluded:
            return False
    return True


def _is_below(form: int, mail: Optional[str], node: Optional[Node], base: Node) -> Optional[bool]:
    """None: cannot be compared."""
    if form == MAIL:
        place = _ascii(base.contents)
        return None if mail is None or place is None else _is_mailbox_below(mail, place)
    if form == DIRECTORY and node is not None and node.children and base.children:
        return begins_with(node.children[0], base.children[0])
    return None


def _is_mailbox_below(mail: str, base: str) -> Optional[bool]:
    parts = mail.split("@")
    if len(parts) != 2 or "" in parts:
        return None
    host = parts[1].lower()
    if "@" in base:
        mailbox, _, place = base.partition("@")
        return parts[0] == mailbox and host == place.lower()
    return host.endswith(base.lower()) if base.startswith(".") else host == base.lower()


def _ascii(contents: bytes) -> Optional[str]:
    return contents.decode("ascii") if contents.isascii() else None


# What is said of them


def report_of(chain: "list[bytes] | tuple[bytes, ...] | None", public_key: bytes, at_ms: int, anchors: list[bytes]) -> Optional[dict[str, Any]]:
    """What the certificate of this key says, and whether it leads to an anchor; None where there is none, or one cannot be read."""
    read = [read_certificate(one) for one in chain or ()]
    certificates = [one for one in read if one is not None]
    own = next((one for one in certificates if one.public_key == public_key), None)
    if own is None or len(certificates) < len(read):
        return None
    trusted = leads_to([one.bytes for one in certificates], anchors, public_key, at_ms)
    addresses = [one for one in [*_mails(own), *_upns(own)] if one is not None]
    subject = shown_name(own.subject, COMMON_NAME, addresses[0] if addresses else None)
    return {"subject": subject, "issuer": shown_name(own.issuer, COMMON_NAME), "trusted": trusted}


def _mails(one: Certificate) -> list[Optional[str]]:
    mails = [_ascii(node.contents) for form, node in one.extensions.alternative if form == MAIL]
    return mails if mails else texts_of(one.subject, EMAIL)


def _upns(one: Certificate) -> list[Optional[str]]:
    others = [node.children for form, node in one.extensions.alternative if form == OTHER_NAME]
    values = [children[1].children[:1] if len(children) > 1 else [] for children in others if children and der.oid_of(children[0]) == UPN]
    return [text_of(value[0]) if value else None for value in values]


def certificates_in(pem: str) -> list[bytes]:
    """Of a file, one after another."""
    blocks = re.findall("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]*)-----END CERTIFICATE-----", pem)
    return [base64.b64decode("".join(block.split())) for block in blocks]
