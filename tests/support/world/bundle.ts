/** The evidence of a recovered incident, as an auditor takes it: verified with the public key, and read back from the file. */
import { mkdtempSync, rmSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { takeEvidence } from "@/lib/commands/evidence";
import { publicPem, signingKey } from "@/lib/evidence/key";
import { contentOf, readEntries } from "@/lib/evidence/read-zip";
import { verifyEvidence } from "@/lib/evidence/verify";
import { ada } from "../actor";

export interface Bundle {
  /** What the verification says is wrong with it. */
  problems: string[];
  /** Lines of items.csv. */
  items: number;
  /** Event keys of the deliveries in replays.jsonl that changed something or found it right. */
  repaired: Set<string>;
}

export async function takeBundle(incident: string): Promise<Bundle> {
  process.env.ENCRYPTION_KEY ??= Buffer.alloc(32, 7).toString("base64");
  const { stream } = await takeEvidence(incident, { payloads: false }, ada);
  const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-bundle-"));
  const file = path.join(directory, "evidence.zip");
  try {
    await writeFile(file, Buffer.from(await new Response(stream).arrayBuffer()));
    const { problems } = await verifyEvidence(file, publicPem(signingKey()));
    const replays = (await textIn(file, "replays.jsonl")).split("\n").filter(Boolean);
    const deliveries = replays.map((line) => JSON.parse(line)).filter(({ line }) => line === "delivery");
    return {
      problems,
      items: (await textIn(file, "items.csv")).trimEnd().split("\r\n").length - 1,
      repaired: new Set(
        deliveries
          .filter(({ outcome }) => !["failed", "skipped", "waiting"].includes(outcome))
          .map((one) => one.event_key),
      ),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function textIn(zip: string, name: string): Promise<string> {
  const file = await open(zip);
  try {
    const entry = (await readEntries(file)).find((one) => one.name === name);
    if (!entry) throw new Error(`The bundle has no ${name}.`);
    const parts: Buffer[] = [];
    for await (const part of contentOf(file, entry)) parts.push(part);
    return Buffer.concat(parts).toString("utf8");
  } finally {
    await file.close();
  }
}
