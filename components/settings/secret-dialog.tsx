"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Input } from "../ui/input";

/** Shows a secret this once. Whoever closes it without having copied is asked again: there is no way back. */
export function SecretDialog({
  title,
  description,
  label,
  secret,
  onClose,
  children,
}: {
  title: string;
  description: ReactNode;
  /** What the secret is: "Link", "Token". */
  label: string;
  secret: string;
  onClose: () => void;
  children?: ReactNode;
}) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const [warned, setWarned] = useState(false);

  async function copy() {
    field.current?.select();
    // Over plain HTTP a browser has no clipboard for us: the text is selected then, one key away.
    await navigator.clipboard?.writeText(secret).catch(() => undefined);
    setCopied(true);
  }
  function close() {
    if (copied || warned) onClose();
    else setWarned(true);
  }
  return (
    <Dialog open onOpenChange={(open) => !open && close()}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <Button data-testid="secret-done" onClick={close}>
            {warned && !copied ? "Close without copying" : "Done"}
          </Button>
        }
      >
        <label htmlFor={id} className="mb-1 block pt-1 font-medium">
          {label}
        </label>
        <div className="flex gap-2">
          <Input
            id={id}
            ref={field}
            readOnly
            value={secret}
            data-testid="secret"
            spellCheck={false}
            onFocus={(event) => event.target.select()}
            onCopy={() => setCopied(true)}
            className="h-9 bg-sunken font-mono text-sm"
          />
          <Button variant="primary" className="h-9 w-24" data-testid="secret-copy" onClick={copy}>
            {copied ? <Check /> : <Copy />}
            {copied ? "Copied" : "Copy"}
          </Button>
        </div>
        <p role="status" className={warned && !copied ? "mt-2 text-amber" : "mt-2 text-quiet text-sm"}>
          {warned && !copied
            ? "You have not copied it, and nobody can show it again."
            : "Shown this once: we keep only a fingerprint of it."}
        </p>
        {children}
      </DialogContent>
    </Dialog>
  );
}
