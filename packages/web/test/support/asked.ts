/** What a test of views does with the terminal behind them, and what holds for each dialog. */
import assert from "node:assert/strict";

import type { ErrorCode } from "@signet/terminal";
import type { Locator } from "playwright-core";

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
/** Waits until it has the focus: a page gives it after it has drawn. */
export const focused = (locator: Locator): Promise<void> =>
  locator.and(locator.page().locator(":focus")).waitFor();
/** Waits until all of it is, without a scroll of the test's own. */
export const inView = async (locator: Locator): Promise<void> => {
  await locator.page().waitForFunction(
    (element) => {
      const { bottom, top } = element.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    },
    await locator.elementHandle(),
  );
};
export const titled = async ({ page }: ViewPage, title: string): Promise<void> => {
  await page.waitForFunction((expected) => document.title === expected, title);
};
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
