import * as l10n from '@vscode/l10n';
import { setTimeout as delay } from 'node:timers/promises';
import { HumanError } from '../base/errors';
import { ProtocolError, type Session } from './session';
import { LOADING } from './settled';
import { check, list, nullable, object, text, type Shape } from './shapes';

/** A value in the target: by value, or as a reference that its object group keeps alive. */
export interface RemoteObject {
  type: string;
  objectId?: string;
  value?: unknown;
  description?: string;
}

interface PropertyDescriptor {
  name: string;
  value: RemoteObject | null;
}

/** What an object has of its own, and what V8 knows beside that. */
export interface Properties {
  result: PropertyDescriptor[];
  internalProperties: PropertyDescriptor[] | null;
}

/** A remote object as an answer shows it. */
export const remoteObject: Shape<RemoteObject> = (answer) => {
  const { type, objectId, description } = fields(answer);
  return {
    type,
    value: (answer as RemoteObject).value,
    ...(objectId === null ? {} : { objectId }),
    ...(description === null ? {} : { description }),
  };
};

const fields = object<{ type: string; objectId: string | null; description: string | null }>({
  type: text,
  objectId: nullable(text),
  description: nullable(text),
});
const evaluated = object<{
  result: RemoteObject;
  exceptionDetails: { text: string | null; exception: RemoteObject | null } | null;
}>({
  result: remoteObject,
  exceptionDetails: nullable(object({ text: nullable(text), exception: nullable(remoteObject) })),
});
const descriptors = list(object<PropertyDescriptor>({ name: text, value: nullable(remoteObject) }));
const properties = object<Properties>({ result: descriptors, internalProperties: nullable(descriptors) });

/** Object group of what the host only looks at, and lets go again. */
export const LOOKING_GROUP = 'loopscope-looking';

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
  const answer = await session.send(
    'Runtime.evaluate',
    { expression, includeCommandLineAPI: true, objectGroup, silent: true, disableBreaks: true, returnByValue },
    timeoutMs,
  );
  return valueOf(answer);
}

/** Node 18 makes the command line API of a module that its workers load late, after they have waited for their script. */
const NO_LOADER = `process.moduleLoadList?.includes('NativeModule internal/modules/cjs/loader') === false`;

/**
 * Waits until a worker thread has set itself up. Before that the inspector's command line API must not be asked for: an
 * early session never gets Node's `require` then (Node 18).
 */
export async function hasSetUp(session: Session): Promise<void> {
  await whenSettled(async () => {
    const result = valueOf(
      await session.send('Runtime.evaluate', { expression: `${LOADING} || ${NO_LOADER}`, silent: true }),
    );
    return result.value === false ? result : null;
  });
}

/** Evaluates as soon as Node is not loading a module of its own; a HumanError when it stays so. */
export async function evaluateSettled(
  session: Session,
  expression: string,
  returnByValue: boolean,
  objectGroup?: string,
): Promise<RemoteObject> {
  const guarded = `${LOADING} ? 'loading' : ${expression}`;
  return whenSettled(async () => {
    const result = await evaluate(session, guarded, {
      returnByValue,
      ...(objectGroup === undefined ? {} : { objectGroup }),
    });
    return result.value === 'loading' ? null : result;
  });
}

async function whenSettled(ask: () => Promise<RemoteObject | null>): Promise<RemoteObject> {
  for (let leftMs = STARTING_MS; leftMs > 0; leftMs -= STARTING_POLL_MS) {
    const result = await ask();
    if (result) return result;
    await delay(STARTING_POLL_MS);
  }
  throw new HumanError(
    l10n.t(
      'The process has not started its program yet; it may wait for a debugger (--inspect-brk). Let it run, then attach again.',
    ),
  );
}

/** Calls a function with `this` and arguments in the target; without a group the result is of that of `this`. */
export async function callOn(
  session: Session,
  { objectId }: RemoteObject,
  functionDeclaration: string,
  args: unknown[],
  objectGroup?: string,
  timeoutMs?: number,
): Promise<RemoteObject> {
  const params = {
    objectId,
    functionDeclaration,
    arguments: args.map((value) => (isRemote(value) ? { objectId: value.objectId } : { value })),
    objectGroup,
    silent: true,
  };
  return valueOf(await session.send('Runtime.callFunctionOn', params, timeoutMs));
}

/** Own properties of an object of the target; none for a value. */
export async function propertiesOf(session: Session, { objectId }: RemoteObject): Promise<Properties> {
  if (objectId === undefined) return { result: [], internalProperties: null };
  const answer = await session.send('Runtime.getProperties', { objectId, ownProperties: true });
  return check('properties', properties, answer);
}

function valueOf(answer: unknown): RemoteObject {
  const { result, exceptionDetails } = check('evaluation', evaluated, answer);
  if (exceptionDetails) {
    const { exception, text } = exceptionDetails;
    throw new ProtocolError(exception?.description ?? text ?? 'the target threw');
  }
  return result;
}

function isRemote(value: unknown): value is RemoteObject & { objectId: string } {
  return typeof value === 'object' && value !== null && 'objectId' in value;
}
