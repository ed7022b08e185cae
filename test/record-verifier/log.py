"""Trees, signed notes, checkpoints and maps: docs/directory.md, RFC 9162 section 2.1, C2SP signed-note and tlog-checkpoint."""

import base64
import re
from dataclasses import dataclass
from typing import Optional

from encoding import decode64_standard, encode_fields, sha256, utf16_length
from signatures import ed25519_holds, is_small_order

EMPTY_MAP = sha256(b"\x10")
MOST_NOTE_CHARACTERS, MOST_NOTE_SIGNATURES = 131_072, 32


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def _are_hashes(hashes: list[bytes]) -> bool:
    return all(len(one) == 32 for one in hashes)


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: list[bytes]) -> Optional[bytes]:
    """RFC 9162 section 2.1.3.2; None where the proof has another shape."""
    if not 0 <= index < size or not _are_hashes(proof):
        return None
    fn, sn, root = index, size - 1, leaf
    for one in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = node_hash(one, root)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = node_hash(root, one)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


def roots_of_consistency(first: int, second: int, first_root: bytes, proof: list[bytes]) -> Optional[tuple[bytes, bytes]]:
    """RFC 9162 section 2.1.4.2: the roots of both sizes that the proof leads to; None where it has another shape."""
    if not 0 < first <= second or not _are_hashes(proof):
        return None
    if first == second:
        return (first_root, first_root) if not proof else None
    if not proof:
        return None
    return rebuild_roots(first, second, [first_root, *proof] if first & (first - 1) == 0 else proof)


def rebuild_roots(first: int, second: int, path: list[bytes]) -> Optional[tuple[bytes, bytes]]:
    """The same of a path that begins with the root of the first where that is of a power of two."""
    if not 0 < first < second or not path or not _are_hashes(path):
        return None
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr, sr = node_hash(one, fr), node_hash(one, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, one)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr) if sn == 0 else None


def is_consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: list[bytes]) -> bool:
    return roots_of_consistency(first, second, first_root, proof) == (first_root, second_root)


@dataclass(frozen=True)
class VerifierKey:
    """A log's Ed25519 key, as signed notes write it."""

    text: str
    name: str
    key_id: bytes
    public_key: bytes


def _is_key_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(char.isspace() for char in name)


def parse_verifier_key(text: str) -> Optional[VerifierKey]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _is_key_name(parts[0]) or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        return None
    data = decode64_standard(parts[2])
    if data is None or len(data) != 33 or data[0] != 1 or is_small_order(data[1:]):
        return None
    key_id = bytes.fromhex(parts[1])
    if sha256(parts[0].encode() + b"\n" + data)[:4] != key_id:
        return None
    return VerifierKey(text, parts[0], key_id, data[1:])


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    map_root: Optional[bytes]


def _signed_text(note: str, key: VerifierKey) -> Optional[str]:
    """The text of a note that this key signed; None where it did not, or where the note has another form."""
    if utf16_length(note) > MOST_NOTE_CHARACTERS or any((char < " " and char != "\n") or "\ud800" <= char <= "\udfff" for char in note):
        return None
    middle = note.rfind("\n\n")
    if middle < 0:
        return None
    text, signatures = note[: middle + 1], note[middle + 2 :]
    if not signatures.endswith("\n"):
        return None
    if signatures.count("\n") > MOST_NOTE_SIGNATURES:
        return None
    signed = False
    for line in signatures[:-1].split("\n"):
        match = re.fullmatch("— ([^ ]+) ([^ ]+)", line)
        data = decode64_standard(match[2]) if match else None
        if match is None or data is None or len(data) < 5 or not _is_key_name(match[1]):
            return None
        if match[1] == key.name and data[:4] == key.key_id:
            if not ed25519_holds(key.public_key, data[4:], text.encode()):
                return None
            signed = True
    return text if signed else None


def open_checkpoint(note: str, key: VerifierKey) -> Optional[Checkpoint]:
    """A checkpoint, signed by the log under its own name."""
    text = _signed_text(note, key)
    lines = (text or "").split("\n")
    if text is None or len(lines) < 4 or lines[-1] != "" or "" in lines[:-1]:
        return None
    if lines[0] != key.name or not re.fullmatch("0|[1-9][0-9]{0,15}", lines[1]) or int(lines[1]) >= 2**53:
        return None
    root = decode64_standard(lines[2])
    maps = [line for line in lines[3:-1] if line == "signet-map/v1" or line.startswith("signet-map/v1 ")]
    if root is None or len(root) != 32 or len(maps) > 1:
        return None
    if not maps:
        return Checkpoint(lines[0], int(lines[1]), root, None)
    map_root = decode64_standard(maps[0][len("signet-map/v1 ") :])
    if map_root is None or len(map_root) != 32:
        return None
    return Checkpoint(lines[0], int(lines[1]), root, map_root)


def open_seen(seen: bytes, key: VerifierKey) -> Optional[Checkpoint]:
    """The 136 bytes of a `call` or `join` proof, as the note that the log signed."""
    if len(seen) != 136:
        return None
    size, root, map_root, signature = int.from_bytes(seen[:8], "big"), seen[8:40], seen[40:72], seen[72:]
    if size >= 2**53:
        return None
    standard = [base64.b64encode(one).decode() for one in (root, map_root)]
    text = f"{key.name}\n{size}\n{standard[0]}\nsignet-map/v1 {standard[1]}\n"
    if not ed25519_holds(key.public_key, signature, text.encode()):
        return None
    return Checkpoint(key.name, size, root, map_root)


def ends_with_map(checkpoint: Checkpoint, proof: list[bytes]) -> bool:
    """The root of the map is the last entry of the log."""
    if checkpoint.map_root is None:
        return False
    entry = encode_fields("signet/map-root/v1", checkpoint.map_root)
    leaf = leaf_hash(entry)
    return root_of_inclusion(leaf, checkpoint.size - 1, checkpoint.size, proof) == checkpoint.root


def bits_of(key: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in key)


def map_leaf(key: bytes, value: bytes) -> bytes:
    return sha256(b"\x11" + key + value)


def map_node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x12" + left + right)


def value_in_map(map_root: bytes, key: bytes, siblings: list[bytes], leaf: Optional[tuple[bytes, bytes]]) -> "bytes | None | bool":
    """The value of the key, None where nobody has it, False where this is no proof."""
    if len(siblings) > 256 or not _are_hashes(siblings):
        return False
    bits = bits_of(key)
    if leaf is None:
        here = EMPTY_MAP
    else:
        if len(leaf[0]) != 32 or len(leaf[1]) != 32:
            return False
        if bits_of(leaf[0])[: len(siblings)] != bits[: len(siblings)]:
            return False
        here = map_leaf(*leaf)
    for i in reversed(range(len(siblings))):
        here = map_node(siblings[i], here) if bits[i] == "1" else map_node(here, siblings[i])
    if here != map_root:
        return False
    return leaf[1] if leaf is not None and leaf[0] == key else None
