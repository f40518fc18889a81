/** An abort controller whose signal counts its listeners. */
export function makeCountingController() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { now: 0, most: 0, added: 0 };
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener(...parameters: Parameters<typeof addEventListener>) {
      count.now += 1;
      count.added += 1;
      count.most = Math.max(count.most, count.now);
      addEventListener.apply(signal, parameters);
    },
    removeEventListener(...parameters: Parameters<typeof removeEventListener>) {
      if (parameters[0] === 'abort') count.now -= 1;
      removeEventListener.apply(signal, parameters);
    },
  });
  return { controller, signal, count };
}
