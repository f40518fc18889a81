/** States of a source server, for the four places that spell the set differently. */
import { exactlyOneOf, oneOf } from './fields.js';

const everywhere = [
  'unavailable',
  'waiting',
  'replicate',
  'syncing',
  'stopping',
  'stopped',
  'skipping',
  'deleting',
  'clearing',
  'cleared',
  'clearfailed',
  'premigready',
  'premiged',
  'premigfailed',
  'cloning',
  'cutovering',
  'finished',
  'error',
] as const;

/** @internal A state that a response shows. */
// @__NO_SIDE_EFFECTS__
export function shownState() {
  return oneOf(...everywhere, 'initialize', 'premiging');
}

/** @internal A state that an agent registers a server with: the documentation leaves out `premiging`. */
// @__NO_SIDE_EFFECTS__
export function registeredState() {
  return oneOf(...everywhere, 'initialize');
}

/** @internal A state to select servers by: the filter leaves out `premiging`. */
// @__NO_SIDE_EFFECTS__
export function selectedState() {
  return exactlyOneOf(...everywhere, 'initialize');
}

/** @internal A state to put a server in: here alone `initialize` is spelled `init`. */
// @__NO_SIDE_EFFECTS__
export function givenState() {
  return oneOf(...everywhere, 'init', 'premiging');
}
