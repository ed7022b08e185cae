/** What the profile of somebody remembers who used Signet before people and calls belonged to the person. */
export function rememberedProfile(nowMs: number): Record<string, unknown> {
  const hourMs = 3_600_000;
  const known = [
    { userId: "bob", displayName: "Bob Builder" },
    { userId: "carol", displayName: "Carol Danvers" },
    { userId: "dora", displayName: "Dora Maar" },
  ];
  return {
    userIds: ["alice", "alice.work"],
    "people.alice": known.map((person, index) => ({ ...person, lastAtMs: nowMs - index * hourMs })),
    "recents.alice": [
      {
        callId: "DDDDDDDDDDDDDDDDDDDDDA",
        startedAtMs: nowMs - hourMs,
        durationMs: 754_000,
        outgoing: true,
        people: known,
        outcome: "You left.",
      },
      {
        callId: "EEEEEEEEEEEEEEEEEEEEEA",
        startedAtMs: nowMs - 5 * hourMs,
        durationMs: 0,
        outgoing: true,
        people: known.slice(2),
        outcome: "Nobody answered.",
      },
      {
        callId: "FFFFFFFFFFFFFFFFFFFFFA",
        startedAtMs: nowMs - 50 * hourMs,
        durationMs: 61_000,
        outgoing: false,
        people: known.slice(0, 1),
        outcome: "Everybody left.",
      },
    ],
  };
}
