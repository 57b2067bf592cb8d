/** The mark: an R whose leg is an arrow going back in. */
export function Logo({ className = "size-5" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" fill="none" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g stroke="var(--accent-ink)" strokeWidth="2.75" strokeLinecap="round" strokeLinejoin="round">
        <path d="M9 22.5V9.5h7.5a4.25 4.25 0 0 1 0 8.5H12" />
        <path d="m15.2 14.6-3.4 3.4 3.4 3.4M17.5 18l5 5" />
      </g>
    </svg>
  );
}
