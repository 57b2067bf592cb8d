import { ArrowDown, ArrowUp, ChevronsDownUp, ChevronsUpDown, Search } from "lucide-react";
import { useRef } from "react";
import { useShortcuts } from "@/lib/client/shortcuts";
import { CopyButton } from "../copy-button";
import { count } from "../format";
import { Button } from "../ui/button";
import type { PayloadTreeState } from "./use-payload-tree";

/** The bar above a payload: search, expand all, collapse all. */
export function PayloadSearch({ tree, text }: { tree: PayloadTreeState; text: string }) {
  const input = useRef<HTMLInputElement>(null);
  useShortcuts("Payload", [{ keys: "/", label: "Search in the payload", run: () => input.current?.focus() }]);
  const { search } = tree;
  const found = search.matches.length;
  return (
    <div className="sticky top-12 z-2 flex h-10 items-center gap-1 border-b bg-page">
      <label className="flex min-w-0 flex-1 items-center gap-2">
        <Search aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
        <span className="sr-only">Search in the payload</span>
        <input
          ref={input}
          value={search.text}
          placeholder="Search names and values"
          spellCheck={false}
          autoComplete="off"
          data-testid="payload-search"
          onChange={(event) => search.ask(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Enter") search.go(event.shiftKey ? -1 : 1);
            if (event.key === "Escape") {
              search.ask("");
              event.currentTarget.blur();
            }
          }}
          className="h-7 min-w-0 flex-1 bg-transparent outline-none placeholder:text-faint"
        />
      </label>
      {search.text !== "" && (
        <>
          <span role="status" data-testid="payload-matches" className="shrink-0 px-1 text-quiet text-sm tabular-nums">
            {found === 0 ? "No match" : `${count(search.current + 1)} of ${count(found)}`}
          </span>
          <Tool label="Previous match (Shift+Enter)" disabled={found === 0} onPress={() => search.go(-1)}>
            <ArrowUp />
          </Tool>
          <Tool label="Next match (Enter)" disabled={found === 0} onPress={() => search.go(1)}>
            <ArrowDown />
          </Tool>
        </>
      )}
      <Tool label="Unfold all" onPress={() => tree.setAll(true)}>
        <ChevronsUpDown />
      </Tool>
      <Tool label="Fold all" onPress={() => tree.setAll(false)}>
        <ChevronsDownUp />
      </Tool>
      <CopyButton text={text} what="payload" className="size-7" />
    </div>
  );
}

function Tool({
  label,
  disabled,
  onPress,
  children,
}: {
  label: string;
  disabled?: boolean;
  onPress: () => void;
  children: React.ReactNode;
}) {
  return (
    <Button
      variant="ghost"
      size="icon"
      className="size-7 text-faint [&_svg]:size-3.5"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onPress}
    >
      {children}
    </Button>
  );
}
