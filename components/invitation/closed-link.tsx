import Link from "next/link";
import { Button } from "../ui/button";

const WORDS = {
  closed: {
    title: "This link no longer works",
    text: "It was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one.",
  },
  too_many: { title: "Too many attempts", text: "Wait a few minutes, then open the link again." },
  unavailable: {
    title: "Redrive does not respond",
    text: "This changed nothing about the link. Open it again in a moment.",
  },
} as const;

export type LinkProblem = keyof typeof WORDS;

/** Shown for a link that does not work. The text is the same for all, so it does not reveal who was invited. */
export function ClosedLink({ problem }: { problem: LinkProblem }) {
  const { title, text } = WORDS[problem];
  return (
    <>
      <h2 className="font-semibold text-lg">{title}</h2>
      <p className="mt-1 text-pretty text-quiet">{text}</p>
      <Button asChild className="mt-5 h-9 w-full">
        <Link href="/sign-in">Go to the sign-in page</Link>
      </Button>
    </>
  );
}
