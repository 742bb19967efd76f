import assert from 'node:assert/strict';
import { HumanError, messageOf } from '../../src/base/errors';
import {
  addressOf,
  noAnswer,
  notHttp,
  notInspector,
  notNodeInspector,
  targetGone,
  unreachable,
} from '../../src/target/reachErrors';

const failure = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe('sentences about addresses that cannot be reached', () => {
  it('name what to do when nothing listens', () => {
    assert.equal(
      unreachable('127.0.0.1', 9230, failure('ECONNREFUSED')).message,
      'Nothing listens on 127.0.0.1:9230. Start the program with node --inspect=9230, or pick the process from the list.',
    );
    assert.match(
      unreachable('10.0.0.7', 9230, failure('ECONNREFUSED')).message,
      /ssh -L 9230:127\.0\.0\.1:9230 10\.0\.0\.7/,
    );
  });

  it('write addresses of both families', () => {
    assert.equal(addressOf('127.0.0.1', 1), '127.0.0.1:1');
    assert.equal(addressOf('::1', 9229), '[::1]:9229');
  });

  it('tell a name that is not known from a network that is away', () => {
    assert.match(unreachable('nowhere', 1, failure('ENOTFOUND')).message, /by the name "nowhere"\. Check the name/);
    assert.match(unreachable('10.9.9.9', 1, failure('EHOSTUNREACH')).message, /cannot be reached from here.*Check/);
  });

  it('tell a program that speaks no HTTP', () => {
    for (const code of ['HPE_INVALID_CONSTANT', 'ECONNRESET', 'EPIPE']) {
      assert.equal(unreachable('127.0.0.1', 22, failure(code)).message, notHttp('127.0.0.1', 22).message);
    }
  });

  it('keep the reason of what nobody has foreseen', () => {
    assert.equal(
      unreachable('127.0.0.1', 1, new Error('the moon fell')).message,
      'Connecting to 127.0.0.1:1 failed: the moon fell. Check host and port.',
    );
    assert.match(unreachable('127.0.0.1', 1, null).message, /failed: null\./);
  });

  it('say what happened in one sentence and what to do in the next', () => {
    const made = [notHttp, notInspector, notNodeInspector, targetGone].map((make) => make('127.0.0.1', 1));
    for (const error of [...made, noAnswer('127.0.0.1', 1, 3000)]) {
      assert.ok(error instanceof HumanError);
      assert.ok(error.message.split(/[.:] (?=[A-Za-z])/).length >= 2, error.message);
    }
  });

  it('take the message of anything that was thrown', () => {
    assert.equal(messageOf(new Error('a')), 'a');
    assert.equal(messageOf(7), '7');
  });
});
