import type { ReactNode } from "react";

/** One step of the timeline: a mark on the line, a heading, and what belongs to it. */
export function TimelineEntry({
  icon,
  title,
  aside,
  children,
}: {
  icon: ReactNode;
  title: ReactNode;
  aside?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className="group/entry relative pb-6 pl-7">
      <span
        aria-hidden="true"
        className="absolute top-6 bottom-0 left-[0.4375rem] w-px bg-line group-last/entry:hidden"
      />
      <span className="absolute top-1 left-0 grid size-3.5 place-items-center">{icon}</span>
      <div className="flex min-h-6 items-center gap-2">
        <div className="flex min-w-0 flex-1 items-center gap-2">{title}</div>
        {aside}
      </div>
      {children}
    </li>
  );
}
