import assert from "node:assert/strict";
import { test } from "node:test";

import { soundAdviceWords, soundFigureWords, soundRouteWords } from "@signet/words";

test("how sound travels: the route, and the figures that are known", () => {
  assert.equal(soundRouteWords("relayTls"), "over a relay, by TLS");
  assert.equal(soundFigureWords({}), "");
  assert.equal(soundFigureWords({ lost: 0.014 }), "1 % lost");
  assert.equal(
    soundFigureWords({ roundTripMs: 20, lost: 0, jitterMs: 3 }),
    "round trip 20 ms, 0 % lost, jitter 3 ms",
  );
});

test("what is to be mended: loss before slowness, and that before the relay; the limits on both sides", () => {
  assert.equal(soundAdviceWords({ by: "udp", lost: 0.049, roundTripMs: 399 }), undefined);
  assert.match(soundAdviceWords({ by: "relayTcp", lost: 0.049, roundTripMs: 399 }) ?? "", /^UDP does not/);
  assert.match(soundAdviceWords({ by: "relayTcp", lost: 0.049, roundTripMs: 400 }) ?? "", /^the way is slow/);
  assert.match(soundAdviceWords({ by: "relayTcp", lost: 0.05, roundTripMs: 400 }) ?? "", /^much is lost/);
});
