/** Of notifications that wake a closed page. */
export const pushErrors = {
  "push.off": [
    "this server wakes no closed pages",
    "keep the page open to be reached here, or ask whoever runs the server for it",
  ],
  "push.badEndpoint": [
    "the address for notifications that this browser gave is none that a server may call",
    "try another browser; in this one, keep the page open to be reached",
  ],
  "push.noService": [
    "this browser could not reach the service that its notifications come from, or has that switched off",
    "try again later, or look in its settings for push messaging; until then keep the page open to be reached",
  ],
  "push.unknownService": [
    "this browser gets its notifications from a service that the server does not call",
    "ask whoever runs the server to name it with --push-services, or keep the page open to be reached",
  ],
} as const;
