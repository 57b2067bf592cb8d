/**
 * How much JavaScript does a page load first? Opens each page of the showroom with an empty cache and adds up what its scripts
 * weighed on the wire, compressed, until the network is quiet. Fails above 250 KB.
 *
 *   npm run bench:bundle
 */
import { openShowroom } from "../tests/tools/showroom";

const MOST_KB = 250;

const room = await openShowroom();
try {
  const weights: [string, number, number][] = [];
  for (const [name, address] of Object.entries({ ...room.pages, "sign-in": "/sign-in" })) {
    const page = await room.open();
    if (name === "sign-in") await page.context().clearCookies();
    const network = await page.context().newCDPSession(page);
    await network.send("Network.enable");
    const scripts = new Set<string>();
    let bytes = 0;
    network.on("Network.responseReceived", ({ requestId, type }) => type === "Script" && scripts.add(requestId));
    network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) bytes += encodedDataLength;
    });
    await page.goto(room.url + address, { waitUntil: "load" });
    await page.waitForTimeout(1_500);
    weights.push([name, bytes / 1024, scripts.size]);
    await page.context().close();
  }
  for (const [name, kilobytes, count] of weights.sort((a, b) => b[1] - a[1])) {
    console.log(`${kilobytes.toFixed(0).padStart(5)} KB in ${String(count).padStart(2)} scripts  ${name}`);
  }
  const most = weights[0]?.[1] ?? Number.NaN;
  console.log(`heaviest: ${most.toFixed(0)} KB (at most ${MOST_KB})`);
  if (!(most <= MOST_KB)) process.exitCode = 1;
} finally {
  await room.close();
}
