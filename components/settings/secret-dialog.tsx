"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { copyText } from "@/lib/client/clipboard";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Input } from "../ui/input";

/** Shows a secret this once. Only its own button closes it: there is no way back. */
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

  async function copy() {
    // Over plain HTTP a browser has no clipboard for us: the text is selected then, one key away.
    field.current?.select();
    setCopied(await copyText(secret));
  }
  return (
    <Dialog open locked onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <Button variant={copied ? "primary" : "secondary"} data-testid="secret-done" onClick={onClose}>
            I have copied it
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
          <Button
            variant={copied ? "secondary" : "primary"}
            className="h-9 w-24"
            data-testid="secret-copy"
            onClick={copy}
          >
            {copied ? <Check /> : <Copy />}
            {copied ? "Copied" : "Copy"}
          </Button>
        </div>
        <p role="status" className="mt-2 text-quiet text-sm">
          This is shown only once. Redrive stores only a hash of it.
        </p>
        {children}
      </DialogContent>
    </Dialog>
  );
}
