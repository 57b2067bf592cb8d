/** Keeps the product's log out of what a bench prints: its lines would cost more than what is measured. */
export function muteLog(): void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((line: string | Uint8Array, ...rest: never[]) =>
    String(line).startsWith('{"') || write(line, ...rest)) as typeof process.stdout.write;
}
