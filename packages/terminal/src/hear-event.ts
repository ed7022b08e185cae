/** What the server says, to whom it concerns. */
import type { BindingEndReason, DeviceId, ServerEvent } from "@signet/protocol";

import type { CurrentCall } from "./call/current-call.ts";
import type { MessagePart } from "./messages/message-part.ts";
import type { PresentAnswers } from "./call/present-answers.ts";
import type { PersonalPart } from "./document/personal-part.ts";
import type { IncomingCalls } from "./incoming/incoming-calls.ts";
import type { MovableCall } from "./incoming/movable-call.ts";
import type { Directory } from "./people/directory.ts";
import type { Presence } from "./people/presence.ts";
import type { AdministrativePart } from "./session/administrative-part.ts";
import { isOfPairing } from "./session/pairing/elsewhere.ts";
import type { Elsewhere } from "./session/pairing/elsewhere.ts";
import type { Session } from "./session/session.ts";

export interface EventParts {
  readonly session: Session;
  readonly administration: AdministrativePart;
  readonly personal: PersonalPart;
  readonly messages: MessagePart;
  readonly elsewhere: Elsewhere;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly incoming: IncomingCalls;
  readonly movable: MovableCall;
  readonly calls: CurrentCall;
  readonly presentAnswers: PresentAnswers;
  readonly onCounterBack: (deviceId: DeviceId) => void;
  readonly onChange: () => void;
}

export function hearEvent(event: ServerEvent, parts: EventParts): void {
  const { administration, calls, directory, incoming, movable, onChange, session } = parts;
  if (isOfPairing(event)) return parts.elsewhere.hear(event);
  switch (event.type) {
    case "call.ring":
      return void incoming.ring(event.body);
    case "call.ringEnded":
      return incoming.ringEnded(event.body);
    case "call.elsewhere":
      return void movable.heard(event.body.callId, event.body.elsewhere);
    case "presence.changed":
      return parts.presence.changed(event.body);
    case "directory.changed":
      if (event.body.entry.userId === session.person?.userId)
        return void session.historyChanged(event.body.entry);
      return void directory.changed(event.body.entry);
    case "document.changed":
      return parts.personal.heard(event.body.version);
    case "message.left":
      return void parts.messages.ask();
    case "device.counterBack":
      return parts.onCounterBack(event.body.deviceId);
    case "media.restarted":
      return calls.of(event.body.callId)?.reconnectMedia();
    case "media.quiet":
      return calls.of(event.body.callId)?.sound.look("unheard");
    case "binding.ended":
      return bindingEnded(event.body.reason, calls);
    case "call.presentNeeded":
      // Only while it is in the call by the group's own key, not by what the server says.
      if (calls.of(event.body.callId)?.isKeyed === true) void parts.presentAnswers.answer(event.body);
      return;
    case "recovery.approved":
      return administration.approved(event.body);
    case "recovery.ended":
      return administration.recoveryEnded();
    case "call.memberPresent":
      return void incoming.memberPresent(event.body);
    case "call.memberMicrophone":
      return void calls.of(event.body.callId)?.heardMicrophone(event.body);
    case "call.said":
      return calls.of(event.body.callId)?.talk.words.heard(event.body);
    case "call.networks":
      return calls.of(event.body.callId)?.networksAre(event.body.poor);
    case "call.memberLastFrame":
      return calls.of(event.body.callId)?.sound.hearEnd(event.body.frame);
    case "call.memberSpoke":
      return calls.of(event.body.callId)?.sound.hearWord(event.body.word);
    case "call.groupInfoNeeded":
      return void calls.of(event.body.callId)?.offerGroupInfo(event.body.epoch);
    case "call.ended":
      incoming.callEnded(event.body.callId);
      movable.ended(event.body.callId);
      break;
    default:
      break;
  }
  const call = calls.all.find(({ callId }) => callId === event.body.callId);
  if (call === undefined) onChange();
  else call.handle(event);
}

/** Of a device that was signed in elsewhere, and is there no more: what went on here on its account ends. */
function bindingEnded(reason: BindingEndReason, calls: CurrentCall): void {
  if (reason !== "takenOver") for (const call of calls.all) if (call.isHeld) call.unbound(reason);
}
