/** What the page alone says. */
import { aboutServer } from "./about-server.ts";
import { log } from "./log.ts";
import { administration } from "./administration.ts";
import { announcements } from "./announcements.ts";
import { blocking } from "./blocking.ts";
import { asApp } from "./as-app.ts";
import { call } from "./call.ts";
import { carrying } from "./carrying.ts";
import { comparing } from "./comparing.ts";
import { common } from "./common.ts";
import { devices } from "./devices.ts";
import { ending } from "./ending.ts";
import { firstSteps } from "./first-steps.ts";
import { frame } from "./frame.ts";
import { guests } from "./guests.ts";
import { help } from "./help.ts";
import { history } from "./history.ts";
import { home } from "./home.ts";
import { incoming } from "./incoming.ts";
import { links } from "./links.ts";
import { people } from "./people.ts";
import { pictures } from "./pictures.ts";
import { record } from "./record.ts";
import { resolutions } from "./resolutions.ts";
import { settings } from "./settings.ts";
import { shortcuts } from "./shortcuts.ts";
import { signIn } from "./sign-in.ts";
import { sound } from "./sound.ts";
import { verification } from "./verification.ts";
import { verifying } from "./verifying.ts";
import { voice } from "./voice.ts";

export const page = {
  common,
  frame,
  firstSteps,
  signIn,
  devices,
  administration,
  carrying,
  help,
  home,
  people,
  blocking,
  links,
  comparing,
  history,
  pictures,
  settings,
  asApp,
  aboutServer,
  log,
  shortcuts,
  call,
  incoming,
  guests,
  resolutions,
  ending,
  sound,
  verification,
  record,
  verifying,
  voice,
  announcements,
};
