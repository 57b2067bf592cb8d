import { z } from "zod";
import { cn } from "@/components/ui/cn";
import type { Operation } from "@/lib/contract/openapi";
import { schemaOf } from "@/lib/contract/openapi-document";
import { FieldTable } from "./field-table";

/** One operation. Closed, it is a line of the list; open, it shows its parameters, body and answers. */
export function OperationEntry({ operation }: { operation: Operation }) {
  const { method, path, summary, permission, notes, query, body, answer, idempotent } = operation;
  return (
    <details className="group bg-raised">
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3 py-2 hover:bg-hover">
        <span className={cn("w-10 font-mono text-sm uppercase", method === "get" ? "text-blue" : "text-green")}>
          {method}
        </span>
        <code className="break-all font-mono text-base">{`/api${path}`}</code>
        <span className="text-base text-quiet">{summary}</span>
      </summary>
      <div className="space-y-4 border-line border-t px-3 py-3">
        <p className="text-base text-quiet">
          {permission === "public" ? "Needs no sign-in." : `Needs the permission ${permission}.`} {notes}{" "}
          {idempotent && "Takes an Idempotency-Key header."}
        </p>
        {query && <FieldTable caption="Query" schema={schemaOf(query, "input")} />}
        {body && <FieldTable caption="Body" schema={schemaOf(body, "input")} />}
        {answer instanceof z.ZodType ? (
          <FieldTable caption="Answer" schema={schemaOf(answer, "output")} isAnswer />
        ) : (
          <p className="text-base text-quiet">Answers {answer.join(" or ")}.</p>
        )}
      </div>
    </details>
  );
}
