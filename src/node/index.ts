/**
 * What needs Node: where credentials come from on a machine ({@link credentialChain}), and a lean `fetch` ({@link createFetch}).
 *
 * @module @org/sms-client/node
 * @packageDocumentation
 */

export { createFetch, type FetchOptions } from './create-fetch.js';
export { type ChainOptions, credentialChain } from './credential-chain.js';
export type { MetadataOptions } from './metadata.js';
