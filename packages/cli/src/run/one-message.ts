/** Which voice message is meant. Pure. */
import { SignetError } from "@signet/terminal";
import type { VoiceMessage } from "@signet/terminal";
import { texts } from "@signet/words/command-line";

import { wrongUse } from "../failure.ts";
import { messageName } from "../output/message-event.ts";

/** @param start of its name @throws Failure where several begin like that, SignetError `message.gone` where none does */
export function oneMessage<T extends Pick<VoiceMessage, "id">>(kept: readonly T[], start: string): T {
  const [found, ...others] = kept.filter(({ id }) => messageName(id).startsWith(start));
  if (found === undefined) throw new SignetError("message.gone");
  if (others.length > 0) throw wrongUse(texts().own.messages.several(start), texts().own.messages.nameMore);
  return found;
}
