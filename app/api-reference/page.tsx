import type { Metadata } from "next";
import { connection } from "next/server";
import { API } from "@/lib/contract/openapi";
import { mayDrawReference } from "@/lib/front/reference-limit";
import { OperationEntry } from "./operation-entry";

export const metadata: Metadata = { title: "API reference" };

/** The API reference for people, from the same registry as /api/openapi.json. Public, because it holds no data. */
export default async function ApiReferencePage() {
  // Asked per request, and of requests within the console, too.
  await connection();
  if (!mayDrawReference()) {
    return (
      <main className="mx-auto max-w-4xl px-4 py-10">
        <h1 className="font-semibold text-xl tracking-tight">API reference</h1>
        <p className="mt-2 text-base text-quiet">
          This page is busy. Load it again in a few seconds, or read <Code>/api/openapi.json</Code>.
        </p>
      </main>
    );
  }
  return (
    <main className="mx-auto max-w-4xl px-4 py-10">
      <h1 className="font-semibold text-xl tracking-tight">API reference</h1>
      <div className="mt-2 max-w-prose space-y-2 text-base text-quiet">
        <p>
          Send <Code>Authorization: Bearer &lt;token&gt;</Code>; administrators make tokens in Settings, engineers with{" "}
          <Code>npm run token</Code>. Refusals are <Code>application/problem+json</Code> and say what to do about them.
          Every answer has an <Code>X-Request-ID</Code>: yours, if you sent one.
        </p>
        <p>
          For machines:{" "}
          <a href="/api/openapi.json" className="text-accent underline underline-offset-2 hover:text-accent-strong">
            /api/openapi.json
          </a>{" "}
          (OpenAPI 3.1).
        </p>
      </div>
      {API.map(({ title, about, operations }) => (
        <section key={title} className="mt-10" aria-labelledby={anchor(title)}>
          <h2 id={anchor(title)} className="font-semibold text-lg">
            {title}
          </h2>
          <p className="mb-3 text-base text-quiet">{about}</p>
          <div className="divide-y divide-line overflow-hidden rounded-lg border border-line">
            {operations.map((operation) => (
              <OperationEntry key={operation.method + operation.path} operation={operation} />
            ))}
          </div>
        </section>
      ))}
    </main>
  );
}

function Code({ children }: { children: React.ReactNode }) {
  return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-sm">{children}</code>;
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
