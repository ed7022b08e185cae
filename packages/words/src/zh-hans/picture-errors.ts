/** 个人图片。 */
export const pictureErrors = {
  "picture.off": ["此服务器不保存图片", "请让服务器运营者更新版本；在此之前显示您名称的首字"],
  "picture.unfit": ["无法用作图片", "请选择另一个文件：JPEG、PNG 等常见格式的照片或图画"],
} as const;
