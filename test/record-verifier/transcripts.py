"""What was signed: docs/protocol.md, "Transcripts" and "Proofs as bytes"."""

from dataclasses import dataclass
from typing import Any, Optional

from encoding import FieldReader, encode_fields, sha256

CHALLENGED = [("sequence", "int"), ("previous", "bytes"), ("serverChallenge", "bytes")]
NEW_DEVICE = [
    ("newDeviceId", "text"),
    ("newDevicePublicKey", "bytes"),
    ("newDeviceAlgorithm", "text"),
    ("newDeviceKind", "text"),
    ("newDeviceName", "text"),
]
BY_OTHER = [("administrator", "text"), ("administratorHead", "bytes")]
CALL = [("callId", "text")]
OF_CALL = [("callId", "text"), ("callProofDigest", "bytes")]
TERMINAL = [("terminalId", "text"), ("terminalKey", "bytes")]
RESOLUTION = [("number", "int"), ("resolutionDigest", "bytes")]

COMMON = [("serverOrigin", "text"), ("userId", "text"), ("deviceId", "text"), ("issuedAtMs", "int")]

FIELDS: dict[str, list[tuple[str, str]]] = {
    "register": [("serverChallenge", "bytes"), ("displayName", "text"), ("devicePublicKey", "bytes"), *TERMINAL, ("expiresAtMs", "int")],
    "sign-in": [("serverChallenge", "bytes"), *TERMINAL, ("expiresAtMs", "int"), ("head", "bytes")],
    "resume": [("serverChallenge", "bytes"), ("terminalId", "text")],
    "release": [("serverChallenge", "bytes"), ("terminalId", "text")],
    "call": [*CALL, ("memberUserIds", "texts"), ("leafKey", "bytes"), ("head", "bytes"), ("checkpoint", "bytes")],
    "join": [*OF_CALL, ("leafKey", "bytes"), ("head", "bytes"), ("invitation", "bytes"), ("checkpoint", "bytes")],
    "decline": [*CALL, ("reason", "text")],
    "leave": [*CALL, ("reason", "text")],
    "end": [*CALL, ("reason", "text")],
    "present": [*CALL, ("nonce", "bytes")],
    "microphone": [*CALL, ("state", "text")],
    "document-key": [("use", "text"), ("key", "bytes"), ("sequence", "int")],
    "add-device": [*CHALLENGED, *NEW_DEVICE],
    "revoke-device": [*CHALLENGED, ("revokedDeviceId", "text"), ("why", "text"), *BY_OTHER],
    "rename": [*CHALLENGED, ("renamedDeviceId", "text"), ("name", "text")],
    "picture": [("serverChallenge", "bytes"), ("pictureDigest", "bytes"), ("head", "bytes")],
    "certify": [*CHALLENGED, ("certificatesDigest", "bytes")],
    "recover": [*CHALLENGED, *NEW_DEVICE, *BY_OTHER],
    "appoint": [*CHALLENGED, *BY_OTHER],
    "dismiss": [*CHALLENGED, *BY_OTHER],
    "admit": [("serverChallenge", "bytes"), ("codeHash", "bytes"), ("head", "bytes")],
    "invite": [*OF_CALL, ("head", "bytes"), ("userIds", "texts")],
    "remove": [*OF_CALL, ("userIds", "texts"), ("voided", "byteStrings")],
    "message": [*OF_CALL, ("toUserId", "text"), ("sealedDigest", "bytes"), ("keysDigest", "bytes")],
    "host": [*OF_CALL, ("previousHost", "bytes"), ("nextHost", "text")],
    "vouch": [*OF_CALL, ("head", "bytes"), ("guestId", "text"), ("guestKey", "bytes"), ("guestName", "text")],
    "let-in": [*OF_CALL, ("vouch", "bytes")],
    "propose": [*OF_CALL, *RESOLUTION],
    "withdraw": [*OF_CALL, *RESOLUTION],
    "approve": [*OF_CALL, ("head", "bytes"), *RESOLUTION, ("decision", "text")],
    "epoch": [*OF_CALL, ("epoch", "int"), ("epochDigest", "bytes")],
    "keep": [*OF_CALL, ("recordDigest", "bytes")],
}
VERSIONS = {"sign-in": 2, "call": 3, "join": 4}
TERMINAL_FIELDS = [("serverOrigin", "text"), ("issuedAtMs", "int"), ("serverChallenge", "bytes"), *TERMINAL]

BY_DEVICE = {
    "register", "sign-in", "call", "join", "picture", "add-device", "revoke-device", "rename", "certify", "recover",
    "appoint", "dismiss", "admit", "invite", "vouch", "approve",
}  # fmt: skip
CHOICES = {
    ("decline", "reason"): {"declined", "busy"},
    ("leave", "reason"): {"left", "unsafe", "deviceRemoved", "pageGone"},
    ("end", "reason"): {"ended"},
    ("approve", "decision"): {"approve", "reject"},
    ("microphone", "state"): {"on", "muted", "none"},
}


