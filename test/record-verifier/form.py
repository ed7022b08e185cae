"""The one form of a record: docs/record.md, "The file"."""

import json
import re
import unicodedata
from typing import Any, Callable

from encoding import MOST, decode64, refuse, write_json
from transcripts import PROOF_BYTES, make_proof

REASONS = ("left", "unsafe", "deviceRemoved", "pageGone", "lost")

# A schema takes a value and its place, and gives what it means and the value as it is written.
Schema = Callable[[Any, str], tuple[Any, Any]]

USER_ID = r"[a-z0-9._-]{2,32}"
GUEST_ID = r"~[a-z2-7]{26}"
STATES = {
    "ringing", "joining", "joined", "declined", "noAnswer", "offline", "unknown", "busy", "failed", "left", "refused", "removed",
}  # fmt: skip


def text(pattern: str = "[\\s\\S]*", most: int = 2**31) -> Schema:
    def read(value: Any, at: str) -> tuple[Any, Any]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value) or len(value) > most:
            refuse("record.form", at)
        return value, value

    return read


def up_to(most: int) -> Schema:
    def read(value: Any, at: str) -> tuple[Any, Any]:
        if type(value) is not int or not 0 <= value <= most:
            refuse("record.form", at)
        return value, value

    return read


integer = up_to(MOST)


def true(value: Any, at: str) -> tuple[Any, Any]:
    if value is not True:
        refuse("record.form", at)
    return value, value


def boolean(value: Any, at: str) -> tuple[Any, Any]:
    if type(value) is not bool:
        refuse("record.form", at)
    return value, value


def byte_string(least: int = 0, most: int = 2**31) -> Schema:
    def read(value: Any, at: str) -> tuple[Any, Any]:
        data = decode64(value) if isinstance(value, str) else None
        if data is None or not least <= len(data) <= most:
            refuse("record.form", at)
        return data, value

    return read


