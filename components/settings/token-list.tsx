"use client";

import { useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useNow } from "@/lib/client/clock";
import { useLiveQuery } from "@/lib/client/live-query";
import { tokensQuery } from "@/lib/client/queries/settings";
import { revokeToken } from "@/lib/client/staff";
import { loadToast } from "@/lib/client/toaster";
import { useOrigin } from "@/lib/client/use-hydrated";
import type { ApiToken, NewApiToken } from "@/lib/contract/staff";
import { relative } from "../format";
import { ConfirmDialog } from "../forms/confirm-dialog";
import { SecretDialog } from "../forms/one-time-secret";
import { Notice } from "../notice";
import { DataTable } from "../table/data-table";
import { Button } from "../ui/button";
import { CreateTokenDialog } from "./create-token-dialog";
import { TOKEN_COLUMNS, TokenRow } from "./token-row";

const REFRESH_MS = 5_000;

type Open = "create" | { created: NewApiToken } | { revoking: ApiToken };

/** The API tokens: who made them, their permissions, and when they were used. */
export function TokenList({ ownOrganisations }: { ownOrganisations: readonly string[] | null }) {
  const client = useQueryClient();
  const origin = useOrigin();
  const [open, setOpen] = useState<Open | null>(null);
  const { data } = useLiveQuery(tokensQuery(), { interval: () => REFRESH_MS });
  const refresh = () => void client.invalidateQueries({ queryKey: tokensQuery().queryKey });
  const close = () => setOpen(null);
  const create = (
    <Button variant="primary" data-testid="create-token" onClick={() => setOpen("create")}>
      <Plus /> Create token…
    </Button>
  );
  return (
    <>
      {data.length === 0 ? (
        <Notice icon={KeyRound} title="No API token yet" actions={create}>
          Programs use a token to read events, replay them or publish their own. Choose its permissions and expiry.
        </Notice>
      ) : (
        <>
          <div className="flex items-center justify-between gap-3 pb-3">
            <p className="text-pretty text-quiet">
              API tokens let programs call Redrive. Each has its own permissions, expires within a year, and can be
              revoked at any time.{" "}
              <a href="/api-reference" className="text-accent underline underline-offset-2 hover:text-accent-strong">
                API reference
              </a>
            </p>
            {create}
          </div>
          <DataTable caption="API tokens" columns={TOKEN_COLUMNS}>
            {data.map((token) => (
              <TokenRow key={token.id} token={token} onRevoke={() => setOpen({ revoking: token })} />
            ))}
          </DataTable>
        </>
      )}
      {open === "create" && (
        <CreateTokenDialog
          own={ownOrganisations}
          onClose={close}
          onCreated={(created) => {
            setOpen({ created });
            refresh();
          }}
        />
      )}
      {open !== null && open !== "create" && "created" in open && (
        <SecretDialog
          title={`${open.created.api_token.name} is ready`}
          description="Copy the token to the program that uses it. Send it in the Authorization header, never in a URL."
          label="Token"
          secret={open.created.token}
          onClose={close}
        >
          <p className="mt-4 mb-1 text-quiet text-sm">Try it</p>
          <code className="block overflow-x-auto whitespace-pre rounded-md border bg-sunken px-3 py-2 font-mono text-sm">
            {`curl -H "Authorization: Bearer $TOKEN" \\\n  ${origin}/api/webhooks/events?limit=1`}
          </code>
        </SecretDialog>
      )}
      {open !== null && open !== "create" && "revoking" in open && (
        <RevokeDialog token={open.revoking} onClose={close} onRevoked={refresh} />
      )}
    </>
  );
}

function RevokeDialog({ token, onClose, onRevoked }: { token: ApiToken; onClose: () => void; onRevoked: () => void }) {
  const now = useNow();
  const used = token.last_used_at
    ? `It was last used ${relative(Date.parse(token.last_used_at), now)}.`
    : "It was never used.";
  return (
    <ConfirmDialog
      title={`Revoke ${token.name}`}
      description={`Requests with it are refused at once. Tokens created with it are revoked too. This cannot be undone. ${used}`}
      action="Revoke token"
      doing="Revoking…"
      final
      run={() => revokeToken(token.id)}
      onDone={async () => {
        onClose();
        onRevoked();
        (await loadToast()).success(`${token.name} is revoked.`);
      }}
      onClose={onClose}
    />
  );
}
