/** The text for `error_json` when the agent of a task met an error. */
export function describeAgentError(code: string, message: string): string {
  return JSON.stringify({ error_code: code, error_msg: message, error_param: [] });
}
