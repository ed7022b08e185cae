/** `signet echo`：让来电者听到自己。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";

export const echo: CommandLineTexts["echo"] = {
  summary: "接听所有来电，三秒后送回所说的话",
  about:
    "供人们在通话前听听自己：经过加密，并与真正的通话走同样的路线。一次只接一通，最长一分钟；下一通会等待。听到的声音只在内存中保留三秒，不存于别处。有他人参与的通话会被拒接。用 `signet serve --echo-user ID` 可在页面上提供它。",
  answers: "单独来电的人都会被接听",
  echoUser: "`signet echo` 所用的用户 ID：页面会提供与它的测试通话",
  hangUpAfter: "接听后过这么久就离开",
};
