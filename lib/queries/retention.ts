import type { Retention } from "@/lib/contract/api/retention";
import { call } from "@/lib/db/client";
import { environment } from "@/lib/env";
import { type Scoped, scopeOf } from "@/lib/scope";

/** How long each class is kept, how much it is, and what goes next. */
export async function getRetention(asker: Scoped): Promise<Retention> {
  const stored = await call("console", "read_retention", scopeOf(asker));
  return { ...stored, exports: environment().RETENTION_EXPORT_DIR !== undefined };
}
