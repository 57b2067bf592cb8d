/** Keys as they are printed on the keyboard: `mod+k` is ⌘ K on a Mac and Ctrl K elsewhere, `g e` is one after the other. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(" ").map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of one shortcut never move
        <span key={index} className="inline-flex items-center gap-1">
          {index > 0 && <span className="text-faint text-xs">then</span>}
          {step.split("+").map((key) => (
            <kbd
              key={key}
              className="inline-grid h-5 min-w-5 place-items-center rounded-sm border border-line-strong bg-sunken px-1 font-sans text-quiet text-xs"
            >
              {NAMES[key]?.() ?? (key.length === 1 ? key.toUpperCase() : key)}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

const isMac = () => typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, () => string> = {
  mod: () => (isMac() ? "⌘" : "Ctrl"),
  ArrowUp: () => "↑",
  ArrowDown: () => "↓",
  ArrowLeft: () => "←",
  ArrowRight: () => "→",
  Enter: () => "↵",
  Escape: () => "Esc",
  " ": () => "Space",
};
