/** Marks an event of a provider's test mode. */
export function TestModeMark() {
  return (
    <span className="shrink-0 rounded-sm border px-1 text-faint text-xs" title="From the provider's test mode">
      test
    </span>
  );
}
