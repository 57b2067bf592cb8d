import { CopyButton } from "../copy-button";

const SNIPPET = `import { Webhook } from "standardwebhooks";
const hook = new Webhook(secret);
hook.verify(rawBody, headers);`;

/** Three lines that check a signature at the endpoint. */
export function VerifyHelp() {
  return (
    <div className="mt-4">
      <div className="flex items-center justify-between">
        <h3 className="text-faint text-sm">How the endpoint verifies</h3>
        <CopyButton text={SNIPPET} what="code" />
      </div>
      <pre className="overflow-x-auto rounded-md border bg-sunken px-3 py-2 font-mono text-xs">{SNIPPET}</pre>
      <p className="mt-1 text-quiet text-sm">
        After <code className="font-mono">npm install standardwebhooks</code>. It throws on a wrong signature: answer
        401 then, else 2xx. Pass it the raw body, before any parser.
      </p>
    </div>
  );
}
