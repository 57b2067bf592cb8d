import { CopyButton } from "../copy-button";

const SNIPPET = `import { Webhook } from "standardwebhooks";
const hook = new Webhook(process.env.SECRET);
const event = hook.verify(rawBody, headers);`;

/** Three lines that check a signature at the endpoint. */
export function VerifyHelp() {
  return (
    <div className="mt-4">
      <h3 className="text-faint text-sm">How the endpoint verifies</h3>
      <div className="relative mt-1 rounded-md border bg-sunken">
        <pre className="overflow-x-auto py-2 pr-10 pl-3 font-mono text-sm">{SNIPPET}</pre>
        <CopyButton text={SNIPPET} what="code" className="absolute top-1 right-1 bg-sunken" />
      </div>
      <p className="mt-1 text-quiet text-sm">
        After <code className="font-mono">npm install standardwebhooks</code>. It throws on a wrong signature: answer
        401 then, else 2xx. Give it the bytes as they came, before any parser.
      </p>
    </div>
  );
}
