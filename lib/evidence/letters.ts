/** The texts of a bundle that are sent to providers and merchants. */
import { customerNotice, supportText } from "@/lib/contract/incident-texts";
import type { Head } from "./read";
import type { Tally } from "./tally";

/** What each provider is asked, with the ids that its support needs. */
export function supportLetters(head: Head, tally: Tally): string {
  const providers = [...new Set(head.by_type.map(({ provider }) => provider))];
  const texts = providers.map((provider) => {
    const types = head.by_type.filter((type) => type.provider === provider);
    const known = tally.get(provider);
    return supportText(head, {
      provider,
      types,
      counts: sum(types.map(({ counts }) => counts)),
      eventKeys: known?.eventKeys ?? [],
      requestIds: known?.requestIds ?? [],
      rejections: [...(known?.rejections ?? [])].map(([reason, count]) => ({ reason, count })),
    });
  });
  return joined(providers, texts);
}

/** What each merchant is told. */
export function noticeLetters(head: Head): string {
  const names = head.by_organisation.map(({ org_id }) => org_id ?? "events without an organisation");
  return joined(
    names,
    head.by_organisation.map((organisation) => customerNotice(head, organisation)),
  );
}

/** One text per addressee, each under its name, so that none is sent to another. */
function joined(names: readonly string[], texts: readonly string[]): string {
  return texts.map((text, n) => `===== ${names[n]} =====\n\n${text}`).join("\n\n");
}

type Counts = Head["counts"];

function sum(list: readonly Counts[]): Counts {
  const zero: Counts = {
    total: 0,
    affected: 0,
    recovered: 0,
    verified: 0,
    still_missing: 0,
    unrecoverable: 0,
    accepted: 0,
  };
  const names = Object.keys(zero) as (keyof Counts)[];
  return list.reduce(
    (total, counts) => Object.fromEntries(names.map((name) => [name, total[name] + counts[name]])) as Counts,
    zero,
  );
}
