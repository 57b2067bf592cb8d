import type { SourceProvider } from "@/lib/contract/sources";
import { OwnSource } from "./own-source";

/** URLs of a provider that belong to one organisation each. */
export function OwnSources({
  provider,
  forbidden,
  onChanged,
}: {
  provider: SourceProvider;
  forbidden: string | null;
  onChanged: () => void;
}) {
  return (
    <section aria-label={`Own URLs of ${provider.label}`} className="mt-4">
      <h3 className="border-b pb-1 text-faint text-sm">Own URLs</h3>
      <ul>
        {provider.sources.map((source) => (
          <OwnSource key={source.id} {...{ source, provider, forbidden, onChanged }} />
        ))}
      </ul>
    </section>
  );
}
