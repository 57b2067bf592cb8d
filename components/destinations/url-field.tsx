import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { testUrl } from "@/lib/client/destinations";
import { FieldNotes } from "../forms/field";
import { Problem } from "../forms/problem";
import { Button } from "../ui/button";
import { Input } from "../ui/input";
import { hostIn } from "./hosts";
import { TestResult, TestRunning } from "./test-result";

/** The URL, a test of it before saving, and what a new host means for the secret. */
export function UrlField({
  value,
  before,
  organisation,
  signed,
  problem,
  onChange,
}: {
  value: string;
  /** The saved URL of an existing destination. */
  before: string | null;
  organisation: string;
  /** Requests of this destination are signed with a secret. */
  signed: boolean;
  problem: string | null;
  onChange: (url: string) => void;
}) {
  const id = useId();
  const test = useMutation({ mutationFn: () => testUrl(value.trim(), organisation.trim() || null) });
  const moves = before !== null && hostMoves(before, value);
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        URL
      </label>
      <div className="flex gap-2">
        <Input
          id={id}
          type="url"
          inputMode="url"
          required
          aria-invalid={problem ? true : undefined}
          aria-describedby={`${id}-help ${id}-problem`}
          placeholder="https://merchant.example/webhooks"
          autoComplete="off"
          spellCheck={false}
          data-testid="destination-url"
          className="font-mono max-md:h-10"
          value={value}
          onChange={(event) => {
            test.reset();
            onChange(event.target.value);
          }}
        />
        <Button
          className="max-md:h-10"
          data-testid="test-url"
          disabled={test.isPending || hostIn(value.trim()) === null}
          onClick={() => test.mutate()}
        >
          Test it
        </Button>
      </div>
      <FieldNotes
        id={id}
        problem={problem}
        help="Redirects are never followed. Private addresses are refused unless the server allows their network."
      />
      {moves && signed && (
        <p role="status" data-testid="new-secret-warning" className="mt-2 rounded-md bg-tint px-3 py-2 text-amber">
          <span className="font-medium">A new host gets a new secret.</span>{" "}
          <span className="text-ink">
            Saving makes one for {hostIn(value.trim())}. The old secret and the values of custom headers are never sent
            there, so enter them again. Until the endpoint has the new secret, it rejects our signatures.
          </span>
        </p>
      )}
      {!test.isIdle && (
        <div aria-live="polite" className="mt-2 rounded-md border px-3 py-2">
          {test.isPending ? (
            <TestRunning />
          ) : test.error ? (
            <Problem error={test.error} before="The test did not run." />
          ) : (
            <TestResult result={test.data} />
          )}
        </div>
      )}
    </div>
  );
}

/** True when a whole new host was entered, not while it is being typed. */
export function hostMoves(before: string, now: string): boolean {
  const [from, to] = [hostIn(before), hostIn(now.trim())];
  return to !== null && from !== to;
}
