/** With which every Chromium of the tests and benchmarks starts: as root, without a graphics card, and without asking anybody outside. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
] as const;

/** For whoever hears a call in it. */
export const callFlags = [
  ...chromiumFlags,
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
] as const;
