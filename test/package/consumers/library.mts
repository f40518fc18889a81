/** A library on top of ours: it compiles with `declaration: true` and exports what our functions return, without annotations. */
import { isSmsError, SmsClient } from '@org/sms-client';
import { credentialChain } from '@org/sms-client/node';
import { SourceServer, Task, TaskQuery } from '@org/sms-client/schemas';
import { createSimulator } from '@org/sms-client/testing';
import * as z from 'zod/mini';

export const simulator = createSimulator();
export const credentials = credentialChain();
export const sms = new SmsClient({ endpoint: simulator.smsEndpoint, credentials, fetch: simulator.fetch });

export const { auth, sourceServers, tasks, templates } = sms;
export const start = (id: string) => sms.tasks.start(id);
export const startMany = (ids: string[]) => sms.tasks.startMany(ids);
export const waitForAll = (ids: string[]) => sms.tasks.waitForAll(ids);
export const startAndWait = (id: string) => sms.tasks.startAndWait(id);
export const watch = (id: string) => sms.tasks.watch(id);
export const listTasks = () => sms.tasks.list();
export const listAll = () => sms.tasks.listAll();
export const readServers = async () =>
  (await sms.sourceServers.list()).source_servers.map(({ id, name }) => ({ id, name }));
export const readToken = (token: string) => sms.auth.verifyToken(token);
export const explain = (error: unknown) => (isSmsError(error) ? error : undefined);

export const parsed = (value: unknown) => Task.safeParse(value);
export const schemas = { Task, TaskQuery, SourceServer };
export const Job = z.object({ task: Task, servers: z.array(SourceServer) });
export const PartialTask = z.partial(Task);
export const NotedTask = z.extend(Task, { note: z.optional(z.string()) });
export type Job = z.infer<typeof Job>;
