import * as client from '@org/sms-client';
import * as schemas from '@org/sms-client/schemas';
import * as testing from '@org/sms-client/testing';
import runMainFlow from './main-flow.cjs';

const states = await runMainFlow(client, testing);
console.log(JSON.stringify({ states, shared: client.Task === schemas.Task }));
