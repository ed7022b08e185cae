/** 手册页和补全脚本中的文字。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";

export const manual: CommandLineTexts["manual"] = {
  name: "以电子签名设备联系和识别各方的多方通话",
  description: "服务器，以及用于端到端加密通话的完整终端。",
  environment:
    "每个选项也可以通过环境变量给出：--key-file 对应 SIGNET_KEY_FILE。命令行选项优先。会删除、替换或试用某物的选项只能在命令行中给出，其命令的帮助会说明。",
  examples: "示例：",
  bash: "signet bash 补全：在 ~/.bashrc 中用 source <(signet completion bash) 读取",
  zsh: "signet zsh 补全：写入 $fpath 中某个文件夹的 _signet 文件",
  fish: "signet fish 补全：写入 ~/.config/fish/completions/signet.fish",
  helpOption: "输出帮助",
};
