/**
 * Limits the bytes of large bodies that this process holds at a time: read, verified, being stored. Further bodies wait on
 * their socket, unread, and their senders get 503 when that takes too long. Small bodies never wait, so large ones cannot
 * starve them.
 *
 * What has arrived is counted, never what was announced, so that a slow sender holds no more memory than it fills. When
 * incomplete bodies fill the limit, the oldest of them goes on beyond it, alone, so that there is always one that can end.
 * When that one is too slow, it is given up.
 */
import { processSingleton } from "@/lib/process-singleton";

/** A body up to this is small. */
const SMALL_BYTES = 64 * 1024;
/**
 * As much as is stored in a second or two. Admitted bodies are then stored in time, and the others wait where they use no
 * memory.
 */
const ROOM_BYTES = 12 * 1024 * 1024;
/** How long a request waits for memory, all its waits together: the sender gets 503 within three seconds. */
const PATIENCE_MS = 2_700;
/** The body that goes on beyond the limit must receive this many bytes in this time. */
const LEADER_BYTES = 64 * 1024;
const CHECK_MS = 500;
/** How many bytes it may receive before its speed is checked again. */
const STEP_BYTES = 256 * 1024;

export interface Admission {
  /**
   * Reports that so many more bytes have arrived. Undefined: read on. Otherwise read on when the promise resolves to true;
   * with false there is no memory for the body, and it must be dropped.
   */
  took(bytes: number): Promise<boolean> | undefined;
  /** Its last byte has arrived. */
  complete(): void;
  /** The body is stored, or dropped. */
  release(): void;
}

interface Reader {
  /** In the order of arrival. */
  turn: number;
  bytes: number;
  sinceCheck: number;
  waitedMs: number;
  isComplete: boolean;
  giveUp: () => void;
  /** Set while it waits. */
  goOn?: (hasRoom: boolean) => void;
}

const room = processSingleton("admission", createRoom);

/** Begins the accounting of one request. `giveUp` is called when it is too slow for the memory it holds: drop its body. */
export function openAdmission(giveUp: () => void): Admission {
  return room.open(giveUp);
}

/** With another limit, for tests. */
export function createRoom(roomBytes = ROOM_BYTES) {
  const waiting: Reader[] = [];
  let turns = 0;
  let held = 0;
  let completeBytes = 0;
  let leader: Reader | undefined;
  let checking: NodeJS.Timeout | undefined;

  function wait(reader: Reader): Promise<boolean> {
    const started = performance.now();
    return new Promise((resolve) => {
      const timer = setTimeout(() => leave(reader, false), PATIENCE_MS - reader.waitedMs);
      reader.goOn = (hasRoom) => {
        clearTimeout(timer);
        reader.goOn = undefined;
        reader.waitedMs += performance.now() - started;
        resolve(hasRoom);
      };
      const behind = waiting.findIndex((other) => other.turn > reader.turn);
      waiting.splice(behind < 0 ? waiting.length : behind, 0, reader);
      admit();
    });
  }

  function leave(reader: Reader, hasRoom: boolean): void {
    const at = waiting.indexOf(reader);
    if (at >= 0) waiting.splice(at, 1);
    reader.goOn?.(hasRoom);
  }

  function admit(): void {
    for (let free = roomBytes - held; free > 0 && waiting[0]; free -= STEP_BYTES) leave(waiting[0], true);
    if (!leader && completeBytes === 0 && waiting[0]) {
      leader = waiting[0];
      leader.sinceCheck = 0;
      leave(leader, true);
    }
    if (waiting.length > 0) checking ??= setInterval(check, CHECK_MS).unref();
    else {
      clearInterval(checking);
      checking = undefined;
    }
  }

  function check(): void {
    if (!leader) admit();
    else if (leader.sinceCheck < LEADER_BYTES) leader.giveUp();
    else leader.sinceCheck = 0;
  }

  function open(giveUp: () => void): Admission {
    const reader: Reader = { turn: turns, bytes: 0, sinceCheck: 0, waitedMs: 0, isComplete: false, giveUp };
    const counted = () => (reader.bytes > SMALL_BYTES ? reader.bytes : 0);
    let isOpen = true;
    turns += 1;
    return {
      took(bytes) {
        if (!isOpen) return undefined;
        const before = counted();
        reader.bytes += bytes;
        reader.sinceCheck += bytes;
        held += counted() - before;
        return counted() > 0 && held > roomBytes && reader !== leader ? wait(reader) : undefined;
      },
      complete() {
        if (!isOpen || reader.isComplete) return;
        reader.isComplete = true;
        completeBytes += counted();
        if (leader === reader) leader = undefined;
        admit();
      },
      release() {
        if (!isOpen) return;
        isOpen = false;
        held -= counted();
        if (reader.isComplete) completeBytes -= counted();
        if (leader === reader) leader = undefined;
        leave(reader, false);
        admit();
      },
    };
  }

  return { open, held: () => held };
}
