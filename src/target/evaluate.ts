import { setTimeout as delay } from 'node:timers/promises';
import { HumanError } from '../base/errors';
import { ProtocolError, type Session } from './session';
import { LOADING } from './settled';

/** A value in the target: by value, or as a reference that its object group keeps alive. */
export interface RemoteObject {
  type: string;
  objectId?: string;
  value?: unknown;
  description?: string;
}

interface Evaluated {
  result: RemoteObject;
  exceptionDetails?: { text?: string; exception?: RemoteObject };
}

const STARTING_MS = 5000;
const STARTING_POLL_MS = 20;

/** Evaluates an expression of ours; breakpoints and pauses are off meanwhile. Rejects with ProtocolError when it throws. */
export async function evaluate(
  session: Session,
  expression: string,
  {
    returnByValue = false,
    timeoutMs,
    objectGroup,
  }: { returnByValue?: boolean; timeoutMs?: number; objectGroup?: string } = {},
): Promise<RemoteObject> {
  const answer = await session.send<Evaluated>(
    'Runtime.evaluate',
    { expression, includeCommandLineAPI: true, objectGroup, silent: true, disableBreaks: true, returnByValue },
    timeoutMs,
  );
  return valueOf(answer);
}

/** Evaluates as soon as Node is not loading a module of its own; a HumanError when it stays so. */
export async function evaluateSettled(
  session: Session,
  expression: string,
  returnByValue: boolean,
  objectGroup?: string,
): Promise<RemoteObject> {
  const guarded = `${LOADING} ? 'loading' : ${expression}`;
  for (let leftMs = STARTING_MS; leftMs > 0; leftMs -= STARTING_POLL_MS) {
    const result = await evaluate(session, guarded, {
      returnByValue,
      ...(objectGroup === undefined ? {} : { objectGroup }),
    });
    if (result.value !== 'loading') return result;
    await delay(STARTING_POLL_MS);
  }
  throw new HumanError(
    'The process has not started its program yet; it may wait for a debugger (--inspect-brk). Let it run, then attach again.',
  );
}

/** Calls a function with `this` and arguments in the target; without a group the result is of that of `this`. */
export async function callOn(
  session: Session,
  { objectId }: RemoteObject,
  functionDeclaration: string,
  args: unknown[],
  objectGroup?: string,
): Promise<RemoteObject> {
  const answer = await session.send<Evaluated>('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration,
    arguments: args.map((value) => (isRemote(value) ? { objectId: value.objectId } : { value })),
    objectGroup,
    silent: true,
  });
  return valueOf(answer);
}

function valueOf({ result, exceptionDetails }: Evaluated): RemoteObject {
  if (exceptionDetails) {
    const { exception, text } = exceptionDetails;
    throw new ProtocolError(exception?.description ?? text ?? 'the target threw');
  }
  return result;
}

function isRemote(value: unknown): value is RemoteObject & { objectId: string } {
  return typeof value === 'object' && value !== null && 'objectId' in value;
}
