import { readObject, requireBody, requireIds } from '../core/body.js';
import { refuseInput, refuseMissing, respondEmpty, respondJson, type ServiceResponse } from '../core/exchange.js';
import { maximumInt32, passes, passesPart, respondPage } from '../core/query.js';
import type { Call, Route } from '../core/route.js';
import type { World } from '../world.js';
import { createTemplate, readTemplate, type TemplateRecord } from './template-record.js';

/** Templates of target servers. */
export const templateRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'POST /v3/vm/templates', operation: 'CreateTemplate', handle: handleCreate },
  { service: 'sms', pattern: 'GET /v3/vm/templates', operation: 'ListTemplates', handle: handleList },
  { service: 'sms', pattern: 'GET /v3/vm/templates/{id}', operation: 'ShowTemplate', handle: handleShow },
  { service: 'sms', pattern: 'PUT /v3/vm/templates/{id}', operation: 'UpdateTemplate', handle: handleUpdate },
  { service: 'sms', pattern: 'DELETE /v3/vm/templates/{id}', operation: 'DeleteTemplate', handle: handleDelete },
  { service: 'sms', pattern: 'POST /v3/vm/templates/delete', operation: 'DeleteTemplates', handle: handleDeleteMany },
  {
    service: 'sms',
    pattern: 'GET /v3/vm/templates/{id}/target-password',
    operation: 'ShowTargetPassword',
    handle: handlePassword,
  },
];

function handleCreate({ world, body }: Call): ServiceResponse {
  const sent = readObject(requireBody(body).template);
  if (sent === null) throw refuseInput('The parameter template is mandatory.');
  const template = createTemplate(world.identifiers.uuid(), readTemplate(sent, world.identifiers));
  world.templates.set(template.id, template);
  return respondJson({ id: template.id });
}

function handleList(call: Call): ServiceResponse {
  const { world, query } = call;
  const matches = world.templates
    .values()
    .filter(
      (template) =>
        passesPart(query.name, template.name) &&
        passes(query.availability_zone, template.availability_zone) &&
        passes(query.region, template.region) &&
        passes(query.id, template.id),
    );
  const limits = { standard: 50, maximum: 100, maximumOffset: maximumInt32 };
  return respondPage(call, 'templates', limits, matches, describeTemplate);
}

function handleShow({ world, parameters }: Call): ServiceResponse {
  return respondJson({ template: describeTemplate(requireTemplate(world, parameters.id)) });
}

// ASSUMPTION: fields that a request leaves out stay unchanged.
function handleUpdate({ world, parameters, body }: Call): ServiceResponse {
  const sent = readObject(requireBody(body ?? {}).template);
  const template = requireTemplate(world, parameters.id);
  if (sent !== null) world.templates.set(template.id, { ...template, ...readTemplate(sent, world.identifiers) });
  return respondEmpty('""');
}

// ASSUMPTION: a template may be deleted while tasks use it; no source rules it out.
function handleDelete({ world, parameters }: Call): ServiceResponse {
  world.templates.delete(requireTemplate(world, parameters.id).id);
  return respondEmpty('');
}

function handleDeleteMany({ world, body }: Call): ServiceResponse {
  const templates = requireIds(body, maximumInt32).map((id) => requireTemplate(world, id));
  for (const { id } of templates) world.templates.delete(id);
  return respondEmpty('{}');
}

function handlePassword({ world, parameters }: Call): ServiceResponse {
  const { id, target_password } = requireTemplate(world, parameters.id);
  return respondJson({ template_id: id, target_password });
}

function requireTemplate(world: World, id: string | undefined): TemplateRecord {
  const template = world.templates.get(id ?? '');
  if (template === undefined) throw refuseMissing(`template ${id}`);
  return template;
}

// ASSUMPTION: the password is empty here, because it has an operation of its own.
function describeTemplate(template: TemplateRecord): unknown {
  return { ...template, is_template: String(template.is_template), target_password: '' };
}
