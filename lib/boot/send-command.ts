/**
 * The `npm run send` command for this app, to be run in the project's folder, whatever PORT and DATA_DIR it was started
 * with.
 */
import path from "node:path";
import { ourPort } from "../destinations/ourselves";
import { environment } from "../env";
import { DEFAULT_PORT, localAddress } from "./kept-address";

export function sendCommand(): string {
  return [
    "npm run send -- stripe invoice.payment_succeeded",
    // Only an embedded Postgres has its secrets in DATA_DIR.
    process.env.REDRIVE_EMBEDDED && dataDirOption(),
    ourPort() !== DEFAULT_PORT && `--url ${localAddress(ourPort())}`,
  ]
    .filter(Boolean)
    .join(" ");
}

function dataDirOption(): string {
  const { dataDir } = environment();
  if (dataDir === path.resolve(/* turbopackIgnore: true */ ".data")) return "";
  return `--data-dir ${/^[\w./:\\-]+$/.test(dataDir) ? dataDir : JSON.stringify(dataDir)}`;
}
