import NextAuth from "next-auth";
import { handleOpen } from "@/app/api/handle";
import { authOptions } from "@/lib/auth/options";
import { checkedRequest } from "./checked-request";

/** Signing in and out, by next-auth. It gets only what it can read: from anything else it would make a 500. */
const signIn = handleOpen(async ({ request, params }) => {
  const checked = await checkedRequest(request, params.nextauth as string[]);
  if (checked instanceof Response) return checked;
  return NextAuth(checked as never, { params: Promise.resolve(params) } as never, authOptions());
});

export { signIn as GET, signIn as POST };
