"""Bytes and texts as docs/record.md and docs/protocol.md write them; the codes with which a file is refused."""

import base64
import hashlib
import json
import re
from typing import Any, NoReturn, Optional

MOST = 2**53 - 1
WHITE = "\t\n\x0b\x0c\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


class Refused(Exception):
    """The file does not hold: a code of docs/errors.md, and the place."""

    def __init__(self, code: str, at: str = "") -> None:
        super().__init__(f"{code} at {at}")
        self.code = code
        self.at = at


def refuse(code: str, at: str = "") -> NoReturn:
    raise Refused(code, at)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def encode64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text: str) -> Optional[bytes]:
    """Base64url without padding, in its one form; nothing else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if encode64(data) == text else None


def decode64_standard(text: str) -> Optional[bytes]:
    """Base64 with padding, in its one form, as signed notes have it."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def encode_fields(*fields: "bytes | str | int") -> bytes:
    """Each with its 4-byte length; integers as 8 bytes."""
    out = bytearray()
    for field in fields:
        if isinstance(field, str):
            field = field.encode()
        elif isinstance(field, int):
            field = field.to_bytes(8, "big")
        out += len(field).to_bytes(4, "big") + field
    return bytes(out)


class FieldReader:
    """Length-prefixed fields. Raises ValueError for whatever encoding would not have written."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        if len(self.rest) < count:
            raise ValueError("too short")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def bytes(self) -> bytes:
        return self.take(int.from_bytes(self.take(4), "big"))

    def text(self) -> str:
        return self.bytes().decode("utf-8")

    def integer(self) -> int:
        data = self.bytes()
        number = int.from_bytes(data, "big")
        if len(data) != 8 or number > MOST:
            raise ValueError("no integer")
        return number

    def many(self, read: Any) -> list:
        return [read() for _ in range(int.from_bytes(self.take(4), "big"))]

    def end(self) -> None:
        if self.rest:
            raise ValueError("bytes behind it")


def split_fields(data: bytes) -> list[bytes]:
    """All fields that there are."""
    reader = FieldReader(data)
    fields = []
    while reader.rest:
        fields.append(reader.bytes())
    return fields


def utf16_length(text: str) -> int:
    """As texts are counted: a character beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def write_json(value: Any) -> str:
    """The one text of a value: no spaces, and nothing escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
