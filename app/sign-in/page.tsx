import type { Metadata } from "next";
import { Logo } from "@/components/frame/logo";
import { SignInForm } from "@/components/sign-in/sign-in-form";
import { singleSignOn } from "@/lib/auth/single-sign-on/configuration";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { callbackUrl, error } = await searchParams;
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-80 flex-col justify-center px-4 pb-24">
      <h1 className="mb-6 flex items-center gap-2.5 font-semibold text-xl tracking-tight">
        <Logo className="size-7" /> Redrive
      </h1>
      <SignInForm returnTo={first(callbackUrl)} problem={first(error)} hasSingleSignOn={!("off" in singleSignOn())} />
    </main>
  );
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
