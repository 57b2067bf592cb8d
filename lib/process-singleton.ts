/**
 * One value per process. Next bundles its routes separately from server.ts, so a module's own variable would exist twice:
 * two pools, two batchers, two wake-ups of the worker.
 */
export function processSingleton<Value>(name: string, make: () => Value): Value {
  const store = globalThis as Record<symbol, unknown>;
  const key = Symbol.for(`redrive.${name}`);
  store[key] ??= make();
  return store[key] as Value;
}
