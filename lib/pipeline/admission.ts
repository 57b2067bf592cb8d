/**
 * How many bytes of large bodies this process holds at a time: read, verified, being stored. What is beyond waits on its
 * socket, unread, and is told to come back when that takes too long. Small bodies never wait: large ones cannot starve them.
 *
 * Counted is what has arrived, never what was announced, so that a slow sender holds no more room than it fills. When all
 * room is taken by bodies that are not complete, the one that came first goes on beyond it, alone, so that there is always
 * one that ends; when it is too slow for that, it is given up.
 */
import { processSingleton } from "@/lib/process-singleton";

/** A body up to this is small. */
const SMALL_BYTES = 64 * 1024;
/** As much as is stored in a second or two: what is let in then ends in time, and the others wait where they take no memory. */
const ROOM_BYTES = 12 * 1024 * 1024;
/** How long a request waits for room, all its waits together: the sender hears 503 within three seconds. */
const PATIENCE_MS = 2_700;
/** Who goes on beyond the room must bring so much in so long. */
const LEADER_BYTES = 64 * 1024;
const CHECK_MS = 500;
/** What one that goes on is expected to bring before it is asked again. */
const STEP_BYTES = 256 * 1024;

export interface Admission {
  /**
   * Says that so many more bytes have arrived. Undefined: read on. Else read on when the promise says true; with false there
   * is no room, and the body is to be forgotten.
   */
  took(bytes: number): Promise<boolean> | undefined;
  /** Its last byte has arrived. */
  complete(): void;
  /** It is stored, or forgotten. */
  release(): void;
}

interface Reader {
  /** Numbered as they came. */
  turn: number;
  bytes: number;
  sinceCheck: number;
  waitedMs: number;
  isComplete: boolean;
  giveUp: () => void;
  /** While it waits. */
  goOn?: (hasRoom: boolean) => void;
}

const room = processSingleton("admission", createRoom);

/** Opens the account of one request. `giveUp` is called when it is too slow for the room it takes: forget its body. */
export function openAdmission(giveUp: () => void): Admission {
  return room.open(giveUp);
}

/** For tests: a room of another size. */
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
