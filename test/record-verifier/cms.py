"""A document, signed with the certificate: docs/certificates.md, "The form of it"."""

from typing import Any, Optional

import hashlib

import der
from certificates import LARGEST, MOST, Certificate, fault_of, is_signed_by, names_issuer, read_certificate
from der import Node
from encoding import refuse, sha256
from signatures import load_key, raw_signature_holds

SIGNED_DATA, DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SHA256, SHA512 = bytes.fromhex("300b0609608648016503040201"), bytes.fromhex("300b0609608648016503040203")
# Which algorithm of a device each pair stands for: of the document's digest and of the signature.
ALGORITHMS = {
    (SHA256, bytes.fromhex("300a06082a8648ce3d040302")): "ES256",
    (SHA512, bytes.fromhex("300506032b6570")): "EdDSA",
    (SHA256, bytes.fromhex("300d06092a864886f70d01010b0500")): "RS256",
    (
        SHA256,
        bytes.fromhex(
            "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
            "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
        ),
    ): "PS256",
}


def is_signed_data(data: bytes) -> bool:
    """Whether it looks like one, of whatever form; no longer one than Signet's."""
    return len(data) <= (MOST + 1) * LARGEST and der.oid_of(_child(der.read(data), 0)) == SIGNED_DATA


def verify_cms(data: bytes, document: Optional[bytes], document_sha256: bytes, at: str) -> dict[str, Any]:
    """`publicKey`, `saidSignedAtMs`, and `certificates` from the signer's upwards. The document is None where only its digest is known."""
    parts = _read(data, at)
    algorithm, attributes = parts["algorithm"], parts["attributes"]
    certificates: list[Certificate] = []
    if len(parts["certificates"]) > MOST:
        refuse("certificate.tooMany", at)
    for one in parts["certificates"]:
        certificate = read_certificate(one)
        if certificate is None:
            refuse(fault_of(one), at)
        certificates.append(certificate)
    own = next((one for one in certificates if _signer_of(one) == parts["signer"]), None)
    if own is None or sha256(own.bytes) != attributes["certificateHash"]:
        refuse("cms.signer", at)
    chain = _chain_of(own, certificates)
    if len(chain) < len(certificates):
        refuse("certificate.order", at)
    if load_key(algorithm, own.public_key) is None:
        refuse("cms.algorithm", at)
    if algorithm == "EdDSA":
        if document is None:
            refuse("cms.documentNeeded", at)
        digest = hashlib.sha512(document).digest()
    else:
        digest = document_sha256
    if digest != attributes["documentDigest"]:
        refuse("cms.otherDocument", at)
    if not raw_signature_holds(algorithm, own.public_key, parts["signature"], parts["signed"]):
        refuse("cms.signature", at)
    return {"publicKey": own.public_key, "saidSignedAtMs": attributes["signedAtMs"], "certificates": [one.bytes for one in chain]}


def _chain_of(own: Certificate, certificates: list[Certificate]) -> list[Certificate]:
    """Each followed by the one that issued it: of several of one name, the one whose key signed."""
    chain, rest = [own], [one for one in certificates if one is not own]
    while True:
        issuers = [one for one in rest if names_issuer(chain[-1], one) and is_signed_by(chain[-1], one.public_key)]
        if not issuers:
            return chain
        chain.append(issuers[-1])
        rest = [one for one in rest if one is not issuers[-1]]


def _signer_of(one: Certificate) -> bytes:
    return der.write(der.SEQUENCE, one.issuer.bytes, der.write(der.INTEGER, one.serial))


def _attribute(kind: str, value: bytes) -> bytes:
    return der.write(der.SEQUENCE, der.write_oid(kind), der.set_of([value]))


def _child(node: Optional[Node], *path: int) -> Optional[Node]:
    for i in path:
        node = node.children[i] if node is not None and len(node.children) > i else None
    return node


