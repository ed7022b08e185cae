"""A record is verified in the order of docs/record.md, "What is verified", and said is what "What it says" allows."""

from typing import Any, Callable, Optional

from certificates import report_of
from cms import verify_cms
from call_list import LIST_PURPOSES, CallList, fold_call_list
from encoding import encode64, encode_fields, refuse, sha256, write_json
from histories import Device, Histories, Person, device_id
from log import Checkpoint, VerifierKey, ends_with_map, open_checkpoint, open_seen, parse_verifier_key, roots_of_consistency, value_in_map
from resolutions import Tally, decode_resolution, subject_of
from signatures import check_device_signature, check_terminal_signature
from transcripts import BY_DEVICE, Proof, call_list_digest

CLOCKS_MS = 120_000
BINDING_MS = 12 * 3_600_000


class RecordVerifier:
    """One file. `verify` raises Refused, or returns the report."""

    def __init__(self, meant: dict[str, Any], written: dict[str, Any], log_keys: list[str], anchors: list[bytes]) -> None:
        self.meant, self.written, self.log_keys, self.anchors = meant, written, log_keys, anchors
        self.people: dict[str, Person] = {}
        self.checkpoint: Optional[Checkpoint] = None
        self.key: Optional[VerifierKey] = None
        # Bindings that were verified, and numbers of resolutions that are taken.
        self.checked: set[bytes] = set()
        self.numbers: set[tuple[str, int]] = set()
        # Who answered, and named no checkpoint.
        self.viewless: set[str] = set()

    def verify(self) -> dict[str, Any]:
        self._check_log()
        self._check_people()
        self._check_statements()
        self._check_list()
        views = self._check_views()
        self._check_epochs()
        if len(self.meant["resolutions"]) > 64:
            refuse("resolution.tooMany", "resolutions")
        resolutions = [self._resolution(one, f"resolutions[{i}]") for i, one in enumerate(self.meant["resolutions"])]
        kept = self._check_kept()
        return self._report(views, resolutions, kept)

    # 2 and 3

    def _check_log(self) -> None:
        log = self.meant["log"]
        if log is None:
            return
        self.key = parse_verifier_key(log["verifierKey"])
        if self.key is None or self.meant["serverOrigin"] + "/log" not in ("https://" + self.key.name, "http://" + self.key.name):
            refuse("record.checkpoint", "log.verifierKey")
        self.checkpoint = open_checkpoint(log["checkpoint"], self.key)
        if self.checkpoint is None:
            refuse("record.checkpoint", "log.checkpoint")
        if not ends_with_map(self.checkpoint, log["mapRootProof"]):
            refuse("record.checkpoint", "log.mapRootProof")
        if self.log_keys and self.key.text not in self.log_keys:
            refuse("record.otherLog", "log.verifierKey")

    def _check_people(self) -> None:
        entries = [one["entry"] for one in self.meant["people"]]
        user_ids = [entry["userId"] for entry in entries]
        if sorted(set(user_ids)) != user_ids:
            refuse("record.form", "people")
        histories = Histories(self.meant["serverOrigin"], {entry["userId"]: entry for entry in entries})
        for i, one in enumerate(self.meant["people"]):
            at = f"people[{i}]"
            person = histories.person(one["entry"]["userId"], f"{at}.entry")
            self.people[person.user_id] = person
            is_guest = person.user_id.startswith("~")
            is_proven = self.checkpoint is not None and not is_guest
            if is_proven != (one["mapProof"] is not None):
                refuse("record.unproven" if is_proven else "record.form", f"{at}.mapProof")
            if one["mapProof"] is not None and self.checkpoint is not None:
                leaf = one["mapProof"]["leaf"]
                pair = None if leaf is None else (leaf["key"], leaf["value"])
                key = sha256(person.user_id.encode())
                if value_in_map(self.checkpoint.map_root, key, one["mapProof"]["siblings"], pair) != person.head:
                    refuse("record.unproven", f"{at}.mapProof")

    # Signed words

    def _device(self, proof: Proof, at: str) -> Device:
        """The device of whoever is named, by whom this is signed."""
        said = proof.said
        if said["serverOrigin"] != self.meant["serverOrigin"]:
            refuse("proof.origin", at)
        person = self.people.get(said["userId"])
        if person is None:
            refuse("record.unknownPerson", at)
        device = person.devices.get(said["deviceId"])
        if device is None:
            refuse("history.deviceUnknown", at)
        return device

    def _by_device(self, proof: Proof, at: str, expect: Callable[[], None] = lambda: None) -> None:
        device = self._device(proof, at)
        expect()
        person = self.people[proof.said["userId"]]
        if "head" in proof.said:
            head = proof.said["head"]
            # A `sign-in` of before histories names none.
            if head == b"" and proof.said["purpose"] == "sign-in":
                head = person.head if len(person.heads) == 1 else b""
            if head not in person.heads:
                refuse("history.head", at)
            if device.device_id not in person.heads[head]:
                refuse("history.deviceRevoked", at)
        check_device_signature(proof, device, at)

    def _check_word(self, word: dict[str, Any], at: str, purposes: tuple[str, ...], expect: Callable[[Proof], None]) -> Proof:
        """Purpose, server, person and device; then what the word is expected to say; then who signed it."""
        proof: Proof = word["proof"]
        binding: Optional[Proof] = word["binding"]
        if proof.said["purpose"] not in purposes:
            refuse("proof.purpose", at)
        if proof.said["purpose"] in BY_DEVICE:
            if binding is not None:
                refuse("record.form", at)
            self._by_device(proof, at, lambda: expect(proof))
            return proof
        if binding is None:
            refuse("proof.signer", at)
        self._device(proof, at)
        self._check_binding(binding, proof, f"{at}.binding")
        expect(proof)
        check_terminal_signature(proof, binding.said["terminalKey"], at)
        return proof

    def _check_binding(self, binding: Proof, proof: Proof, at: str) -> None:
        bound, said = binding.said, proof.said
        if bound["purpose"] not in ("sign-in", "register"):
            refuse("proof.purpose", at)
        if bound["userId"] != said["userId"]:
            refuse("proof.user", at)
        if bound["deviceId"] != said["deviceId"]:
            refuse("proof.device", at)
        if bound["terminalId"] != encode64(sha256(bound["terminalKey"])[:16]):
            refuse("proof.terminal", at)
        if bound["purpose"] == "register" and device_id(bound["devicePublicKey"]) != bound["deviceId"]:
            refuse("proof.device", at)
        if not 0 < bound["expiresAtMs"] - bound["issuedAtMs"] <= BINDING_MS:
            refuse("proof.lifetime", at)
        if said["issuedAtMs"] > bound["expiresAtMs"]:
            refuse("proof.expired", at)
        if said["issuedAtMs"] < bound["issuedAtMs"] - CLOCKS_MS:
            refuse("proof.time", at)
        if binding.encoded() not in self.checked:
            self._by_device(binding, at)
            self.checked.add(binding.encoded())

    # 4 and 5

    def _check_statements(self) -> None:
        words = self.meant["statements"]
        if not words:
            refuse("record.form", "statements")
        self.call = words[0]["proof"]
        for i, word in enumerate(words):
            at = f"statements[{i}]"
            allowed = ("call",) if i == 0 else (*LIST_PURPOSES, "join", "decline", "leave", "end")
            self._check_word(word, at, allowed, lambda proof, i=i, at=at: self._check_statement(proof, i, at))
        self.proofs: list[Proof] = [word["proof"] for word in words]
        if len({proof.digest for proof in self.proofs}) != len(self.proofs):
            refuse("record.form", "statements")

    def _check_statement(self, proof: Proof, index: int, at: str) -> None:
        if index > 0 and proof.said["purpose"] == "call":
            self._check_crossing(proof, at)
        else:
            self._check_of_call(proof, at)
        says_less = proof.said["purpose"] in ("decline", "leave", "end")
        if not says_less and proof.said["issuedAtMs"] < self.call.said["issuedAtMs"] - CLOCKS_MS:
            refuse("proof.time", at)

    def _check_of_call(self, proof: Proof, at: str) -> None:
        if proof.said["callId"] != self.meant["callId"]:
            refuse("proof.call", at)
        if proof.said.get("callProofDigest", self.call.digest) != self.call.digest:
            refuse("proof.call", at)

    def _check_crossing(self, proof: Proof, at: str) -> None:
        """Two calls of two people that name each other alone, about the same time."""
        said, call = proof.said, self.call.said
        each_other = said["memberUserIds"] == [call["userId"]] and call["memberUserIds"] == [said["userId"]]
        about = abs(said["issuedAtMs"] - call["issuedAtMs"]) <= CLOCKS_MS
        if not each_other or not about:
            refuse("proof.call", at)

    def _is_answer(self, index: int) -> bool:
        purpose = self.proofs[index].said["purpose"]
        return purpose == "join" or purpose == "call"

    def _invitation(self, answer: Proof) -> bytes:
        return answer.said.get("invitation", self.call.digest)

    def _check_list(self) -> None:
        numbered = [(proof, f"statements[{i}]") for i, proof in enumerate(self.proofs)]
        self.list_indices = [i for i, proof in enumerate(self.proofs) if proof.said["purpose"] in LIST_PURPOSES and (i == 0 or proof.said["purpose"] != "call")]
        self.list: CallList = fold_call_list([numbered[i] for i in self.list_indices])
        for i, (proof, at) in enumerate(numbered):
            purpose, user_id = proof.said["purpose"], proof.said["userId"]
            if self._is_answer(i):
                self._check_answer(self.list, proof, at)
            if purpose in ("decline", "leave") and not any(user_id in invited for invited in self.list.invitations.values()):
                refuse("call.notInvited", at)
            if purpose == "end" and user_id != self.call.said["userId"]:
                refuse("call.notInitiator", at)
            if proof.said["userId"].startswith("~"):
                self._check_guest(proof, at)

    def _check_answer(self, folded: CallList, answer: Proof, at: str) -> None:
        invitation = self._invitation(answer)
        if invitation not in folded.invitations:
            refuse("call.notInvited", at)
        if not folded.invites(answer.said["userId"], invitation):
            refuse("call.notInvited", at)
        if answer.said["userId"].startswith("~") and invitation not in folded.let_in:
            refuse("guest.notLetIn", at)

    def _check_guest(self, proof: Proof, at: str) -> None:
        guest = self.people[proof.said["userId"]]
        vouch = self._vouch(guest.user_id)
        keys = [device.public_key for device in guest.devices.values()]
        if vouch is None or keys != [vouch.said["guestKey"]] or guest.display_name != vouch.said["guestName"]:
            refuse("guest.word", at)

    def _vouch(self, guest_id: str) -> Optional[Proof]:
        return next((one for one in self.proofs if one.said["purpose"] == "vouch" and one.said["guestId"] == guest_id), None)

    # 6

    def _check_views(self) -> list[dict[str, Any]]:
        log = self.meant["log"]
        seen: dict[tuple[int, bytes, bytes], list[str]] = {}
        for i, proof in enumerate(self.proofs):
            view = proof.said["checkpoint"] if self._is_answer(i) else b""
            if self._is_answer(i) and view == b"":
                self.viewless.add(proof.said["userId"])
            if view == b"" or self.key is None:
                continue
            checkpoint = open_seen(view, self.key)
            if checkpoint is None:
                refuse("log.unsignedView", f"statements[{i}]")
            who = seen.setdefault((checkpoint.size, checkpoint.root, checkpoint.map_root), [])
            who.append(proof.said["userId"])
        if log is None or self.checkpoint is None:
            return []
        sizes = [one["size"] for one in log["views"]]
        named = {size for size, _, _ in seen} - {self.checkpoint.size}
        if sorted(set(sizes)) != sizes or not set(sizes) <= named:
            refuse("record.form", "log.views")
        proofs = {one["size"]: (f"log.views[{i}]", one["proof"]) for i, one in enumerate(log["views"])}
        return [
            {"size": size, "root": encode64(root), "fits": self._fits(size, root, map_root, proofs), "by": sorted(set(by))}
            for (size, root, map_root), by in sorted(seen.items())
        ]

    def _fits(self, size: int, root: bytes, map_root: bytes, proofs: dict[int, Any]) -> str:
        last = self.checkpoint
        assert last is not None
        if size == last.size:
            return "fits" if (root, map_root) == (last.root, last.map_root) else "otherView"
        if size not in proofs:
            return "notCompared"
        at, proof = proofs[size]
        earlier, later = sorted([(size, root), (last.size, last.root)])
        roots = roots_of_consistency(earlier[0], later[0], earlier[1], proof)
        if roots == (earlier[1], later[1]):
            return "fits"
        if roots is not None and roots[1] == later[1]:
            return "otherView"
        # A proof leaves out the root of so many entries as a power of two; to show that it is another one, it stands before the hashes.
        if earlier[0] & (earlier[0] - 1) == 0 and proof:
            roots = roots_of_consistency(earlier[0], later[0], proof[0], proof[1:])
            if roots is not None and roots[1] == later[1] and proof[0] != earlier[1]:
                return "otherView"
        refuse("record.unproven", at)

    # 7

    def _check_epochs(self) -> None:
        self.seen: dict[int, list[Proof]] = {}
        last = -1
        for i, epoch in enumerate(self.meant["epochs"]):
            at = f"epochs[{i}]"
            if epoch["number"] <= last:
                refuse("record.form", at)
            last = epoch["number"]
            indices = epoch["list"]
            if sorted(set(indices)) != indices or not indices or indices[0] != 0 or not set(indices) <= set(self.list_indices):
                refuse("record.form", f"{at}.list")
            folded = fold_call_list([(self.proofs[j], f"{at}.list") for j in indices])
            self._check_members(epoch, folded, f"{at}.members")
            self._check_words(epoch, at)

    def _check_members(self, epoch: dict[str, Any], folded: CallList, at: str) -> None:
        leaves = [one["leaf"] for one in epoch["members"]]
        answers = [one["answer"] for one in epoch["members"]]
        if not leaves or sorted(set(leaves)) != leaves or any(j >= len(self.proofs) or not self._is_answer(j) for j in answers):
            refuse("record.form", at)
        who = [self.proofs[j].said["userId"] for j in answers]
        if len(set(who)) != len(who):
            refuse("record.form", at)
        for j in answers:
            self._check_answer(folded, self.proofs[j], at)
            if (self._invitation(self.proofs[j]), self.proofs[j].said["userId"]) in folded.voided:
                refuse("callList.removed", at)

    def _check_words(self, epoch: dict[str, Any], at: str) -> None:
        digest = self._epoch_digest(epoch)
        members = {self.proofs[one["answer"]].said["userId"]: self.proofs[one["answer"]] for one in epoch["members"]}
        for j, word in enumerate(epoch["words"]):
            place = f"{at}.words[{j}]"

            def expect(proof: Proof, place: str = place) -> None:
                self._check_of_call(proof, place)
                answer = members.get(proof.said["userId"])
                if answer is None or answer.said["deviceId"] != proof.said["deviceId"]:
                    refuse("record.otherEpoch", place)
                if proof.said["epoch"] != epoch["number"] or proof.said["epochDigest"] != digest:
                    refuse("record.otherEpoch", place)

            self._check_word(word, place, ("epoch",), expect)
            if word["proof"].said["issuedAtMs"] < max(one.said["issuedAtMs"] for one in members.values()) - 2 * CLOCKS_MS:
                refuse("proof.time", place)
        signers = [word["proof"].said["userId"] for word in epoch["words"]]
        if sorted(set(signers)) != signers:
            refuse("record.form", f"{at}.words")
        for one in epoch["members"]:
            self.seen.setdefault(one["answer"], []).extend(word["proof"] for word in epoch["words"])

    def _epoch_digest(self, epoch: dict[str, Any]) -> bytes:
        fields: list[Any] = ["signet/epoch-head/v1", self.meant["callId"], self.call.digest, epoch["number"]]
        for one in epoch["members"]:
            answer = self.proofs[one["answer"]]
            fields += [one["leaf"], answer.digest, answer.said["leafKey"]]
        fields += [epoch["authenticatorHash"], call_list_digest([self.proofs[j].digest for j in epoch["list"]])]
        return sha256(encode_fields(*fields))

    # 8 and 9

    def _resolution(self, one: dict[str, Any], at: str) -> dict[str, Any]:
        said = decode_resolution(one["resolution"], f"{at}.resolution")
        digest = sha256(one["resolution"])
        if said["serverOrigin"] != self.meant["serverOrigin"] or said["callId"] != self.meant["callId"] or said["callProofDigest"] != self.call.digest:
            refuse("resolution.otherCall", at)
        taken = (said["proposer"], said["number"])
        if taken in self.numbers:
            refuse("resolution.numberTaken", f"{at}.resolution")
        self.numbers.add(taken)
        proposal = self._check_word(
            one["proposal"], f"{at}.proposal", ("propose",), lambda proof: self._check_proposal(proof, said, digest, f"{at}.proposal")
        )
        self._must_have_answered(proposal, f"{at}.proposal")
        self._check_asked(said, at)
        tally, decisions, withdrawn = Tally(said), [], None
        for i, word in enumerate(one["said"]):
            place = f"{at}.said[{i}]"

            def expect(proof: Proof, place: str = place) -> None:
                self._check_of_call(proof, place)
                self._must_have_answered(proof, place)
                tally.take(proof, digest, place)

            proof = self._check_word(word, place, ("approve", "withdraw"), expect)
            if proof.said["purpose"] == "withdraw":
                if word["cms"] is not None:
                    refuse("record.form", f"{place}.cms")
                withdrawn = self._signed_at(proof)
                continue
            decision = {**self._signed_at(proof), "decision": proof.said["decision"]}
            if word["cms"] is not None:
                decision["cms"] = self._cms(word["cms"], proof, said, f"{place}.cms")
            decisions.append(decision)
        report = {
            "number": said["number"],
            "proposed": self._signed_at(proposal),
            "subject": subject_of(said),
            "rule": {"type": said["rule"], "userIds": said["userIds"], "needed": said["needed"]},
            "state": tally.state,
            "decisions": decisions,
        }
        if withdrawn is not None:
            report["withdrawn"] = withdrawn
        return report

    def _cms(self, cms: bytes, proof: Proof, said: dict[str, Any], at: str) -> Optional[dict[str, Any]]:
        """Of the document, by the device that approved it, in the second in which it did."""
        if proof.said["decision"] != "approve":
            refuse("resolution.malformed", at)
        document = said["text"].encode() if "text" in said else None
        signed = verify_cms(cms, document, said["file"]["sha256"] if document is None else sha256(document), at)
        at_ms = proof.said["issuedAtMs"]
        if device_id(signed["publicKey"]) != proof.said["deviceId"] or signed["saidSignedAtMs"] != at_ms - at_ms % 1_000:
            refuse("resolution.otherKey", at)
        return report_of(signed["certificates"], signed["publicKey"], at_ms, self.anchors)

    def _check_proposal(self, proof: Proof, said: dict[str, Any], digest: bytes, at: str) -> None:
        self._check_of_call(proof, at)
        if proof.said["userId"] != said["proposer"]:
            refuse("resolution.otherPerson", at)
        if said["proposer"].startswith("~"):
            refuse("resolution.guest", at)
        if proof.said["number"] != said["number"] or proof.said["resolutionDigest"] != digest:
            refuse("resolution.otherText", at)

    def _check_asked(self, said: dict[str, Any], at: str) -> None:
        """Who was in the group in that epoch is asked, where the file knows it and the rule is for them."""
        epoch = next((one for one in self.meant["epochs"] if one["number"] == said["epoch"]), None)
        if epoch is None or said["rule"] == "named":
            return
        members = {self.proofs[one["answer"]].said["userId"] for one in epoch["members"]}
        if said["userIds"] != sorted(one for one in members if not one.startswith("~")):
            refuse("resolution.otherPeople", at)

    def _check_kept(self) -> Optional[dict[str, Any]]:
        word = self.meant["kept"]
        if word is None:
            return None
        proof = self._check_word(word, "kept", ("keep",), self._check_keeper)
        self._must_have_answered(proof, "kept")
        return self._signed_at(proof)

    def _check_keeper(self, proof: Proof) -> None:
        self._check_of_call(proof, "kept")
        bare = {name: value for name, value in self.written.items() if name != "kept"}
        if proof.said["recordDigest"] != sha256(write_json(bare).encode()):
            refuse("record.altered", "kept")

    def _must_have_answered(self, proof: Proof, at: str) -> None:
        if not any(self._is_answer(i) and one.said["userId"] == proof.said["userId"] for i, one in enumerate(self.proofs)):
            refuse("record.notMember", at)

    # What it says

    def _signed_at(self, proof: Proof) -> dict[str, Any]:
        device = self.people[proof.said["userId"]].devices[proof.said["deviceId"]]
        signed = {"by": proof.said["userId"], "deviceId": device.device_id, "deviceKind": device.kind, "atMs": proof.said["issuedAtMs"]}
        if device.revoked is not None:
            signed["revoked"] = {"atMs": device.revoked[0], "why": device.revoked[1]}
        return signed

    def _stays(self, user_id: str) -> list[dict[str, Any]]:
        ended = self._ended(user_id)
        stays = []
        for i in self._answers_of(user_id):
            signed = self._signed_at(self.proofs[i])
            stay = {"deviceId": signed["deviceId"], "deviceKind": signed["deviceKind"], "answeredAtMs": signed["atMs"]}
            if "revoked" in signed:
                stay["revoked"] = signed["revoked"]
            device = self.people[user_id].devices[signed["deviceId"]]
            certificate = report_of(device.certificates, device.public_key, signed["atMs"], self.anchors)
            if certificate is not None:
                stay["certificate"] = certificate
            words = self.seen.get(i, [])
            if words:
                said_by: dict[str, list[int]] = {}
                for one in words:
                    said_by.setdefault(one.said["userId"], []).append(one.said["issuedAtMs"])
                each = [{"by": who, "fromMs": min(times), "toMs": max(times)} for who, times in sorted(said_by.items())]
                stay["seen"] = {"fromMs": min(one["fromMs"] for one in each), "toMs": max(one["toMs"] for one in each), "by": each}
            if i in ended:
                stay["ended"] = ended[i]
            stays.append(stay)
        return stays

    def _answers_of(self, user_id: str) -> list[int]:
        """In the order in which they were signed."""
        mine = [i for i, one in enumerate(self.proofs) if self._is_answer(i) and one.said["userId"] == user_id]
        return sorted(mine, key=lambda i: self.proofs[i].said["issuedAtMs"])

    def _ended(self, user_id: str) -> dict[int, dict[str, Any]]:
        """How each of a person's stays ended, by the earliest that says so."""
        answers = self._answers_of(user_id)
        ends: dict[int, list[tuple[int, str, Proof]]] = {}
        for proof in self.proofs:
            said = proof.said
            purpose, at_ms = said["purpose"], said["issuedAtMs"]
            if purpose == "leave" and said["userId"] == user_id:
                theirs, how = [i for i in answers if self.proofs[i].said["issuedAtMs"] <= at_ms], "left"
            elif purpose == "remove" and user_id in said["userIds"]:
                theirs, how = [i for i in answers if self._invitation(self.proofs[i]) in said["voided"]], "removed"
            elif purpose == "end":
                theirs, how = answers, "ended"
            else:
                continue
            if theirs:
                ends.setdefault(theirs[-1], []).append((at_ms, how, proof))
        ended = {}
        for i, all_of in ends.items():
            at_ms, how, proof = min(all_of, key=lambda one: (one[0], ("left", "removed", "ended").index(one[1])))
            ended[i] = {"how": how, "atMs": at_ms, "by": proof.said["userId"]}
            if "reason" in proof.said:
                ended[i]["reason"] = proof.said["reason"]
        return ended

    def _person(self, person: Person) -> dict[str, Any]:
        rests = "file"
        if self.key is not None and not person.user_id.startswith("~"):
            rests = "logGiven" if self.key.text in self.log_keys else "logOfFile"
        report = {"userId": person.user_id, "displayName": person.display_name, "rests": rests, "stays": self._stays(person.user_id)}
        if person.recovered is not None:
            report["recovered"] = {"atMs": person.recovered[0], "by": person.recovered[1]}
        vouch = self._vouch(person.user_id)
        if vouch is not None:
            report["guest"] = {"vouchedBy": vouch.said["userId"]}
            let_in = self.list.let_in.get(vouch.digest)
            if let_in is not None:
                report["guest"]["letInBy"] = let_in.said["userId"]
        return report

    def _statement(self, proof: Proof) -> dict[str, Any]:
        said, purpose = proof.said, proof.said["purpose"]
        about: list[str] = []
        if purpose in ("invite", "remove"):
            about = said["userIds"]
        elif purpose == "host":
            about = [said["nextHost"]]
        elif purpose == "vouch":
            about = [said["guestId"]]
        elif purpose == "let-in":
            about = [self.list.statements[said["vouch"]].said["guestId"]]
        report = {**self._signed_at(proof), "type": purpose, "userIds": about}
        if "reason" in said:
            report["reason"] = said["reason"]
        return report

    def _report(self, views: list[dict[str, Any]], resolutions: list[dict[str, Any]], kept: Optional[dict[str, Any]]) -> dict[str, Any]:
        report = {
            "serverOrigin": self.meant["serverOrigin"],
            "callId": self.meant["callId"],
            "call": {**self._signed_at(self.call), "invited": self.call.said["memberUserIds"]},
            "people": [self._person(self.people[user_id]) for user_id in sorted(self.people)],
            "statements": [self._statement(one) for i, one in enumerate(self.proofs) if not self._is_answer(i)],
            "resolutions": resolutions,
            "server": self.written["server"],
        }
        if self.key is not None and self.checkpoint is not None:
            given = self.key.text in self.log_keys
            report["log"] = {"verifierKey": self.key.text, "keyGiven": given, "size": self.checkpoint.size, "views": views, "viewless": sorted(self.viewless)}
        if kept is not None:
            report["kept"] = kept
        return report
