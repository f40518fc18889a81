/** Ids as the service writes them, unique within one simulator. With one seed each run has the same. */
export interface Identifiers {
  /** An integer, as steps, disks and partitions have. */
  number(): number;
  /** The number of the next source server, for its address. */
  source(): number;
  /** 32 hex digits, as tasks have; counted, so that the first task of every simulator has the same id. */
  task(): string;
  /** This many random hex digits. Default: 32, as for users, accounts and requests. */
  hex(digits?: number): string;
  /** A UUID, as servers, disks and snapshots have. */
  uuid(): string;
}

/** Counters and random digits of one simulator. */
export function createIdentifiers(seed: number): Identifiers {
  const random = createRandom(seed);
  let lastNumber = 3513;
  let lastTask = 0;
  let lastSource = 0;
  function hex(digits = 32): string {
    let text = '';
    while (text.length < digits) text += random().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }
  return {
    number() {
      lastNumber += 1;
      return lastNumber;
    },
    source() {
      lastSource += 1;
      return lastSource;
    },
    task() {
      lastTask += 1;
      return `8abda8635e09d185015e09d188dd${lastTask.toString(16).padStart(4, '0')}`;
    },
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}

// splitmix32: nothing here must be hard to guess, and Web Crypto has no seed.
function createRandom(seed: number): () => number {
  let state = Math.trunc(seed) >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let value = state ^ (state >>> 16);
    value = Math.imul(value, 0x21f0aaad);
    value ^= value >>> 15;
    value = Math.imul(value, 0x735a2d97);
    return (value ^ (value >>> 15)) >>> 0;
  };
}
