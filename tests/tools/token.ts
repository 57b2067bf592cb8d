/**
 * Prints an API token, and nothing else on standard output:
 *
 *   npm run token -- --role super_admin [--subject ops] [--expires 12h]
 *   npm run token -- --organisation acme --organisation globex      for what is theirs, and nothing else
 *   npm run token -- --scope events:publish      for a service that publishes, and may do nothing else
 */
import { parseArgs } from "node:util";
import { issueToken } from "../../lib/auth/tokens";
import { loadLocalSecrets } from "../../lib/boot/local";
import { environment } from "../../lib/env";

try {
  const { values } = parseArgs({
    options: {
      role: { type: "string", default: "viewer" },
      subject: { type: "string", default: "ops" },
      scope: { type: "string" },
      organisation: { type: "string", multiple: true },
      expires: { type: "string", default: "12h" },
    },
  });
  const { mode, dataDir } = environment();
  if (mode === "local") loadLocalSecrets(dataDir);
  const { subject, role, scope, organisation, expires } = values;
  console.log(await issueToken({ subject, role, scope, organisations: organisation, expiresIn: expires }));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
