/** What media needs so that those in a call know whose voice they hear: who signs what is sealed, and whether words can come. */
import type { WorkerProofs } from "@signet/e2ee";

export interface SpeechProofs extends Omit<WorkerProofs, "ask"> {
  /** `heard`: all has come that the server had said when this was asked. */
  readonly ask: () => Promise<"heard" | "away" | "unanswered">;
}

/** What is held against words, and has to know whether they can come. */
interface HoldsWords {
  answered(number: number): void;
  signalling(isConnected: boolean): void;
}

/** @param holder made later than what is returned, which is one of its parts */
export function askFor(proofs: SpeechProofs, holder: () => HoldsWords): (number: number) => void {
  return (number) => {
    void proofs.ask().then((answer) => {
      if (answer === "heard") holder().answered(number);
      // It is told when there is another one; a server that stands and does not answer is waited for no longer than a moment.
      else if (answer === "away") holder().signalling(false);
    });
  };
}
