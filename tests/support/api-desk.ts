/** The API's routes on a test database, called in this process with requests as a caller sends them. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../lib/db/supabase-cli";
import { type Ask, asker, type Heard } from "./api";
import { apiRoutes } from "./routes";

type Handler = (request: Request, context: { params: Promise<Record<string, unknown>> }) => Promise<Response>;

/** Asks with a token of an administrator, unless another is given. Needs a database: see desk.ts. */
export async function openApi(): Promise<Ask> {
  process.env.API_TOKEN_SECRET ??= "a-secret-of-tests-that-is-long-enough-0123456789";
  process.env.NEXTAUTH_SECRET ??= "another-secret-of-tests-that-is-long-enough-0123";
  const { issueToken } = await import("@/lib/auth/tokens");
  const { token } = await issueToken({ subject: "ops", role: "super_admin", expiresIn: "10m" });
  return asker("http://desk.test", token, [], answerInProcess);
}

const routes = apiRoutes()
  .map(({ route }) => ({ route, pattern: patternOf(route), parameters: route.split("[").length }))
  .filter(({ route }) => !route.includes("[[..."))
  .toSorted((a, b) => a.parameters - b.parameters);

/** Answers a request as the app would, also where the answer is no JSON. */
export async function answerInProcess(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const asked = new URL(request.url).pathname.replace(/^(?!\/api\/)/, "/api");
  const found = routes.find(({ pattern }) => pattern.test(asked));
  if (!found) throw new Error(`There is no route ${asked}.`);
  const file = path.join(ROOT, `app${found.route}`, "route.ts");
  const handlers = (await import(pathToFileURL(file).href)) as Record<string, Handler | undefined>;
  const handler = handlers[request.method];
  if (!handler) return new Response(null, { status: 405 });
  const values = Object.entries(found.pattern.exec(asked)?.groups ?? {});
  const params = values.map(([name, value]) => [
    name.replace(/^all_/, ""),
    name.startsWith("all_") ? value.split("/").map(decodeURIComponent) : decodeURIComponent(value),
  ]);
  return handler(request, { params: Promise.resolve(Object.fromEntries(params)) });
}

function patternOf(route: string): RegExp {
  const pattern = route
    .replace(/\[\.\.\.(\w+)\]/g, "(?<all_$1>.+)")
    .replace(/\[(\w+)\]/g, "(?<$1>[^/]+)")
    .replaceAll(".", "\\.")
    .replaceAll("\\.+)", ".+)");
  return new RegExp(`^${pattern}$`);
}

export type { Heard };