def encode_transcript(values: dict[str, Any]) -> bytes:
    """The bytes of a transcript; a `sign-in` without head is the one of before histories."""
    purpose = values["purpose"]
    version = VERSIONS.get(purpose, 1)
    fields = TERMINAL_FIELDS if purpose == "terminal" else [*COMMON, *FIELDS[purpose]]
    if purpose == "sign-in" and values["head"] == b"":
        version, fields = 1, [field for field in fields if field[0] != "head"]
    out = f"signet/{purpose}/v{version}".encode()
    for name, form in fields:
        value = values[name]
        if form in ("texts", "byteStrings"):
            out += len(value).to_bytes(4, "big") + encode_fields(*value)
        else:
            out += encode_fields(value)
    return out


def decode_transcript(data: bytes) -> dict[str, Any]:
    """The fields by name, with `purpose`. Raises ValueError for whatever encoding would not have written."""
    for purpose in [*FIELDS, "terminal"]:
        newest = VERSIONS.get(purpose, 1)
        for version in {newest, 1} if purpose == "sign-in" else {newest}:
            label = f"signet/{purpose}/v{version}".encode()
            if not data.startswith(label):
                continue
            # No label is the beginning of another one, and behind it stands a length, whose first byte is zero.
            fields = TERMINAL_FIELDS if purpose == "terminal" else [*COMMON, *FIELDS[purpose]]
            reader = FieldReader(data[len(label) :])
            values: dict[str, Any] = {"purpose": purpose}
            for name, form in fields:
                if name == "head" and purpose == "sign-in" and version == 1:
                    values[name] = b""
                    continue
                values[name] = {
                    "text": reader.text,
                    "bytes": reader.bytes,
                    "int": reader.integer,
                    "texts": lambda: reader.many(reader.text),
                    "byteStrings": lambda: reader.many(reader.bytes),
                }[form]()
                if values[name] not in CHOICES.get((purpose, name), {values[name]} if form == "text" else [values[name]]):
                    raise ValueError(name)
            reader.end()
            if encode_transcript(values) != data:
                raise ValueError("another encoding")
            return values
    raise ValueError("no purpose")


@dataclass
class Proof:
    """A proof with its transcript read."""

    transcript: bytes
    kind: str
    signature: bytes
    authenticator_data: bytes
    client_data: bytes
    said: dict[str, Any]
    digest: bytes

    def encoded(self) -> bytes:
        parts = [self.authenticator_data, self.client_data] if self.kind == "webauthn" else []
        return encode_fields("signet/proof/v1", self.kind, self.transcript, *parts, self.signature)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.said[name]
        except KeyError:
            raise AttributeError(name) from None


def make_proof(transcript: bytes, kind: str, signature: bytes, authenticator_data: bytes = b"", client_data: bytes = b"") -> Proof:
    return Proof(transcript, kind, signature, authenticator_data, client_data, decode_transcript(transcript), sha256(transcript))


# Of each part of a proof, least and most.
PROOF_BYTES = {"transcript": (1, 16_384), "authenticatorData": (37, 1_024), "clientDataJson": (1, 2_048), "signature": (1, 1_024)}


def decode_proof(data: bytes) -> Proof:
    """A proof as bytes."""
    reader = FieldReader(data)
    if reader.bytes() != b"signet/proof/v1":
        raise ValueError("no proof")
    kind = reader.text()
    if kind not in ("webauthn", "software", "terminal", "pkcs11"):
        raise ValueError("no kind")
    transcript = reader.bytes()
    parts = [reader.bytes(), reader.bytes()] if kind == "webauthn" else [b"", b""]
    proof = make_proof(transcript, kind, reader.bytes(), parts[0], parts[1])
    reader.end()
    sized = {"transcript": transcript, "signature": proof.signature}
    if kind == "webauthn":
        sized |= {"authenticatorData": parts[0], "clientDataJson": parts[1]}
    if not all(PROOF_BYTES[name][0] <= len(part) <= PROOF_BYTES[name][1] for name, part in sized.items()):
        raise ValueError("another length")
    return proof


def encode_statement(proofs: list[Proof]) -> bytes:
    return encode_fields("signet/statement/v1", *(proof.encoded() for proof in proofs))


def statement_digest(proofs: list[Proof]) -> bytes:
    return sha256(encode_statement(proofs))


def certificates_digest(certificates: Optional[list[bytes]]) -> bytes:
    return sha256(encode_fields(*(certificates or [])))


def call_list_digest(statement_digests: list[bytes]) -> bytes:
    return sha256(encode_fields("signet/call-list/v1", *sorted(statement_digests)))
