/** The square of a colour, or of a pattern, before its label. */
export function ColourKey({ fill }: { fill: string }) {
  return (
    <svg aria-hidden="true" className="size-2.5 shrink-0 rounded-[2px]">
      <rect width="100%" height="100%" fill={fill} />
    </svg>
  );
}
