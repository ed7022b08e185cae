import { defineConfig } from "vite";

import { serviceWorker } from "../../tools/service-worker.ts";

const webCrypto = "\0web-crypto";

export default defineConfig({
  plugins: [
    {
      // @hpke/common asks Node's module for Web Crypto where there is none in `globalThis`: never in a browser that Signet runs in.
      name: "web-crypto",
      enforce: "pre",
      resolveId: (id) => (id === "crypto" ? webCrypto : null),
      load: (id) => (id === webCrypto ? "export const webcrypto = globalThis.crypto;" : null),
    },
    serviceWorker(),
  ],
  build: {
    target: "es2023",
    // The Content-Security-Policy allows neither inline code nor data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Of those who start Signet, nobody wants to know how long the plugins took.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  // The frame worker imports modules of its own.
  worker: { format: "es" },
});