def many(of: Schema, least: int = 0, most: int = 2**31) -> Schema:
    def read(value: Any, at: str) -> tuple[Any, Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            refuse("record.form", at)
        pairs = [of(one, f"{at}[{i}]") for i, one in enumerate(value)]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    return read


def record(**fields: Schema) -> Schema:
    """Fields in their order; those that may be absent end with an underscore."""

    def read(value: Any, at: str) -> tuple[Any, Any]:
        if not isinstance(value, dict):
            refuse("record.form", at)
        meant, written = {}, {}
        for name, schema in fields.items():
            plain = name.rstrip("_")
            place = f"{at}.{plain}" if at else plain
            if plain not in value:
                if plain == name:
                    refuse("record.form", place)
                meant[plain] = None
                continue
            meant[plain], written[plain] = schema(value[plain], place)
        if set(value) != set(written):
            refuse("record.form", at)
        return meant, written

    return read


def proof(value: Any, at: str) -> tuple[Any, Any]:
    assertion = isinstance(value, dict) and isinstance(value.get("signature"), dict) and value["signature"].get("kind") == "webauthn"
    of = {name: byte_string(*most) for name, most in PROOF_BYTES.items()}
    more = {name: of[name] for name in ("authenticatorData", "clientDataJson")} if assertion else {}
    signature = record(kind=text("webauthn|software|pkcs11|terminal"), **more, signature=of["signature"])
    meant, written = record(transcript=of["transcript"], signature=signature)(value, at)
    signed = meant["signature"]
    try:
        parts = (signed.get("authenticatorData") or b"", signed.get("clientDataJson") or b"")
        return make_proof(meant["transcript"], signed["kind"], signed["signature"], *parts), written
    except ValueError:
        refuse("proof.malformed", at)


def is_name(name: str) -> bool:
    """A display name as a history may hold it: nothing that is not to be seen, but joiners, and no white space at the ends."""
    if not 1 <= len(name) <= 64 or name.strip() != name:
        return False
    return not any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\u200c\u200d" for char in name)


def display_name(value: Any, at: str) -> tuple[Any, Any]:
    if not isinstance(value, str) or not is_name(value):
        refuse("record.form", at)
    return value, value


ID = r"[A-Za-z0-9_-]{21}[AQgw]"
person_id = text(f"{USER_ID}|{GUEST_ID}")
attestation = record(format=text(most=32), aaguid=text(most=36), verified_=true)
beside = {"credentialId_": byte_string(0, 1_023), "attestation_": attestation, "certificates_": many(byte_string(1, 4_096), 1, 4)}
entry = record(
    userId=person_id,
    displayName=display_name,
    deviceId=text(ID),
    kind=text("webauthn|pkcs11|software"),
    algorithm=text("ES256|EdDSA|RS256|PS256"),
    publicKey=byte_string(32, 1_024),
    userVerification=boolean,
    registeredAtMs=integer,
    **beside,
    proof=proof,
    statements=many(record(proofs=many(proof, 1, 2), **beside), 0, 319),
)
hashes = many(byte_string(32, 32))
word = record(proof=proof, binding_=proof)
RECORD = record(
    format=text("signet-record"),
    version=integer,
    serverOrigin=text(r"[\s\S]+", 2_048),
    callId=text(ID),
    log_=record(
        verifierKey=text(most=2_048),
        checkpoint=text(most=65_536),
        mapRootProof=hashes,
        views=many(record(size=integer, proof=hashes)),
    ),
    people=many(
        record(
            entry=entry,
            mapProof_=record(siblings=hashes, leaf_=record(key=byte_string(32, 32), value=byte_string(32, 32))),
        )
    ),
    statements=many(word),
    epochs=many(
        record(
            number=up_to(2**32 - 1),
            list=many(integer),
            members=many(record(leaf=up_to(65_535), answer=integer)),
            authenticatorHash=byte_string(32, 32),
            words=many(word),
        )
    ),
    resolutions=many(
        record(
            resolution=byte_string(1, 65_536),
            proposal=word,
            said=many(record(proof=proof, binding_=proof, cms_=byte_string(1, 65_536))),
        )
    ),
    server=many(record(atMs=integer, userId=person_id, state=text("|".join(STATES)), reason_=text("|".join(REASONS)))),
    kept_=word,
)


def _integer(digits: str) -> "int | float":
    return int(digits) if len(digits) <= 20 else float(digits)


def _no_number(word: str) -> Any:
    raise ValueError(word)


MOST_BYTES, MOST_DEPTH, MOST_VALUES = 67_108_864, 16, 750_000


def _is_too_much(text: str) -> bool:
    """How deep, and how many values, whether or not it is JSON."""
    marks = re.sub(r"[^][{},]", "", re.sub(r'"(?:[^"\\]|\\.)*"?', "", text, flags=re.DOTALL))
    if sum(map(marks.count, ",[{")) > MOST_VALUES:
        return True
    depth = 0
    for mark in marks:
        depth += (mark in "[{") - (mark in "]}")
        if depth > MOST_DEPTH:
            return True
    return False


def read_json(raw: bytes) -> Any:
    """Of a name twice the last one counts; a record's one form has none."""
    try:
        text = raw.decode("utf-8")
        if _is_too_much(text):
            refuse("record.tooLarge")
        return json.loads(text, parse_int=_integer, parse_constant=_no_number)
    except (ValueError, RecursionError):
        refuse("record.form")


def read_record(raw: bytes, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a record means, and its value as written, which is all that the file holds."""
    if isinstance(value, dict) and value.get("format") == "signet-record" and value.get("version") != 1 and type(value.get("version")) is int:
        refuse("record.version", "version")
    meant, written = RECORD(value, "")
    if raw not in (write_json(written).encode("utf-8", "surrogatepass"), write_json(written).encode("utf-8", "surrogatepass") + b"\n"):
        refuse("record.form")
    return meant, written
