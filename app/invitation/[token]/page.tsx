import type { Metadata } from "next";
import { headers } from "next/headers";
import { Logo } from "@/components/frame/logo";
import { AcceptForm } from "@/components/invitation/accept-form";
import { ClosedLink, type LinkProblem } from "@/components/invitation/closed-link";
import { findInvitation } from "@/lib/auth/invitations";
import { DatabaseUnavailable } from "@/lib/db/client";
import type { OpenInvitation } from "@/lib/db/functions/people";
import { clientAddress } from "@/lib/front/client-address";
import { isRefusal } from "@/lib/refusals";

/** The address of this page is a secret: it goes to no other site and into no index. */
export const metadata: Metadata = { title: "Invitation", referrer: "no-referrer", robots: "noindex" };

/** The page of a one-time link. Opening it does not use up the link, because mail programs open links, too. */
export default async function InvitationPage({ params }: PageProps<"/invitation/[token]">) {
  const { token } = await params;
  const invitation = await open(token);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-80 flex-col justify-center px-4 pb-24">
      <h1 className="mb-6 flex items-center gap-2.5 font-semibold text-xl tracking-tight">
        <Logo className="size-7" /> Redrive
      </h1>
      {typeof invitation === "string" ? (
        <ClosedLink problem={invitation} />
      ) : (
        <AcceptForm token={token} invitation={invitation} />
      )}
    </main>
  );
}

/** The person the link is for, or why it does not work. */
async function open(token: string): Promise<OpenInvitation | LinkProblem> {
  try {
    const address = clientAddress(await headers());
    return (await findInvitation(token, address, { counts: false })) ?? "closed";
  } catch (error) {
    if (isRefusal(error, "too_many_attempts")) return "too_many";
    // A busy or missing database is not a bug of the page and says nothing about the link.
    if (error instanceof DatabaseUnavailable) return "unavailable";
    throw error;
  }
}
