/**
 * Reads the provider's list as fast as it allows, a request each with a connection of its own, until it is killed: what a run
 * costs the machine without Redrive. See reconcile.ts.
 */
import http from "node:http";

const PER_SECOND = 23;

const [url = "", key = ""] = process.argv.slice(2);
let cursor = "";
let isReading = false;
for (;;) {
  const turn = new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  const text = await read(`${url}/v1/events?limit=100${cursor && `&starting_after=${cursor}`}`);
  const page = JSON.parse(text) as { data: { id: string }[]; has_more: boolean };
  cursor = page.has_more ? (page.data.at(-1)?.id ?? "") : "";
  if (!isReading) process.stdout.write("reading\n");
  isReading = true;
  await turn;
}

function read(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(address, { agent: false, headers: { authorization: `Bearer ${key}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on("error", reject);
  });
}
