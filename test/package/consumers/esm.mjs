import * as client from '@org/sms-client';
import * as node from '@org/sms-client/node';
import * as schemas from '@org/sms-client/schemas';
import * as testing from '@org/sms-client/testing';
import isShared from './is-shared.cjs';
import runMainFlow from './main-flow.cjs';

const states = await runMainFlow(client, testing);
const shared = client.Task === schemas.Task && isShared(client, node);
console.log(JSON.stringify({ states, shared }));
