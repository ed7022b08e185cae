import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const soundWay: Catalogue["soundWay"] = {
  by: {
    udp: "straight to the server, by UDP",
    relayUdp: "over a relay, by UDP",
    relayTcp: "over a relay, by TCP",
    relayTls: "over a relay, by TLS",
  },
  roundTrip: (ms) => say`round trip ${ms} ms`,
  lost: (percent) => say`${percent} % lost`,
  jitter: (ms) => say`jitter ${ms} ms`,
  advice: {
    lossy: "much is lost on the way: go nearer to the access point, take a cable, or try another network",
    slow: "the way is slow: stop what else uses it, or try another network",
    relayed: "UDP does not get through here; sound holds better in a network that lets it through",
  },
  poor: {
    tag: "poor network",
    own: {
      happened: "your network is poor: words may be missing, of yours and of the others'",
      next: "go nearer to the access point, take a cable, or try another network",
    },
    ofOther: (name) => ({
      happened: say`the network of ${name} is poor: words may be missing between them and the others`,
      next: "they are told, too; yours is not to blame",
    }),
    over: "your network is better again",
    overOfOther: (name) => say`the network of ${name} is better again`,
  },
};
