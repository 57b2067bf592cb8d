/** What the figures of a run were measured on. */
import { spawnSync } from "node:child_process";
import os from "node:os";
import { ROOT } from "../../lib/db/supabase-cli";

export function machineTable(): string {
  const [cpu] = os.cpus();
  const rows = [
    ["date", new Date().toISOString().slice(0, 16)],
    ["commit", said("git", ["-C", ROOT, "describe", "--always", "--dirty"])],
    ["machine", `${os.cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`],
    ["system", `${os.type()} ${os.release()}`],
    [
      "load (1, 5, 15 min)",
      os
        .loadavg()
        .map((load) => load.toFixed(1))
        .join(", "),
    ],
    ["Node", process.version],
    ["Redis", said("redis-server", ["--version"]).split(" ").slice(2, 3).join("") || "not installed"],
  ];
  return ["| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function said(program: string, args: string[]): string {
  return spawnSync(program, args, { encoding: "utf8" }).stdout?.trim() ?? "";
}
