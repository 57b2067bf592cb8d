import type { Destination } from "@/lib/contract/destinations";
import { ExactTime, RelativeTime } from "../time";
import { VerifyHelp } from "./verify-help";

/** What signs its requests, and how the endpoint checks that. */
export function SigningCard({ destination: { secrets, kind } }: { destination: Destination }) {
  if (kind === "tables") return null;
  const [newest, ...older] = secrets;
  return (
    <section aria-labelledby="signing">
      <h2 id="signing" className="border-b pb-2 font-semibold text-lg">
        Signing
      </h2>
      {newest ? (
        <>
          <ul className="mt-3 space-y-2">
            <li data-testid="secret-hint">
              <code className="font-mono text-sm">{newest.hint}</code>
              <span className="block text-faint text-sm">
                signs since <ExactTime at={newest.created_at} />
              </span>
            </li>
            {older.map(({ hint, created_at, expires_at }) => (
              <li key={`${hint} ${created_at}`}>
                <code className="font-mono text-quiet text-sm">{hint}</code>
                <span className="block text-amber text-sm">
                  {expires_at ? (
                    <>
                      also signs until <ExactTime at={expires_at} /> (<RelativeTime at={expires_at} />)
                    </>
                  ) : (
                    "also signs"
                  )}
                </span>
              </li>
            ))}
          </ul>
          <VerifyHelp />
        </>
      ) : (
        <p className="mt-3 text-quiet">Requests to this destination are not signed.</p>
      )}
    </section>
  );
}
