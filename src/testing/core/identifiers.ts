/** Ids as the service writes them, unique within one simulator. */
export interface Identifiers {
  /** An integer, as steps, disks and partitions have. */
  number(): number;
  /** 32 hex digits, as tasks have; counted, so that the first task of every simulator has the same id. */
  task(): string;
  /** 32 random hex digits, as users, accounts and requests have. */
  hex(): string;
  /** A UUID, as servers, disks and snapshots have. */
  uuid(): string;
}

/** Counters of their own for one simulator. */
export function createIdentifiers(): Identifiers {
  let lastNumber = 3513;
  let lastTask = 0;
  return {
    number() {
      lastNumber += 1;
      return lastNumber;
    },
    task() {
      lastTask += 1;
      return `8abda8635e09d185015e09d188dd${lastTask.toString(16).padStart(4, '0')}`;
    },
    hex: () => crypto.randomUUID().replaceAll('-', ''),
    uuid: () => crypto.randomUUID(),
  };
}
