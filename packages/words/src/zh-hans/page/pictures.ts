/** 个人图片。 */
import type { PageTexts } from "../../page-texts.ts";

export const pictures: PageTexts["pictures"] = {
  title: "您的图片",
  hint: "认识您设备的人会在您的名称旁看到它。它不能证明任何事：每个人都自己选择图片。图片会在此处重新绘制成小图，文件中的其他内容不会外传。服务器保存它，并提供给任何已登录并请求它的人；移除后服务器不再保存。",
  choose: "选择图片",
  chooseAnother: "选择其他图片",
  remove: "移除图片",
  signs: "它的签名表明这张图片由您选择。",
  isChosen: "图片已选定。已打开的页面最迟在下次与您通话时显示它。",
};
