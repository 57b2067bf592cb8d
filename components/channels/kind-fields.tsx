import type { Channels } from "@/lib/contract/channel-words";
import { TextAreaField } from "../forms/text-area-field";
import { type KindProps, SecretField } from "./secret-field";
import { SlackFields } from "./slack-fields";
import { Steps } from "./steps";

/** The settings of a channel of this kind, with where to get them. */
export function KindFields(props: KindProps & { mail: Channels["mail"] }) {
  switch (props.kind) {
    case "email":
      return <EmailFields {...props} />;
    case "slack":
      return <SlackFields {...props} />;
    case "teams":
      return <TeamsFields {...props} />;
    case "pagerduty":
      return <PagerDutyFields {...props} />;
    case "webhook":
      return <WebhookFields {...props} />;
  }
}

function EmailFields({ draft, problem, mail, onChange }: KindProps & { mail: Channels["mail"] }) {
  return (
    <div>
      <TextAreaField
        label="Addresses"
        testId="channel-to"
        placeholder={"ops@example.com\noncall@example.com"}
        value={draft.values.to ?? ""}
        onChange={(to) => onChange({ ...draft, values: { ...draft.values, to } })}
      />
      {problem && (
        <p role="alert" className="mt-1 text-red text-sm">
          {problem.message}
        </p>
      )}
      <p className="mt-1 text-pretty text-quiet text-sm">
        At most 20, one a line.{" "}
        {mail.problem === null ? (
          <>They are sent from {mail.from}.</>
        ) : (
          <span className="text-amber">
            Nothing is sent yet: an operator sets SMTP_URL and MAIL_FROM and starts Redrive again.
          </span>
        )}
      </p>
    </div>
  );
}

function TeamsFields(props: KindProps) {
  return (
    <>
      <Steps>
        <li>In Teams, open the channel's … menu and choose Workflows.</li>
        <li>Pick the template that posts to a channel when a webhook request is received.</li>
        <li>Name it, choose team and channel, and copy the URL that it shows at the end.</li>
      </Steps>
      <SecretField
        {...props}
        name="webhook_url"
        label="Workflow URL"
        placeholder="https://….logic.azure.com/workflows/…"
        help="URLs of the old connectors (webhook.office.com) do not work any more."
      />
    </>
  );
}

function PagerDutyFields(props: KindProps) {
  return (
    <>
      <Steps>
        <li>In PagerDuty, open the service, then Integrations, then Add an integration.</li>
        <li>Choose Events API V2 and copy its Integration Key.</li>
      </Steps>
      <SecretField
        {...props}
        name="routing_key"
        label="Integration key"
        placeholder="32 letters and digits"
        help="P0 and P1 are critical there, P2 is error, P3 warning, P4 info."
      />
    </>
  );
}

function WebhookFields(props: KindProps) {
  return (
    <>
      <SecretField
        {...props}
        name="url"
        label="URL"
        placeholder="https://example.com/alerts"
        help={
          <>
            The body is described in the{" "}
            <a
              href="/api-reference"
              target="_blank"
              className="text-accent underline underline-offset-2"
              rel="noopener"
            >
              API reference
            </a>
            . An answer of 2xx within seconds is a success.
          </>
        }
      />
      <SecretField
        {...props}
        name="secret"
        label="Signing secret"
        optional
        placeholder="one is made and shown once"
        help="Every request is signed with it (Standard Webhooks). Enter whsec_… to use your own."
      />
    </>
  );
}
