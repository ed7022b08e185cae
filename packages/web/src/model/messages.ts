/** Voice messages for the person. */
import type { Signal } from "@preact/signals";
import { SignetError } from "@signet/terminal";
import type { Terminal } from "@signet/terminal";
import { errorWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";

export function createMessages({ messages }: Pick<Terminal, "messages">, announcement: Signal<string>) {
  return {
    /** Here, and at the server. */
    deleteMessage: async (id: string): Promise<void> => {
      try {
        await messages.delete(id);
        announcement.value = texts().voice.deleted;
      } catch (error) {
        const code = error instanceof SignetError ? error.code : "terminal.failed";
        announcement.value = sentence(errorWords(code).happened);
      }
    },
  };
}
