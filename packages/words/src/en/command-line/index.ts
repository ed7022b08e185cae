/** What the command line alone says. */
import { about } from "./about.ts";
import { doctor } from "./doctor.ts";
import { echo } from "./echo.ts";
import { found } from "./found.ts";
import { help } from "./help.ts";
import { lines } from "./lines.ts";
import { live } from "./live.ts";
import { manual } from "./manual.ts";
import { monitor } from "./monitor.ts";
import { options } from "./options.ts";
import { own } from "./own.ts";
import { push } from "./push.ts";
import { report } from "./report.ts";
import { resolutions } from "./resolutions.ts";
import { summaries } from "./summaries.ts";
import { trouble } from "./trouble.ts";
import { verify } from "./verify.ts";

export const commandLine = {
  help,
  resolutions,
  summaries,
  options,
  about,
  lines,
  live,
  doctor,
  echo,
  found,
  trouble,
  own,
  push,
  manual,
  monitor,
  verify,
  report,
};
