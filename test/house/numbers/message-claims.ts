/** What the documents say of voice messages. */
import { inDocument, seconds } from "./claim.ts";
import { named } from "./code.ts";

const protocol = inDocument("docs/protocol.md");
const ofPerson = named("protocol", "mostMessages");
const perPair = named("server", "messagesPerPair");
const perCaller = named("server", "messagesPerCaller");
const atOnce = named("server", "messageLeaveBurst");
const perMinute = named("server", "messagesPerMinute");
protocol("may leave them up to {} seconds of sound", seconds(named("protocol", "mostMessageMs")));
protocol(
  "At most {} places of each device are kept, and {} of a person",
  named("protocol", "mostMailboxesOfDevice"),
  named("protocol", "mostMailboxes"),
);
protocol("{} of these and of `mailbox.of` a minute", named("server", "mailboxesPerMinute"));
protocol(
  "steps of {} bytes, one for each {} seconds",
  named("protocol", "messageStepBytes"),
  seconds(named("protocol", "messageStepMs")),
);
protocol(
  "At most {} are kept for a person, of which {} by one caller, and {} by one caller for all people; one person leaves {} at once, and {} a minute",
  ofPerson,
  perPair,
  perCaller,
  atOnce,
  perMinute,
);
inDocument("docs/security.md")(
  "its length in steps of {} seconds",
  seconds(named("protocol", "messageStepMs")),
);
inDocument("docs/self-hosting.md")("At most {} are kept for each person", ofPerson);
inDocument("docs/decisions/070-voice-messages.md")(
  "{} for a person, of which {} by one caller; {} by one caller; {} at once and {} a minute of one caller",
  ofPerson,
  perPair,
  perCaller,
  atOnce,
  perMinute,
);
