/**
 * Endpoints that send bytes nobody asked for on a kept connection. Each request has another body, and the endpoint repeats
 * it, so that an answer that was taken for another request's is seen.
 */
import type { Socket } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import type { Behaviour, Endpoint } from "../support/hostile";
import { answerWith, perRequest, startTalk } from "../support/kept";
import { until } from "../support/processes";

const open: Endpoint[] = [];
afterAll(() => Promise.all(open.map((endpoint) => endpoint.close())));

async function start(behave?: Behaviour) {
  const talk = await startTalk(behave);
  open.push(talk.endpoint);
  return talk;
}

const isClosed = (socket?: Socket) => !socket || socket.destroyed || socket.readableEnded;
/** The first answer of the first connection is followed by these bytes, after `pauseMs` or in the same packet. */
const followedBy = (stray: string, pauseMs?: number): Behaviour => {
  let isFirst = true;
  return perRequest((socket, body) => {
    const first = isFirst;
    isFirst = false;
    if (!first) socket.write(answerWith(body));
    else if (pauseMs === undefined) socket.write(answerWith(body) + stray);
    else {
      socket.write(answerWith(body));
      setTimeout(() => socket.write(stray), pauseMs);
    }
  });
};

const HALF = "half of a second answer";
const STRAY: [string, string][] = [
  ["a second answer", answerWith("spoofed")],
  [HALF, "HTTP/1.1 200 OK\r\ncontent-le"],
  ["garbage", "\0\0garbage"],
  ["an interim answer", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["an upgrade", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
  ["more than its length", "x"],
];

describe("bytes after an answer never belong to the next request", () => {
  test.each(STRAY.filter(([name]) => name !== HALF))("%s in the same packet", async (_name, stray) => {
    const { endpoint, ask } = await start(followedBy(stray));
    expect(await ask("one")).toBe("one");
    expect(await ask("two")).toBe("two");
    expect(endpoint.connections).toBe(2);
  });

  test.each(STRAY)("%s a moment later", async (_name, stray) => {
    const { endpoint, ask, sockets } = await start(followedBy(stray, 20));
    expect(await ask("one")).toBe("one");
    await until("we have closed the connection", () => isClosed(sockets[0]), 900);
    expect(await ask("two")).toBe("two");
    expect(endpoint.connections).toBe(2);
  });

  test.each(STRAY)(
    "%s that has arrived, but that we have not read when the next request begins",
    async (_name, stray) => {
      const { endpoint, ask, received, sockets } = await start();
      expect(await ask("one")).toBe("one");
      // Into the kernel at once, in the turn in which the request takes the connection.
      sockets[0]?.write(stray);
      expect(await ask("two")).toBe("two");
      expect([endpoint.connections, received("two")]).toEqual([2, 1]);
    },
  );
});

test("half of a second answer in the same packet is dropped, and the other half closes the connection", async () => {
  const second = answerWith("spoofed");
  let connections = 0;
  const { endpoint, ask, sockets } = await start((socket, request, number) => {
    connections += 1;
    const isFirst = connections === 1;
    return perRequest((_socket, body) => {
      socket.write(answerWith(body) + (isFirst ? second.slice(0, 20) : ""));
      if (isFirst) setTimeout(() => socket.write(second.slice(20)), 20);
    })(socket, request, number);
  });
  expect(await ask("one")).toBe("one");
  await until("we have closed the connection", () => isClosed(sockets[0]), 900);
  expect(await ask("two")).toBe("two");
  expect(endpoint.connections).toBe(2);
});
