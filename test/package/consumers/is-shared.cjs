/** Whether `./node` throws the very errors that the root exports. */
module.exports = function isShared({ ConfigurationError }, { credentialChain }) {
  try {
    credentialChain({ metadata: 'wrong' });
    return false;
  } catch (error) {
    return error instanceof ConfigurationError;
  }
};
