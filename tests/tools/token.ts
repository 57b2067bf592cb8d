/**
 * Prints an API token, and nothing else on standard output:
 *
 *   npm run token -- --role super_admin [--subject ops] [--expires 12h]
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
      expires: { type: "string", default: "12h" },
    },
  });
  const { mode, dataDir } = environment();
  if (mode === "local") loadLocalSecrets(dataDir);
  console.log(await issueToken({ subject: values.subject, role: values.role, expiresIn: values.expires }));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
