import type { SourceCoverage } from "@/lib/contract/reconciliations";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import type { Rights } from "./rights";

export type SourceWindow = "key" | "schedule" | "configuration";

const NO_KEY = "Enter an API key first.";

/** What can be done with a source. A button that is disabled says why. */
export function SourceActions({
  source,
  rights,
  onCheck,
  onOpen,
}: {
  source: SourceCoverage;
  rights: Rights;
  onCheck: () => void;
  onOpen: (window: SourceWindow) => void;
}) {
  const hasKey = source.credentials?.is_complete ?? false;
  const noKey = hasKey ? null : NO_KEY;
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      <PermissionGuard forbidden={rights.forbiddenToCheck ?? noKey}>
        <Button size="sm" onClick={onCheck}>
          Check a window…
        </Button>
      </PermissionGuard>
      {source.has_configuration && (
        <PermissionGuard forbidden={rights.forbiddenToCheck ?? noKey}>
          <Button size="sm" onClick={() => onOpen("configuration")}>
            Check its configuration…
          </Button>
        </PermissionGuard>
      )}
      <PermissionGuard forbidden={rights.forbiddenToManage}>
        <Button size="sm" data-testid="edit-key" onClick={() => onOpen("key")}>
          {hasKey ? "Change the API key…" : "Enter an API key…"}
        </Button>
      </PermissionGuard>
      <PermissionGuard forbidden={rights.forbiddenToManage}>
        <Button size="sm" data-testid="edit-schedule" onClick={() => onOpen("schedule")}>
          Schedule…
        </Button>
      </PermissionGuard>
    </div>
  );
}
