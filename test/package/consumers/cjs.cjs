const client = require('@org/sms-client');
const schemas = require('@org/sms-client/schemas');
const testing = require('@org/sms-client/testing');
const runMainFlow = require('./main-flow.cjs');

runMainFlow(client, testing).then((states) => {
  console.log(JSON.stringify({ states, shared: client.Task === schemas.Task }));
});
