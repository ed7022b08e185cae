"""Who may be in a call: docs/protocol.md, "Call lists" and "Guests"."""

import re
import unicodedata
from dataclasses import dataclass, field

from encoding import refuse, utf16_length
from form import is_name
from histories import guest_id_of
from signatures import load_key
from transcripts import Proof

LIST_PURPOSES = ("call", "invite", "remove", "host", "vouch", "let-in")
MOST_STATEMENTS, MOST_BYTES, KEPT_STATEMENTS, KEPT_BYTES = 256, 131_072, 64, 32_768


# Letters and marks that are nothing to the eye (Default_Ignorable_Code_Point).
BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def is_guest_name(name: str) -> bool:
    """Joiners are not looked at, which may stand between some letters."""
    kinds = [unicodedata.category(char) for char in name]
    if not is_name(name) or utf16_length(name) > 32 or not any(kind[0] in "LN" for kind in kinds) or BLANK.search(name):
        return False
    if not all(char in " .,'\u2019\u00b7-" or kind[0] in "LMN" for char, kind in zip(name, kinds)):
        return False
    # A mark stands on a letter: not at the beginning, after a space, or too high.
    marks = "".join("s" if kind == "Mc" else "a" if kind[0] == "M" else " " if char == " " else "l" for char, kind in zip(name, kinds))
    return not re.search("(^| )[as]|[as]{7}|a{5}", marks)


@dataclass
class CallList:
    """A folded list. `invitations`: whom each invites; `voided`: which counts no more for whom."""

    statements: dict[bytes, Proof] = field(default_factory=dict)
    invitations: dict[bytes, set[str]] = field(default_factory=dict)
    voided: set[tuple[bytes, str]] = field(default_factory=set)
    let_in: dict[bytes, Proof] = field(default_factory=dict)

    def invites(self, user_id: str, invitation: bytes) -> bool:
        return user_id in self.invitations.get(invitation, set())


def fold_call_list(statements: list[tuple[Proof, str]]) -> CallList:
    """The statements with their places, the `call` proof first."""
    call, at = statements[0]
    folded = CallList()
    members = call.said["memberUserIds"]
    if len(set(members)) != len(members) or call.said["userId"] in members:
        refuse("callList.userIds", at)
    folded.statements = {proof.digest: proof for proof, _ in statements}
    folded.invitations[call.digest] = {call.said["userId"], *members}
    for proof, place in statements[1:]:
        _check_names(proof, place)
        if proof.said["purpose"] == "invite":
            folded.invitations[proof.digest] = set(proof.said["userIds"])
        elif proof.said["purpose"] == "vouch":
            guest = proof.said["guestId"]
            if any(guest in invited for invited in folded.invitations.values()):
                refuse("guest.word", place)
            folded.invitations[proof.digest] = {guest}
    for proof, place in statements[1:]:
        _relate(folded, call, proof, place)
    _check_room([proof for proof, _ in statements], at)
    return folded


def _check_names(proof: Proof, at: str) -> None:
    said = proof.said
    if said["userId"].startswith("~"):
        refuse("guest.notAllowed", at)
    if said["purpose"] in ("invite", "remove"):
        user_ids = said["userIds"]
        if not user_ids or len(set(user_ids)) != len(user_ids):
            refuse("callList.userIds", at)
        if said["purpose"] == "invite" and any(one.startswith("~") for one in user_ids):
            refuse("guest.notAllowed", at)
    if said["purpose"] == "vouch":
        key = said["guestKey"]
        if said["guestId"] != guest_id_of(key) or load_key("EdDSA", key) is None:
            refuse("guest.word", at)
        if not is_guest_name(said["guestName"]):
            refuse("guest.word", at)


def _relate(folded: CallList, call: Proof, proof: Proof, at: str) -> None:
    said = proof.said
    if said["purpose"] == "remove":
        if said["userId"] in said["userIds"]:
            refuse("callList.removesHost", at)
        if any(one not in folded.invitations for one in said["voided"]):
            refuse("callList.missing", at)
        for user_id in said["userIds"]:
            theirs = [one for one in said["voided"] if folded.invites(user_id, one)]
            if not theirs:
                refuse("callList.voided", at)
            folded.voided.update((one, user_id) for one in theirs)
    elif said["purpose"] == "host":
        previous = folded.statements.get(said["previousHost"])
        if previous is None or previous.said["purpose"] not in ("call", "host"):
            refuse("callList.missing", at)
        if said["nextHost"].startswith("~") or not any(said["nextHost"] in invited for invited in folded.invitations.values()):
            refuse("callList.nextHost", at)
    elif said["purpose"] == "let-in":
        vouch = folded.statements.get(said["vouch"])
        if vouch is None or vouch.said["purpose"] != "vouch":
            refuse("callList.missing", at)
        folded.let_in[said["vouch"]] = proof


def _check_room(proofs: list[Proof], at: str) -> None:
    plain = [proof for proof in proofs if proof.said["purpose"] not in ("remove", "host")]

    def size(some: list[Proof]) -> int:
        return sum(len(proof.transcript) for proof in some)

    if len(proofs) > MOST_STATEMENTS or size(proofs) > MOST_BYTES:
        refuse("callList.full", at)
    if len(plain) > MOST_STATEMENTS - KEPT_STATEMENTS or size(plain) > MOST_BYTES - KEPT_BYTES:
        refuse("callList.full", at)
