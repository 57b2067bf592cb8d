import { loadLocalSecrets } from "./lib/boot/local";
import { startPostgres } from "./lib/db/embedded";
loadLocalSecrets(process.argv[2]!); const p = await startPostgres(process.argv[2]!); console.log("made", p.directory); await p.stop(); process.exit(0);
