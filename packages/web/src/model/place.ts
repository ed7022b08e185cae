/** Where in the page the person is, and how they go on and back. */
import { effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

import type { HelpTopic } from "../lib/help.ts";
import { fragmentOf, placeOf } from "../lib/place.ts";
import type { Place } from "../lib/place.ts";

/** @param isInCall a call has the page; @param self who is signed in: what was open for them is not for who comes after */
export function createPlace(isInCall: ReadonlySignal<boolean>, self: ReadonlySignal<string | undefined>) {
  const place = signal(placeOf(location.hash));
  const follow = (): void => {
    const next = placeOf(location.hash);
    // The browser's way on leads out of no call, nor past what is told when it is over.
    if (isInCall.peek() && next.view !== "home") {
      history.replaceState(null, "", location.pathname + location.search);
      place.value = { view: "home" };
      return;
    }
    // Help stands over what was there.
    place.value = next.help === undefined ? next : { ...place.peek(), help: next.help };
  };
  /** The browser has been asked for a step back, and takes it when it comes to it. */
  let isGoingBack = false;
  let next: (() => void) | undefined;
  /** What would put a step on top of the one that is being left waits. */
  const whenBack = (act: () => void): void => {
    if (isGoingBack) next = act;
    else act();
  };
  const onStep = (): void => {
    isGoingBack = false;
    follow();
    const act = next;
    next = undefined;
    act?.();
  };
  const address = (at: Place): string => location.pathname + location.search + fragmentOf(at);

  const goTo = (at: Place): void => whenBack(() => goOn(at));

  function goOn(at: Place): void {
    if (fragmentOf(at) === fragmentOf(place.peek())) return;
    // From one section to the next it is one step back.
    const now = place.peek();
    const isWithin =
      at.help === undefined ? now.view === at.view && at.view !== "home" : now.help !== undefined;
    if (isWithin) history.replaceState(history.state, "", address(at));
    else history.pushState({ wasOpened: true }, "", address(at));
    follow();
  }

  function goBack(to: Place): void {
    whenBack(() => {
      const { wasOpened } = Object(history.state) as { readonly wasOpened?: unknown };
      // Whoever came here within the page leaves no step behind.
      isGoingBack = wasOpened === true;
      if (isGoingBack) history.back();
      else history.replaceState(null, "", address(to));
      place.value = to;
    });
    place.value = to;
  }

  function goHome(): void {
    const { help, view } = place.peek();
    if (view === "home" && help === undefined) return;
    const home = { view: "home" } as const;
    if (help === undefined) return goBack(home);
    history.replaceState(null, "", address(home));
    place.value = home;
  }

  const openHelp = (help: HelpTopic): void => goTo({ ...place.peek(), help });

  function closeHelp(): void {
    const { help, ...under } = place.peek();
    if (help !== undefined) goBack(under);
  }

  addEventListener("popstate", onStep);
  effect(() => {
    if (isInCall.value) goHome();
  });
  let was: string | undefined;
  effect(() => {
    if (was !== undefined && self.value !== was) goHome();
    was = self.value;
  });
  return { place: place as ReadonlySignal<Place>, goTo, goHome, openHelp, closeHelp };
}
