/** Ids: of what was created or changed, and of what is to be deleted. */
import { type Infer, idText, list, loose, type Schema, strict, text } from './fields.js';

const created = loose({
  /** Id of what was created. */
  id: text(),
});

/** The response of operations that create something: only its id. */
export interface CreatedId extends Infer<typeof created> {}
/** Schema of the type of the same name. */
export const CreatedId: Schema<CreatedId> = created;

const updated = loose(
  {},
  {
    /** Id of what was changed. */
    id: text(),
  },
);

/** The response to the change of a task. Other changes return nothing. */
export interface UpdatedId extends Infer<typeof updated> {}
/** Schema of the type of the same name. */
export const UpdatedId: Schema<UpdatedId> = updated;

const idList = strict({
  /** Ids of what to delete. */
  ids: list(idText()),
});

/** Source servers or templates to delete. */
export interface IdList extends Infer<typeof idList> {}
/** Schema of the type of the same name. */
export const IdList: Schema<IdList> = idList;

const taskIdList = strict({
  /** Ids of the tasks to delete: 1 to 50. Documents before 2026 allow 65535. */
  ids: list(idText(), { min: 1, max: 50 }),
});

/** Tasks to delete. */
export interface TaskIdList extends Infer<typeof taskIdList> {}
/** Schema of the type of the same name. */
export const TaskIdList: Schema<TaskIdList> = taskIdList;
