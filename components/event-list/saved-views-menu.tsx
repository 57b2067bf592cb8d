import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { deleteEventView, saveEventView } from "@/lib/client/history";
import { eventViewsQuery } from "@/lib/client/queries/events";
import { loadToast } from "@/lib/client/toaster";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { EventView } from "@/lib/contract/history";
import { printEventFilter } from "@/lib/contract/print-filter";
import { Button } from "../ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "../ui/popover";
import { ViewLine } from "./view-line";

const SaveViewDialog = dynamic(() => import("./save-view-dialog").then((module) => module.SaveViewDialog), {
  ssr: false,
});

/** The views that everyone has. */
const BUILT_IN: { name: string; filter: EventFilter }[] = [
  { name: "Failed or dead today", filter: { status: ["failed", "dead"], range: "24h" } },
  { name: "Waiting", filter: { status: ["received", "processing"] } },
  { name: "Replayed", filter: { replayed: "1" } },
  { name: "Unsigned", filter: { trust: ["unsigned"] } },
];

/** Named filters: some that everyone has, and those that this person saved. */
export function SavedViewsMenu({ filter }: { filter: EventFilter }) {
  const [open, setOpen] = useState(false);
  const [saving, setSaving] = useState(false);
  const query = printEventFilter(filter);
  const views = useQuery({
    ...eventViewsQuery(),
    enabled: open,
  });
  const remove = useRemoval();
  const close = () => setOpen(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className="max-md:h-9" title="Views" data-testid="views-menu">
          <Bookmark /> <span className="md:max-2xl:sr-only">Views</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-64">
        <ul>
          {BUILT_IN.map(({ name, filter: one }) => (
            <ViewLine key={name} name={name} query={printEventFilter(one)} current={query} onOpen={close} />
          ))}
        </ul>
        <p className="-mx-1 mt-1 border-t px-3 pt-2 pb-1 text-faint text-sm">Yours</p>
        <ul className="max-h-72 overflow-y-auto">
          {views.data?.map((view) => (
            <ViewLine
              key={view.id}
              name={view.name}
              query={view.query}
              current={query}
              onOpen={close}
              onDelete={() => remove.mutate(view)}
            />
          ))}
        </ul>
        {views.data?.length === 0 && <p className="px-2 pb-1 text-quiet text-sm">None saved yet.</p>}
        {(views.error ?? remove.error) && (
          <p role="alert" className="px-2 pb-1 text-red text-sm">
            {(views.error ?? remove.error)?.message}
          </p>
        )}
        <button
          type="button"
          data-testid="save-view"
          disabled={query === ""}
          title={query === "" ? "Filter the list first" : undefined}
          onClick={() => {
            close();
            setSaving(true);
          }}
          className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-accent hover:bg-hover disabled:cursor-not-allowed disabled:text-faint"
        >
          <Plus aria-hidden="true" className="size-3.5" /> Save this view…
        </button>
      </PopoverContent>
      {saving && <SaveViewDialog query={query} onClose={() => setSaving(false)} />}
    </Popover>
  );
}

/** Deletes at once; the toast can undo it. */
function useRemoval() {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: eventViewsQuery().queryKey });
  return useMutation({
    mutationFn: (view: EventView) => deleteEventView(view.id),
    onSuccess: async (_, view) => {
      void refresh();
      const toast = await loadToast();
      toast.success(`The view “${view.name}” is deleted.`, {
        action: { label: "Undo", onClick: () => void saveEventView(view.name, view.query).then(refresh) },
      });
    },
  });
}
