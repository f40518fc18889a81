/**
 * Where credentials come from on a machine with Node: {@link credentialChain}.
 *
 * @module @org/sms-client/node
 * @packageDocumentation
 */
export { type ChainOptions, credentialChain } from './credential-chain.js';
export type { MetadataOptions } from './metadata.js';
