/** What the devices of people signed. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

const revokedAs = {
  lost: "it is lost",
  stolen: "it was stolen",
  replaced: "another one takes its place",
  ended: "it is not used any more",
} as const;

export const histories: Catalogue["histories"] = {
  ofOthers: {
    deviceAdded: ({ device, kind, name, on, signer }) =>
      say`${name} added a device on ${on}: ${device} (${kind}); ${signer} signed that`,
    deviceNamed: ({ device, name, on, signer }) =>
      say`${name} named a device ${device} on ${on}; ${signer} signed that`,
    deviceRevoked: ({ device, name, on, signer, why }) =>
      say`a device of ${name}, ${device}, was revoked on ${on}: ${revokedAs[why]}, and counts no more; ${signer} signed that`,
    certified: ({ device, name, on }) => say`${name} has a new certificate for ${device} since ${on}`,
    renamed: ({ displayName, name, on, signer }) =>
      say`${name} goes by the name ${displayName} since ${on}; ${signer} signed that`,
    recovered: ({ device, kind, name, on, signer }) =>
      say`${name} was recovered by ${signer} on ${on}, with a new device: ${device} (${kind}); the former ones count no more`,
    appointed: ({ name, on, signer }) =>
      say`${name} administers this server since ${on}; ${signer} signed that`,
    dismissed: ({ name, on, signer }) =>
      say`${name} does not administer this server any more since ${on}; ${signer} signed that`,
  },
  ofOneself: {
    deviceAdded: ({ device, kind, on, signer }) =>
      say`a device was added to yours on ${on}: ${device} (${kind}); ${signer} signed that`,
    deviceNamed: ({ device, on, signer }) =>
      say`one of your devices was named ${device} on ${on}; ${signer} signed that`,
    deviceRevoked: ({ device, on, signer, why }) =>
      say`your device ${device} was revoked on ${on}: ${revokedAs[why]}, and counts no more; ${signer} signed that`,
    certified: ({ device, on }) => say`your device ${device} has a new certificate since ${on}`,
    renamed: ({ displayName, on, signer }) =>
      say`your name was changed to ${displayName} on ${on}; ${signer} signed that`,
    recovered: ({ device, kind, on, signer }) =>
      say`you were recovered by ${signer} on ${on}, with a new device: ${device} (${kind}); your former ones count no more`,
    appointed: ({ on, signer }) => say`you administer this server since ${on}; ${signer} signed that`,
    dismissed: ({ on, signer }) =>
      say`you do not administer this server any more since ${on}; ${signer} signed that`,
  },
  device: {
    /** The only one that may be without a name. */
    first: { ofOthers: "their first device", ofOneself: "your first device" },
    named: (name) => say`“${name}”`,
    registeredWith: "the device that they registered with",
    signer: { ofOthers: (name) => say`their “${name}”`, ofOneself: (name) => say`your “${name}”` },
    administrator: (userId) => say`the administrator ${userId}`,
  },
};
