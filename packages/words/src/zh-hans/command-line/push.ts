/** 推送的选项。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";

export const push: CommandLineTexts["push"] = {
  services: "名称，例如 push.example.org，或 none",
  contact: "地址，例如 mailto:it@example.org",
  pushServices:
    "服务器为唤醒已关闭的页面而调用的推送服务，以逗号分隔，`.example.org` 表示其所有下级；none 表示没有",
  browsers: "浏览器自带的推送服务",
  pushContact: "推送服务联系您的 mailto: 或 https: 地址",
};
