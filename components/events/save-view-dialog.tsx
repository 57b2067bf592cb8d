import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { saveEventView } from "@/lib/client/history";
import { keys } from "@/lib/client/keys";
import { loadToast } from "@/lib/client/toaster";
import { Button } from "../ui/button";
import { Dialog, DialogClose, DialogContent } from "../ui/dialog";
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
      void client.invalidateQueries({ queryKey: keys.eventViews });
      const toast = await loadToast();
      toast.success(`Saved as “${saved}”, under Views.`);
    },
  });
  const ready = name.trim() !== "" && !save.isPending;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) save.mutate();
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Save this view"
        description="The filter as it is now, for you alone. A time range such as “last 24 hours” moves with the clock."
        footer={
          <>
            <DialogClose asChild>
              <Button>Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              form={`${id}-form`}
              variant="primary"
              disabled={!ready}
              data-testid="save-view-confirm"
            >
              {save.isPending ? "Saving…" : "Save view"}
            </Button>
          </>
        }
      >
        <form id={`${id}-form`} onSubmit={submit} className="pt-1">
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
          {save.error && (
            <p role="alert" className="mt-3 rounded-md bg-tint px-3 py-2 text-red">
              {save.error.message}
            </p>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
