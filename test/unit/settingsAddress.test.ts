import assert from 'node:assert/strict';
import { hostOf, isLocal, labelOf, parseAddress, parseLink, parseWhere, portOf } from '../../src/editor/address';
import { parseDebuggee } from '../../src/editor/debuggee';
import { fileOf } from '../../src/editor/sourceFile';

describe('An address that is typed', () => {
  const good: [string, unknown][] = [
    ['9229', { host: '127.0.0.1', port: 9229 }],
    [' 127.0.0.1:9230 ', { host: '127.0.0.1', port: 9230 }],
    ['localhost:9229', { host: 'localhost', port: 9229 }],
    ['Build-Box', { host: 'build-box', port: 9229 }],
    ['[::1]:9229', { host: '::1', port: 9229 }],
    ['host:80', { host: 'host', port: 80 }],
    ['http://localhost:9229/', { host: 'localhost', port: 9229 }],
    ['ws://127.0.0.1:9229/a-b', { url: 'ws://127.0.0.1:9229/a-b' }],
  ];
  for (const [text, where] of good) {
    it(`"${text}" is understood`, () => {
      assert.deepEqual(parseAddress(text), where);
    });
  }

  for (const text of [
    '',
    ' ',
    '0',
    '70000',
    'host:0',
    'host:70000',
    'a b:1',
    'ftp://a:1',
    'file:///x',
    'u@h:1',
    'h:1/x',
    'h:1?x',
    '::1',
    'ws://',
  ]) {
    it(`"${text}" is refused`, () => {
      assert.equal(parseAddress(text), null);
    });
  }
});

describe('A link', () => {
  const parse = (text: string): unknown => {
    const [path = '', query = ''] = text.split(/\?(.*)/);
    return parseLink({ path, query });
  };

  it('names a port, and a host when it is another than this machine', () => {
    assert.deepEqual(parse('/attach?port=9229'), { host: '127.0.0.1', port: 9229 });
    assert.deepEqual(parse('/attach?port=80&host=Build-Box.example'), { host: 'build-box.example', port: 80 });
    for (const host of ['::1', '[::1]', '%5B%3A%3A1%5D']) {
      assert.deepEqual(parse(`/attach?host=${host}&port=9230`), { host: '::1', port: 9230 }, host);
    }
  });

  for (const text of [
    '/attach',
    '/detach?port=9229',
    '/attach/?port=9229',
    '/attach?port=0',
    '/attach?port=65536',
    '/attach?port=-1',
    '/attach?port=9229.5',
    '/attach?port=0x2405',
    '/attach?port=9229&port=9230',
    '/attach?port=9229&pid=1',
    '/attach?port=9229&url=ws://a:1/b',
    '/attach?port=9229&host=',
    '/attach?port=9229&host=a%20b',
    '/attach?port=9229&host=a/b',
    '/attach?port=9229&host=u@a',
    '/attach?port=9229&host=a:1',
    '/attach?port=9229&host=a%23b',
    '/attach?port=9229&host=b%C3%B6se.example',
  ]) {
    it(`"${text}" is refused`, () => {
      assert.equal(parse(text), null);
    });
  }
});

describe('A target that a program names', () => {
  it('is a pid, an address or a websocket URL', () => {
    assert.deepEqual(parseWhere({ pid: 12 }), { pid: 12 });
    assert.deepEqual(parseWhere({ port: 9229 }), { host: '127.0.0.1', port: 9229 });
    assert.deepEqual(parseWhere({ host: 'Box', port: 1, extra: 1 }), { host: 'box', port: 1 });
    assert.deepEqual(parseWhere({ url: 'ws://a:1/b' }), { url: 'ws://a:1/b' });
  });

  it('is refused when a value has the wrong type or is out of range', () => {
    for (const wrong of [
      null,
      1,
      'x',
      {},
      { pid: '1' },
      { pid: -1 },
      { port: 0 },
      { host: 'a b', port: 1 },
      { url: 'http://a' },
    ]) {
      assert.equal(parseWhere(wrong), null, JSON.stringify(wrong));
    }
  });

  it('is local only when nothing leaves this machine', () => {
    for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) assert.ok(isLocal({ host, port: 1 }), host);
    for (const host of ['10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '0.0.0.0', '::']) {
      assert.ok(!isLocal({ host, port: 1 }), host);
    }
    assert.ok(isLocal({ pid: 1 }));
    assert.ok(isLocal({ url: 'ws://[::1]:9229/x' }));
    assert.ok(!isLocal({ url: 'ws://127.0.0.1@evil.example:9229/x' }));
    assert.equal(hostOf({ url: 'ws://[::1]:9229/x' }), '::1');
  });

  it('has a name before it is reached', () => {
    assert.equal(labelOf({ pid: 5 }), 'pid 5');
    assert.equal(labelOf({ host: '::1', port: 9229 }), '[::1]:9229');
    assert.equal(labelOf({ url: 'ws://a:1/b' }), 'a:1');
    assert.equal(portOf({ url: 'ws://a:1/b' }), 1);
  });
});

describe('What a debug session answers', () => {
  const answer = (url: string): string => `'loopscope:4321:${url}'`;

  it('gives pid and inspector of the process', () => {
    assert.deepEqual(parseDebuggee(answer('ws://127.0.0.1:41234/abc-def'), {}), {
      pid: 4321,
      url: 'ws://127.0.0.1:41234/abc-def',
      local: true,
    });
  });

  it('is reached on the loopback interface when the target listens on all', () => {
    assert.equal(parseDebuggee(answer('ws://0.0.0.0:9229/abc'), {})?.url, 'ws://127.0.0.1:9229/abc');
  });

  it('is reached where the session was attached to when that is another machine', () => {
    const found = parseDebuggee(answer('ws://127.0.0.1:9229/abc'), { address: 'box', port: 19229 });
    assert.deepEqual(found, { pid: 4321, url: 'ws://box:19229/abc', local: false });
  });

  it('is nothing for a worker thread, an error, or no answer', () => {
    for (const result of ["'loopscope:worker'", "'loopscope:1:undefined'", 'ReferenceError', undefined, 5]) {
      assert.equal(parseDebuggee(result, {}), null);
    }
  });
});

describe('The file of a site', () => {
  it('is that of a file URL or an absolute path', () => {
    assert.equal(fileOf('file:///srv/a%20b.ts', 'linux'), '/srv/a b.ts');
    assert.equal(fileOf('/srv/a.js', 'linux'), '/srv/a.js');
    assert.equal(fileOf('C:\\srv\\a.js', 'win32'), 'C:\\srv\\a.js');
  });

  it('is none for parts of Node, made-up sources and relative paths', () => {
    for (const url of [
      'node:internal/timers',
      '',
      'evalmachine.<anonymous>',
      'webpack://a/b.js',
      'https://a/b.js',
      'a.js',
      'command:x',
    ]) {
      assert.equal(fileOf(url, 'linux'), null, url);
    }
  });

  it('is never on another computer, which would be sent credentials', () => {
    assert.equal(fileOf('\\\\evil\\share\\a.js', 'win32'), null);
    assert.equal(fileOf('//evil/share/a.js', 'win32'), null);
    assert.equal(fileOf('file://evil/share/a.js', 'linux'), null);
    assert.equal(fileOf('file:////evil/share/a.js', 'linux'), null);
  });

  it('is none when the URL hides a null character or a slash', () => {
    assert.equal(fileOf('file:///a%00.js', 'linux'), null);
    assert.equal(fileOf('file:///a%2fb.js', 'linux'), null);
  });
});
