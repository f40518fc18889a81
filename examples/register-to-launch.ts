/**
 * A whole migration on the simulator: a source server appears, gets a template and a task, is copied under a speed limit, launched
 * and checked, and everything is cleaned up. `npm run example -- register-to-launch`
 */
import { SmsClient, suggestedTarget } from '@org/sms-client';
import { createSimulator } from '@org/sms-client/testing';
import { runExample } from './support/run-example.js';

await runExample(async ({ intervalMs, signal }) => {
  const simulator = createSimulator({ speed: 600 });
  const sms = new SmsClient({
    endpoint: simulator.smsEndpoint,
    iamEndpoint: simulator.iamEndpoint,
    credentials: { username: 'testname', password: 'Password', domainName: 'testname' },
    fetch: simulator.fetch,
  });
  if (!(await sms.privacyAgreements.get()).flag) await sms.privacyAgreements.accept();

  // The agent on the server registers it; here the simulator does it in its place.
  simulator.addSourceServer({ name: 'web-server-01' });
  const { source_servers: servers } = await sms.sourceServers.list({ name: 'web-server-01' });
  if (servers[0] === undefined) throw new Error('The agent has not registered the server.');
  const source = await sms.sourceServers.get(servers[0].id);
  console.log(
    `Source    ${source.name}: ${source.state}, ${source.checks?.length} checks, ${source.disks?.length} disk`,
  );

  const template = await sms.templates.create({ name: 'web-template', volumetype: 'SAS' });
  console.log(`Template  ${template.id}`);

  const place = { region_id: 'cn-north-4', region_name: 'cn-north-4', project_name: 'cn-north-4' };
  const { id } = await sms.tasks.create({
    ...place,
    name: 'web-server-01',
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    source_server: { id: source.id },
    target_server: suggestedTarget(source),
    vm_template_id: template.id,
    exist_server: false,
    project_id: '0215ef11e49d4743be23dd97a1561xxx',
  });
  console.log(`Task      ${id}`);

  await sms.tasks.setSpeedLimits(id, { speed_limit: [{ start: '8:00', end: '18:00', speed: 50 }] });
  const action = { is_need_consistency_check: true };
  const copied = await sms.tasks.startAndWait(id, { action, intervalMs, signal });
  console.log(`Copied    ${copied.state}`);

  // The documentation does not say which operation launches a target. The simulator accepts `cutover`.
  const launched = await sms.tasks.actAndWait(id, { operation: 'cutover' }, { intervalMs, signal });
  console.log(`Launched  ${launched.sub_tasks?.at(-1)?.user_op}\nTarget    ${launched.target_server?.vm_id}`);

  const { result_list: results } = await sms.tasks.getConsistencyResult(id);
  console.log(`Checked   ${results?.length ?? 0} results`);

  await sms.tasks.delete(id);
  const outcomes = await sms.templates.deleteMany([template.id]);
  console.log(`Cleaned   ${outcomes.every(({ outcome }) => outcome === 'deleted') ? 'everything' : 'not everything'}`);
});
