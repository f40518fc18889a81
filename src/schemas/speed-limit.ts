/** Bandwidth limits by time of day. */
import { type Infer, list, loose, megabitsPerSecond, number, percent, type Schema, strict, text } from './fields.js';

const timeOfDay = () => text({ max: 255, pattern: /^\d{1,2}:\d{2}$/, form: 'a time such as 08:00 or 24:00' });

// SpeedLimitlJson on the wire's side: the documentation misspells it.
const speedSlot = loose(
  {},
  {
    /** When the slot begins. The hour need not have two digits: `0:00`. */
    start: text(),
    /** When the slot ends. A day ends at `24:00`; the hour need not have two digits. */
    end: text(),
    /** Bandwidth cap, in Mbit/s (the documentation of 2020 says MB/s); 0 means unlimited. */
    speed: megabitsPerSecond(),
    /** The task is stopped when its rate exceeds the cap by more than this, in percent. */
    over_speed_threshold: percent(),
  },
);

/** The bandwidth limit of a part of the day. */
export interface SpeedSlot extends Infer<typeof speedSlot> {}
/** Schema of the type of the same name. */
export const SpeedSlot: Schema<SpeedSlot> = speedSlot;

const speedLimits = loose(
  {},
  {
    /** The slots; an empty array when there is no limit. A task's own `speed_limit` is one number instead. */
    speed_limit: list(SpeedSlot),
  },
);

/** The bandwidth limits of a task by time of day. */
export interface SpeedLimits extends Infer<typeof speedLimits> {}
/** Schema of the type of the same name. */
export const SpeedLimits: Schema<SpeedLimits> = speedLimits;

const speedSlotInput = strict(
  {
    /** When the slot begins, as hour and minute: `08:00`. */
    start: timeOfDay(),
    /** When the slot ends, as hour and minute; a day ends at `24:00`. */
    end: timeOfDay(),
  },
  {
    /** Bandwidth cap, in Mbit/s: 0 to 1000, 0 means unlimited. The reference calls it required, the SDKs do not: set it. */
    speed: number({ min: 0, max: 1000 }),
    /** Stop the task when its rate exceeds the cap by more than this, in percent. */
    over_speed_threshold: percent(),
  },
);

/** A bandwidth limit to set for a part of the day. */
export interface SpeedSlotInput extends Infer<typeof speedSlotInput> {}
/** Schema of the type of the same name. */
export const SpeedSlotInput: Schema<SpeedSlotInput> = speedSlotInput;

const speedLimitsUpdate = strict({
  /** The slots: they replace all that were set before. */
  speed_limit: list(SpeedSlotInput),
});

/** The bandwidth limits to set on a task. */
export interface SpeedLimitsUpdate extends Infer<typeof speedLimitsUpdate> {}
/** Schema of the type of the same name. */
export const SpeedLimitsUpdate: Schema<SpeedLimitsUpdate> = speedLimitsUpdate;
