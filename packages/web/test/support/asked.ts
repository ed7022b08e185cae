/** What a test of views does with the terminal behind them, and what holds for each dialog. */
import assert from "node:assert/strict";

import type { ErrorCode } from "@signet/terminal";

import type { ViewPage } from "./view-page.ts";

export const asked = (view: ViewPage): Promise<[string, ...unknown[]][]> =>
  view.page.evaluate(() =>
    harness.terminal.asked.map(({ method, args }): [string, ...unknown[]] => [method, ...args]),
  );
export const settle = (view: ViewPage, code?: ErrorCode): Promise<void> =>
  view.page.evaluate((error) => harness.terminal.settle(error), code);
export const touched = (view: ViewPage): Promise<void> =>
  view.page.evaluate(() => harness.terminal.firstTouch());
export const button = (view: ViewPage, name: string) => view.page.getByRole("button", { name, exact: true });
/** Of an open dialog. */
export const checked = async (view: ViewPage): Promise<void> => {
  await view.settled();
  assert.deepEqual(await view.axe(), []);
  const small = await view.page.evaluate(() =>
    [...document.querySelectorAll("dialog button, dialog input, dialog select, .devices button")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML),
  );
  assert.deepEqual(small, []);
  const tooWide = await view.page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll("dialog")].some(
      (one) => one.scrollWidth > one.clientWidth,
    ),
  );
  assert.equal(tooWide, false);
};
