"use client";

import type { ReactNode } from "react";
import { useOrigin } from "@/lib/client/use-hydrated";
import type { SingleSignOnSettings } from "@/lib/contract/single-sign-on";
import { CopyButton } from "../copy-button";

/** How single sign-on is set up, and what the identity provider must be given and send. */
export function SingleSignOn({ settings }: { settings: SingleSignOnSettings }) {
  const { issuer, clientId, off, variables, callbackUrl } = settings;
  const origin = useOrigin();
  return (
    <section aria-labelledby="single-sign-on" data-testid="single-sign-on" className="max-w-3xl pt-8">
      <h2 id="single-sign-on" className="pb-1 font-semibold">
        Single sign-on
      </h2>
      <p className="pb-3 text-pretty text-quiet">
        {off ?? "People can sign in at your identity provider (OpenID Connect), or with e-mail and password."}
      </p>
      <dl className="divide-y rounded-md border">
        {off === null ? (
          <>
            <Row term="Issuer">
              <Code text={issuer ?? ""} what="issuer" />
            </Row>
            <Row term="Client ID">
              <Code text={clientId ?? ""} what="client ID" />
            </Row>
          </>
        ) : (
          <Row term="Variables" help="The address and the two values that your provider gives to an application.">
            {Object.entries(variables).map(([name, isSet]) => (
              <Code key={name} text={name} what={name} note={isSet ? "is set" : "is missing"} />
            ))}
          </Row>
        )}
        <Row term="Callback URL" help="Register it at your provider as the redirect URI, exactly as it is.">
          <Code text={callbackUrl.startsWith("/") ? `${origin}${callbackUrl}` : callbackUrl} what="callback URL" />
        </Row>
        <Row
          term="Claims"
          help="In the ID token or from UserInfo, both in the same one. The text “true” is not enough. ID tokens must be signed with a private key: RS256, ES256 and EdDSA work, among others."
        >
          <Code text="email" what="the name of the claim email" />
          <Code text="email_verified" what="the name of the claim email_verified" note="must be true" />
        </Row>
        <Row term="Who gets in">
          <p className="text-pretty">
            Only people on this page who are not disabled, by their e-mail address. Invite a person first. They do not
            need to open the link, and the first sign-in uses it up. Your provider cannot add people or change roles.
          </p>
        </Row>
      </dl>
    </section>
  );
}

function Row({ term, help, children }: { term: string; help?: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 gap-y-1 px-3 py-2.5 md:grid-cols-[8rem_minmax(0,1fr)] md:items-baseline">
      <dt className="font-medium text-quiet">{term}</dt>
      <dd className="min-w-0 space-y-1">
        {children}
        {help && <p className="text-pretty text-quiet text-sm">{help}</p>}
      </dd>
    </div>
  );
}

function Code({ text, what, note }: { text: string; what: string; note?: string }) {
  return (
    <p className="flex items-center gap-1">
      <code className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">{text}</code>
      {note && <span className="text-quiet text-sm">{note}</span>}
      <CopyButton text={text} what={what} />
    </p>
  );
}
