import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { saveEventView } from "@/lib/client/history";
import { eventViewsQuery } from "@/lib/client/queries/events";
import { loadToast } from "@/lib/client/toaster";
import { FormDialog } from "../forms/form-dialog";
import { Input } from "../ui/input";

/** Gives the filter a name. */
export function SaveViewDialog({ query, onClose }: { query: string; onClose: () => void }) {
  const id = useId();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: () => saveEventView(name.trim(), query),
    onSuccess: async ({ name: saved }) => {
      onClose();
      void client.invalidateQueries({ queryKey: eventViewsQuery().queryKey });
      const toast = await loadToast();
      toast.success(`Saved as “${saved}”, under Views.`);
    },
  });
  return (
    <FormDialog
      title="Save this view"
      description="Saves the current filter for you only. A time range such as “last 24 hours” stays relative to now."
      action="Save view"
      doing="Saving…"
      testId="save-view-confirm"
      ready={name.trim() !== ""}
      pending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <div>
        <label htmlFor={id} className="mb-1 block text-quiet text-sm">
          Name
        </label>
        <Input
          id={id}
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={60}
          placeholder="Dead Stripe invoices"
          autoComplete="off"
          data-testid="view-name"
        />
      </div>
    </FormDialog>
  );
}
