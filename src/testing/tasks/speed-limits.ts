import { optionalNumber, requireBody, requireObjects, requireText } from '../core/body.js';
import { type Answer, answerJson, answerNothing } from '../core/exchange.js';
import type { JsonObject } from '../core/json.js';
import { refuse, refuseInput } from '../core/refusal.js';
import type { Call, Route } from '../core/route.js';
import { findTask } from './find-task.js';
import type { SpeedSlot } from './task-record.js';

/** Limits by the time of day. */
export const speedRoutes: readonly Route[] = [
  { service: 'sms', pattern: 'GET /v3/tasks/{task_id}/speed-limit', operation: 'ShowsSpeedLimits', handle: handleShow },
  { service: 'sms', pattern: 'POST /v3/tasks/{task_id}/speed-limit', operation: 'UpdateSpeed', handle: handleUpdate },
];

// Hours come with one digit or two, and a day may end at 24:00.
const timeOfDay = /^([01]?\d|2[0-4]):[0-5]\d$/;

function handleShow(call: Call): Answer {
  const { speedSlots } = findTask(call);
  if (speedSlots.length === 0) throw refuse(400, 'SMS.6302', 'No speed limit is recorded for the task.');
  return answerJson({ speed_limit: speedSlots });
}

// Slots may overlap and leave gaps: no source says that they must not.
function handleUpdate(call: Call): Answer {
  const slots = requireObjects(requireBody(call.body), 'speed_limit');
  const task = findTask(call);
  task.speedSlots = slots.map(readSlot);
  return answerNothing('{}');
}

function readSlot(slot: JsonObject): SpeedSlot {
  const start = requireText(slot, 'start');
  const end = requireText(slot, 'end');
  if (!timeOfDay.test(start) || !timeOfDay.test(end)) {
    throw refuseInput('The parameters start and end must be times of the day such as 08:00.');
  }
  // The pages call the speed mandatory, the SDKs optional.
  const speed = optionalNumber(slot, 'speed', { min: 0, max: 1000 }) ?? 0;
  if (!Number.isInteger(speed)) throw refuseInput('The parameter speed must be a whole number.');
  const threshold = optionalNumber(slot, 'over_speed_threshold');
  return { start, end, speed, ...(threshold === undefined ? {} : { over_speed_threshold: threshold }) };
}