def _read(data: bytes, at: str) -> dict[str, Any]:
    """What is read is written again: of all that says the same one form alone is taken."""
    root = der.read(data) if len(data) <= (MOST + 1) * LARGEST else None
    if der.oid_of(_child(root, 0)) != SIGNED_DATA:
        refuse("cms.malformed", at)
    content, certificates, signers = (_child(root, 1, 0, i) for i in (2, 3, 4))
    if content is not None and len(content.children) > 1:
        refuse("cms.attached", at)
    if certificates is None or certificates.tag != 0xA0 or signers is None or signers.tag != der.SET:
        refuse("cms.malformed", at)
    if len(signers.children) != 1:
        refuse("cms.signers", at)
    parts = _read_signer(signers.children[0], at)
    parts["certificates"] = [one.bytes for one in certificates.children]
    if _write(parts) != data:
        refuse("cms.malformed", at)
    return parts


def _read_signer(info: Node, at: str) -> dict[str, Any]:
    signer, digest, third = (_child(info, i) for i in (1, 2, 3))
    attributes = third if third is not None and third.tag == 0xA0 else None
    first = 3 if attributes is None else 4
    algorithm, signature = _child(info, first), _child(info, first + 1)
    if signer is None or digest is None or algorithm is None or signature is None or signature.tag != der.OCTET_STRING:
        refuse("cms.malformed", at)
    if attributes is None or any(one.tag == 0xA1 for one in info.children[first + 2 :]):
        refuse("cms.attributes", at)
    name = ALGORITHMS.get((digest.bytes, algorithm.bytes))
    if name is None:
        refuse("cms.algorithm", at)
    # What was signed bears the tag of a SET; here it is that of its place.
    signed = bytes([der.SET]) + attributes.bytes[1:]
    return {
        "algorithm": name,
        "forms": (digest.bytes, algorithm.bytes),
        "signer": signer.bytes,
        "signed": signed,
        "attributes": _read_attributes(signed, at),
        "signature": signature.contents,
    }


def _read_attributes(signed: bytes, at: str) -> dict[str, Any]:
    """Exactly four, each with one value."""
    root = der.read(signed)
    values: dict[Optional[str], Optional[Node]] = {}
    for one in root.children if root is not None else []:
        values.setdefault(der.oid_of(_child(one, 0)), _child(one, 1, 0))
    digest, certificate, time = values.get(MESSAGE_DIGEST), _child(values.get(SIGNING_CERTIFICATE), 0, 0, 0), values.get(SIGNING_TIME)
    signed_at = der.time_of(time)
    if digest is None or digest.tag != der.OCTET_STRING or certificate is None or certificate.tag != der.OCTET_STRING or time is None or signed_at is None:
        refuse("cms.attributes", at)
    hashed = der.write(der.SEQUENCE, der.write(der.SEQUENCE, der.write(der.SEQUENCE, certificate.bytes)))
    written = [
        _attribute(CONTENT_TYPE, der.write_oid(DATA)),
        _attribute(SIGNING_TIME, time.bytes),
        _attribute(MESSAGE_DIGEST, digest.bytes),
        _attribute(SIGNING_CERTIFICATE, hashed),
    ]
    # From 1950 to 2049 a time is short.
    long_for_nothing = time.tag == der.GENERALIZED_TIME and b"1950" <= time.contents[:4] <= b"2049"
    if der.set_of(written) != signed or long_for_nothing:
        refuse("cms.attributes", at)
    return {"documentDigest": digest.contents, "certificateHash": certificate.contents, "signedAtMs": signed_at}


def _write(parts: dict[str, Any]) -> bytes:
    one = der.write(der.INTEGER, b"\x01")
    info = der.write(
        der.SEQUENCE, one, parts["signer"], parts["forms"][0], b"\xa0" + parts["signed"][1:], parts["forms"][1], der.write(der.OCTET_STRING, parts["signature"])
    )
    data = der.write(
        der.SEQUENCE,
        one,
        der.set_of([parts["forms"][0]]),
        der.write(der.SEQUENCE, der.write_oid(DATA)),
        der.set_of(parts["certificates"], 0xA0),
        der.set_of([info]),
    )
    return der.write(der.SEQUENCE, der.write_oid(SIGNED_DATA), der.write(0xA0, data))
