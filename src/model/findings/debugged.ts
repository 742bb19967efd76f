import type { Rule } from './rule';

const ID = 'debugger';

/** A debugger makes the program slower: figures are to be read with that in mind. */
export const debugged: Rule = {
  id: ID,
  // It is known when the debugger has gone.
  holdMs: 0,
  check({ distortion: text }) {
    return text === null ? [] : [{ id: ID, rule: ID, severity: 'info', text, site: null, action: null }];
  },
};
