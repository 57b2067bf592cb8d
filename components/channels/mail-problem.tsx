import { TriangleAlert } from "lucide-react";
import type { Channels } from "@/lib/contract/channel-words";

/** Why no mail is sent, where a channel would send some. */
export function MailProblem({ channels, mail }: Channels) {
  if (mail.problem === null || !channels.some(({ kind, enabled }) => kind === "email" && enabled)) return null;
  return (
    <p data-testid="mail-problem" className="mb-3 flex items-start gap-2 rounded-md bg-tint px-3 py-2.5 text-amber">
      <TriangleAlert aria-hidden="true" className="mt-0.75 size-3.5 shrink-0" />
      <span className="text-pretty">
        <span className="font-medium">E-mail is not sent.</span> <span className="text-ink">{mail.problem}</span>
      </span>
    </p>
  );
}
