import { readFileSync } from "node:fs";

import { verifyFile } from "@signet/record";

const verified = await verifyFile(readFileSync("record.json", "utf8"));
if (verified.kind !== "record") throw new Error(JSON.stringify(verified));
const { call, people, resolutions } = verified.report;
console.log(`called by ${call.by}`);
for (const { displayName, guest, stays, userId } of people)
  console.log(
    `${userId} (${displayName}): ${guest ? "a guest" : "by device"}, in the call ${stays.length} times`,
  );
for (const { number, state } of resolutions) console.log(`resolution ${number}: ${state}`);
