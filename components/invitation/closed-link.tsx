import Link from "next/link";
import { Button } from "../ui/button";

/** A link that lets nobody in. Says the same of every one, so that it tells nothing about who was invited. */
export function ClosedLink({ problem }: { problem: "closed" | "too_many" }) {
  return (
    <>
      <h2 className="font-semibold text-lg">
        {problem === "closed" ? "This link no longer works" : "Too many attempts"}
      </h2>
      <p className="mt-1 text-pretty text-quiet">
        {problem === "closed"
          ? "It was used, replaced by a newer one, or is older than 72 hours. Ask an administrator for a new one."
          : "Wait a few minutes, then open the link again."}
      </p>
      <Button asChild className="mt-5 h-9 w-full">
        <Link href="/sign-in">Go to the sign-in page</Link>
      </Button>
    </>
  );
}
