import { Field } from "../forms/field";
import { type KindProps, SecretField } from "./secret-field";
import { Steps } from "./steps";

const WAYS = [
  { isBot: false, label: "Incoming webhook", hint: "Quick to set up. Every message is a new one." },
  { isBot: true, label: "Bot", hint: "Updates its message when the alert changes." },
] as const;

/** Slack through a webhook or as a bot, and where to get either. */
export function SlackFields(props: KindProps) {
  const { draft, problem, onChange } = props;
  return (
    <>
      <fieldset>
        <legend className="mb-1.5 font-medium">Post through</legend>
        <div className="space-y-1.5">
          {WAYS.map(({ isBot, label, hint }) => (
            <label key={label} className="flex gap-2">
              <input
                type="radio"
                name="slack-way"
                className="mt-1 shrink-0 self-start accent-accent"
                data-testid={isBot ? "slack-bot" : "slack-webhook"}
                checked={draft.isBot === isBot}
                onChange={() => onChange({ ...draft, isBot })}
              />
              <span>
                {label}
                <span className="block text-quiet text-sm">{hint}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {draft.isBot ? (
        <>
          <Steps>
            <li>At api.slack.com/apps, create an app and give its bot the scope chat:write.</li>
            <li>Install it to the workspace and copy the Bot User OAuth Token.</li>
            <li>Invite the bot to the channel. The channel's ID is at the foot of its details.</li>
          </Steps>
          <SecretField {...props} name="bot_token" label="Bot token" placeholder="xoxb-…" />
          <Field
            label="Channel ID"
            required
            className="[&_input]:font-mono"
            data-testid="channel-channel"
            placeholder="C024BE91L"
            value={draft.values.channel ?? ""}
            problem={problem?.field === "channel" ? problem.message : null}
            onChange={({ target }) => onChange({ ...draft, values: { ...draft.values, channel: target.value } })}
          />
        </>
      ) : (
        <>
          <Steps>
            <li>At api.slack.com/apps, create an app and turn on Incoming Webhooks.</li>
            <li>Choose Add New Webhook to Workspace, and the channel to post to.</li>
            <li>Copy the webhook URL.</li>
          </Steps>
          <SecretField
            {...props}
            name="webhook_url"
            label="Webhook URL"
            placeholder="https://hooks.slack.com/services/…"
          />
        </>
      )}
    </>
  );
}
