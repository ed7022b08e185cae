/** Browsers that a server wakes by a push service of the test's own. */
import type { TestContext } from "node:test";

import { startPushService } from "@signet/e2e/support/push-service.ts";
import type { Browser, PushService } from "@signet/e2e/support/push-service.ts";

import type { PushOptions } from "../../src/push/pushes.ts";
import { atEnd } from "./test-server.ts";
import type { TestTerminal } from "./test-terminal.ts";

/** That of the test is on this machine, which no server reaches otherwise. */
export const reaching = ({ authority, host }: PushService, more: Partial<PushOptions> = {}): PushOptions => ({
  services: [host],
  authority,
  mayReach: () => true,
  contact: "mailto:it@example.org",
  ...more,
});

export async function serviceFor(t: TestContext): Promise<PushService> {
  const service = await startPushService();
  atEnd(t, () => service.close());
  return service;
}

export async function subscribed(terminal: TestTerminal, service: PushService): Promise<Browser> {
  const browser = await service.browser();
  const { auth, endpoint, p256dh } = browser;
  await terminal.request("push.subscribe", { auth, endpoint, p256dh });
  return browser;
}
