let known: boolean | undefined;

/** Whether pages may set how loud they play: on an iPhone the keys at its side do, and what a page sets stays 1. */
export function canSetVolume(): boolean {
  if (known === undefined) {
    const element = new Audio();
    element.volume = 0.5;
    known = element.volume === 0.5;
  }
  return known;
}
