/** A line through values from 0 to 1, stretched over its box. Null interrupts it; a value between nulls is a dot. */
export function SeriesLine({
  values,
  width,
  colour = "currentColor",
  faint = false,
}: {
  values: (number | null)[];
  width: number;
  colour?: string;
  faint?: boolean;
}) {
  const { line, dots } = paths(values);
  const stroke = {
    fill: "none",
    stroke: colour,
    opacity: faint ? 0.15 : 1,
    strokeLinecap: "round",
    strokeLinejoin: "round",
    vectorEffect: "non-scaling-stroke",
  } as const;
  return (
    <>
      <path d={line} strokeWidth={width} {...stroke} />
      <path d={dots} strokeWidth={width * 3} {...stroke} />
    </>
  );
}

/** In a box of 100 by 100. A dot is a line of no length with round ends, which stays round however the box is stretched. */
function paths(values: (number | null)[]): { line: string; dots: string } {
  const step = values.length > 1 ? 100 / (values.length - 1) : 0;
  const known = (index: number) => (values[index] ?? null) !== null;
  let line = "";
  let dots = "";
  values.forEach((value, index) => {
    if (value === null) return;
    const point = `${(index * step).toFixed(2)} ${(100 - value * 100).toFixed(2)}`;
    if (known(index - 1)) line += `L${point}`;
    else if (known(index + 1)) line += `M${point}`;
    else dots += `M${point}h0.01`;
  });
  return { line, dots };
}
