/** The step in which everybody says something, and everybody listens. */
import type { Person } from "./cast.ts";
import { eventually } from "./patience.ts";
import type { Stage } from "./stage.ts";

/** Sound that did not come after this will not come (ms). */
const soundMs = 30_000;

export async function listen({ print, muted }: Stage, people: readonly Person[]): Promise<void> {
  print.step("Listen", "Each sends a tone in encrypted frames (SFrame). How loud is it elsewhere?");
  people.find(({ userId }) => userId === muted)?.terminal.setMuted(true);
  await heardAfresh(people);
  // Whoever is muted is not waited for: what the others are heard of at that moment would be chance.
  const areHeard = (): boolean => unheardPairs(people).every(({ speaker }) => speaker.userId === muted);
  if (await eventually(areHeard, soundMs)) {
    // The tones began somewhere in what was heard so far.
    await heardAfresh(people);
    await eventually(areHeard, soundMs);
  }
  const unheard = unheardPairs(people);
  const cells = (text: (speaker: Person) => string): string =>
    people.map((speaker) => text(speaker).padStart(14)).join("");
  print.note(`${"".padEnd(6)}${cells(({ userId, hertz }) => `${userId} ${hertz} Hz`)}`);
  for (const listener of people) {
    const levels = cells((speaker) => (speaker === listener ? "." : `${levelAt(listener, speaker)} dB`));
    const isGood = unheard.every((pair) => pair.listener !== listener);
    const row = `${listener.userId.padEnd(6)}${levels}`;
    // The sentences below the table say what is wrong, and count.
    if (isGood) print.check(true, row);
    else print.row(row);
  }
  for (const { listener, speaker } of unheard) {
    const level = levelAt(listener, speaker);
    print.check(
      false,
      `${listener.userId} does not hear ${speaker.userId}: ${level} dB at ${speaker.hertz} Hz`,
    );
  }
  const pairs = people.length * (people.length - 1);
  print.outcome(`${pairs - unheard.length} of ${pairs} voices heard`);
}

/** Who should hear whom and does not, just now. */
export function unheardPairs(people: readonly Person[]) {
  return people.flatMap((listener) =>
    people
      .filter((speaker) => speaker !== listener && !listener.ear.hears(speaker.hertz))
      .map((speaker) => ({ listener, speaker })),
  );
}

/** Waits until each ear holds only what came after now. */
export async function heardAfresh(people: readonly Person[]): Promise<void> {
  const before = people.map(({ ear }) => ear.heard);
  await eventually(() => people.every(({ ear }, i) => ear.hasHeardSince(before[i] ?? 0)));
}

export const levelAt = (listener: Person, { hertz }: Person): string =>
  listener.ear.levelDb(hertz).toFixed(1);
