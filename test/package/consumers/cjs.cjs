const client = require('@org/sms-client');
const node = require('@org/sms-client/node');
const schemas = require('@org/sms-client/schemas');
const testing = require('@org/sms-client/testing');
const isShared = require('./is-shared.cjs');
const runMainFlow = require('./main-flow.cjs');

runMainFlow(client, testing).then((states) => {
  const shared = client.Task === schemas.Task && isShared(client, node);
  console.log(JSON.stringify({ states, shared }));
});
