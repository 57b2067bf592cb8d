import { openApiDocument } from "@/lib/contract/openapi-document";

export const dynamic = "force-static";

/** This API as an OpenAPI 3.1 document. Public: it holds no data. */
export function GET(): Response {
  return Response.json(openApiDocument());
}
