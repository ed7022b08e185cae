import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2023",
    // The Content-Security-Policy allows neither inline code nor data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The frame worker imports modules of its own.
  worker: { format: "es" },
});
