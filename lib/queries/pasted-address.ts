/** A user pastes the address of a page: of this console, or of a provider's dashboard. */
import { senders } from "@/lib/providers";

/** What to search for instead; undefined for a text that is no address, and for an address that names nothing. */
export function pastedText(query: string): string | undefined {
  const written = query.trim();
  if (!/^(https?:\/\/|[a-z0-9.-]+\.[a-z]{2,}\/|\/)\S+$/i.test(written)) return undefined;
  const whole = written.startsWith("/") ? `http://console${written}` : withScheme(written);
  if (!URL.canParse(whole)) return undefined;
  const address = new URL(whole);
  return idOfPage(address) ?? senders.map(({ searchTextIn }) => searchTextIn?.(address)).find((text) => text);
}

/** The console's own pages, whatever host it runs on. */
function idOfPage({ pathname }: URL): string | undefined {
  const [, page, id] =
    /\/(events|replays|destinations|alerts)\/((?:we|wr|br|ds|al)_\d{1,15})(?:\/|$)/.exec(pathname) ?? [];
  return page && id;
}

function withScheme(written: string): string {
  return /^https?:/i.test(written) ? written : `https://${written}`;
}
