"use client";

import { Check, Copy } from "lucide-react";
import { type ReactNode, useId, useRef, useState } from "react";
import { copyText } from "@/lib/client/clipboard";
import { Button } from "../ui/button";
import { Dialog, DialogContent } from "../ui/dialog";
import { Input } from "../ui/input";

interface Shown {
  /** Its kind: "Link", "Token", "Secret". */
  label: string;
  secret: string;
  /** Further information, e.g. who has to get it. */
  note?: ReactNode;
}

/** Shows a secret once. Only its own button closes the dialog, because the secret cannot be shown again. */
export function SecretDialog({
  title,
  description,
  onClose,
  children,
  ...shown
}: Shown & { title: string; description?: ReactNode; onClose: () => void; children?: ReactNode }) {
  const [copied, setCopied] = useState(false);
  return (
    <Dialog open locked onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={title}
        description={description}
        footer={<CopiedButton primary={copied} onClick={onClose} />}
      >
        <OneTimeSecret {...shown} copied={copied} onCopied={setCopied} />
        {children}
      </DialogContent>
    </Dialog>
  );
}

/** The secret with a copy button. It says "Copied" only when the clipboard accepted the text. */
export function OneTimeSecret({
  label,
  secret,
  note = "Redrive stores only a hash of it.",
  copied,
  onCopied,
}: Shown & { copied: boolean; onCopied: (copied: boolean) => void }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  async function copy() {
    // Over plain HTTP browsers have no clipboard API: the text is selected instead, so that one shortcut copies it.
    field.current?.select();
    onCopied(await copyText(secret));
  }
  return (
    <>
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
          onCopy={() => onCopied(true)}
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
        This is shown only once. {note}
      </p>
    </>
  );
}

/** The only button that closes a dialog with a secret. */
export function CopiedButton({ primary, onClick }: { primary: boolean; onClick: () => void }) {
  return (
    <Button variant={primary ? "primary" : "secondary"} data-testid="secret-done" onClick={onClick}>
      I have copied it
    </Button>
  );
}
