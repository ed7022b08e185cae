/** 屏蔽他人。 */
export const blockErrors = {
  "block.off": ["此服务器不支持屏蔽来电", "请让服务器运营者更新版本；在此之前请拒绝来电"],
  "block.tooMany": ["您屏蔽的人数已达到此服务器保存的上限", "请先从屏蔽名单中移除一些人"],
} as const;
