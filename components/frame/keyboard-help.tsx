"use client";

import { closeDialog } from "@/lib/client/dialog-store";
import { useKnownShortcuts } from "@/lib/client/shortcuts";
import { Dialog, DialogContent } from "../ui/dialog";
import { Keys } from "../ui/keys";

const EVERYWHERE = ["Everywhere", "Go to"];

/** The shortcuts of the current page, and those that work everywhere. */
export function KeyboardHelp() {
  const groups = merged(useKnownShortcuts());
  return (
    <Dialog open onOpenChange={() => closeDialog("help")}>
      <DialogContent title="Keyboard" description="Shortcuts on this page. They are disabled while a dialog is open.">
        <div className="space-y-5" data-testid="keyboard-help">
          {groups.map(({ name, shortcuts }) => (
            <section key={name} aria-label={name}>
              <h3 className="border-b pb-1 font-medium text-quiet text-sm">{name}</h3>
              <dl>
                {shortcuts.map(({ keys, label }) => (
                  <div
                    key={label}
                    className="flex min-h-8 items-center justify-between gap-4 border-b border-dashed py-1"
                  >
                    <dt>{label}</dt>
                    <dd className="flex gap-2">
                      {keys.map((one) => (
                        <Keys key={one} keys={one} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogContent>
    </Dialog>
  );
}

/** The page's own shortcuts first. Groups of the same name are merged, and so are keys that do the same. */
function merged(known: ReturnType<typeof useKnownShortcuts>) {
  const groups = new Map<string, Map<string, string[]>>();
  for (const { name, shortcuts } of known) {
    const group = groups.get(name) ?? new Map<string, string[]>();
    for (const { keys, label } of shortcuts) group.set(label, [...(group.get(label) ?? []), keys]);
    groups.set(name, group);
  }
  return [...groups]
    .map(([name, group]) => ({ name, shortcuts: [...group].map(([label, keys]) => ({ label, keys })) }))
    .sort((a, b) => EVERYWHERE.indexOf(a.name) - EVERYWHERE.indexOf(b.name));
}
