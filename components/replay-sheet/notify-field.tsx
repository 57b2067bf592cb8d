import { useQuery } from "@tanstack/react-query";
import { preferencesQuery } from "@/lib/client/queries/channels";
import type { AskedOptions } from "@/lib/client/replays";
import type { OwnPreferences } from "@/lib/contract/channel-words";
import { SelectField, type SelectOptions } from "../forms/select-field";

const WHEN: SelectOptions = [
  ["end", "When it ends"],
  ["failure", "Only when something fails"],
  ["success", "Only when all succeeded"],
  ["never", "Never"],
];

/** When the person who starts it is told that it ended, and where. */
export function NotifyField({ options, onChange }: { options: AskedOptions; onChange: (part: AskedOptions) => void }) {
  const { data } = useQuery({ ...preferencesQuery(), staleTime: 60_000 });
  const when = chosen(options);
  return (
    <div className="mt-3 grid grid-cols-3 gap-3 max-md:grid-cols-1">
      <SelectField
        label="Tell me"
        choices={WHEN}
        value={when}
        onChange={(one) =>
          onChange({
            notifyOnCompletion: one === "end",
            notifyOnFailure: one === "failure",
            notifyOnSuccess: one === "success",
          })
        }
      />
      {when !== "never" && (
        <p
          data-testid="notify-where"
          className="col-span-2 self-end text-pretty pb-1 text-quiet text-sm max-md:col-span-1"
        >
          {whereText(data)}{" "}
          <a href="/account" target="_blank" className="text-accent underline underline-offset-2" rel="noopener">
            Change in your account
          </a>
        </p>
      )}
    </div>
  );
}

function chosen({ notifyOnCompletion, notifyOnFailure, notifyOnSuccess }: AskedOptions): string {
  if (notifyOnCompletion || (notifyOnFailure && notifyOnSuccess)) return "end";
  if (notifyOnFailure) return "failure";
  return notifyOnSuccess ? "success" : "never";
}

function whereText(preferences: OwnPreferences | undefined): string {
  const console = "In the console, while you are signed in";
  if (!preferences?.mails_replays) return `${console}. Not by mail.`;
  return preferences.mail_problem === null ? `${console}, and by mail.` : `${console}. Mail is not set up.`;
}
