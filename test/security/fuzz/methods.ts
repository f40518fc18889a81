/** Every public method of the client, each with a call of it. */
import type { RequestOptions, SmsClient } from '@org/sms-client';
import { calls } from '../../operations/calls.js';

/** A method, and how it is called. */
export interface Method {
  /** As one writes it, for instance `tasks.get`. */
  readonly name: string;
  readonly call: (sms: SmsClient, options: RequestOptions) => Promise<unknown>;
}

const id = 'task-1';
// More than any response holds. The limit of requests ends a wait that never ends.
const mostItems = 400;

async function collect(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) {
    count += 1;
    if (count >= mostItems) break;
  }
  return count;
}

/** The client, but with the options given as the last argument of whatever is called. */
function withOptions(sms: SmsClient, options: RequestOptions): SmsClient {
  const wrap = (target: object): object =>
    new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return wrap(member as object);
        return (...given: unknown[]) => {
          const parameters = Array.from({ length: member.length }, (_unused, index) => given[index]);
          parameters[member.length - 1] = options;
          return Reflect.apply(member, target, parameters);
        };
      },
    });
  return wrap(sms) as SmsClient;
}

const operations = Object.values(calls).map(({ call, method }): Method => {
  return { name: method, call: (sms, options) => call(withOptions(sms, options)) };
});

const follow = { intervalMs: 700, maxWaitMs: 15_000 };

const composed: Readonly<Record<string, Method['call']>> = {
  'auth.login': (sms, options) => sms.auth.login(options),
  'auth.getToken': (sms, options) => sms.auth.getToken(options),
  'auth.verifyToken': (sms, options) => sms.auth.verifyToken('T0K3N-verified', options),
  'auth.listProjects': (sms, options) => sms.auth.listProjects(options),
  'auth.forgetToken': (sms) => sms.auth.forgetToken(),
  'tasks.start': (sms, options) => sms.tasks.start(id, options),
  'tasks.stop': (sms, options) => sms.tasks.stop(id, options),
  'tasks.restart': (sms, options) => sms.tasks.restart(id, options),
  'tasks.test': (sms, options) => sms.tasks.test(id, options),
  'tasks.cloneTest': (sms, options) => sms.tasks.cloneTest(id, options),
  'tasks.checkNetwork': (sms, options) => sms.tasks.checkNetwork(id, options),
  'tasks.skipConsistencyCheck': (sms, options) => sms.tasks.skipConsistencyCheck(id, options),
  'tasks.clearSnapshots': (sms, options) => sms.tasks.clearSnapshots(id, options),
  'tasks.migrationTest': (sms, options) => sms.tasks.migrationTest(id, options),
  'tasks.explainStart': (sms, options) => sms.tasks.explainStart(id, options),
  'tasks.watch': (sms, { signal }) => collect(sms.tasks.watch(id, { ...follow, signal })),
  'tasks.waitFor': (sms, { signal }) => sms.tasks.waitFor(id, { ...follow, signal }),
  'tasks.startAndWait': (sms, { signal }) => sms.tasks.startAndWait(id, { ...follow, signal, ifRunning: 'follow' }),
  'tasks.actAndWait': (sms, { signal }) => sms.tasks.actAndWait(id, { operation: 'stop' }, { ...follow, signal }),
  'tasks.startAllAndWait': (sms, { signal }) => sms.tasks.startAllAndWait([id, 'task-2'], { ...follow, signal }),
  'tasks.startMany': (sms, { signal }) => sms.tasks.startMany([id, 'task-2', 'task-3'], { signal }),
  'tasks.watchMany': (sms, { signal }) => collect(sms.tasks.watchMany({}, { ...follow, signal })),
  'tasks.waitForAll': (sms, { signal }) => sms.tasks.waitForAll([id, 'task-2'], { ...follow, signal }),
  'tasks.listAll': (sms, options) => collect(sms.tasks.listAll({}, options)),
  'sourceServers.listAll': (sms, options) => collect(sms.sourceServers.listAll({}, options)),
  'sourceServers.listAllErrors': (sms, options) => collect(sms.sourceServers.listAllErrors({}, options)),
  'templates.listAll': (sms, options) => collect(sms.templates.listAll({}, options)),
  'migrationProjects.listAll': (sms, options) => collect(sms.migrationProjects.listAll({}, options)),
};

/** All of them: one a method of the service, and what is made of several. */
export const methods: readonly Method[] = [
  ...operations,
  ...Object.entries(composed).map(([name, call]) => ({ name, call })),
];

// They belong to the wiring of the client, and are public by accident of the language alone.
const internal = /^auth\.(authorize|accepted|refused)$/;

/** The names of the methods that a client has, found on the client itself. */
export function listMethods(sms: SmsClient): string[] {
  return Object.entries(sms).flatMap(([resource, object]) => {
    const names = new Set<string>();
    for (let level = object as object; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
      for (const name of Object.getOwnPropertyNames(level))
        if (name !== 'constructor') names.add(`${resource}.${name}`);
    }
    return [...names].filter((name) => !internal.test(name));
  });
}
