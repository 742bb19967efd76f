import assert from 'node:assert/strict';
import { pageHtml, type PageParts } from '../../src/editor/page';

const parts: PageParts = {
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'bm9uY2U_-1',
  scriptUri: 'https://file+.vscode-cdn.net/dist/media/panel.js',
  styleUri: 'https://file+.vscode-cdn.net/dist/media/panelStyle.css',
  language: 'en',
  title: 'Loopscope',
};

/** Directives of the policy by name. */
function policyOf(html: string): Record<string, string> {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return Object.fromEntries(
    content.split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );
}

describe('The document of the panel', () => {
  it('allows its own style sheet, images and the one script with the nonce, and nothing else', () => {
    assert.deepEqual(policyOf(pageHtml(parts)), {
      'default-src': "'none'",
      'script-src': `'nonce-${parts.nonce}'`,
      'style-src': parts.cspSource,
      'img-src': `${parts.cspSource} data:`,
      'base-uri': "'none'",
      'form-action': "'none'",
    });
  });

  it('never allows inline code, evaluation or every source', () => {
    const policy = Object.values(policyOf(pageHtml(parts))).join(' ');
    assert.doesNotMatch(policy, /unsafe|wasm|(^|\s)\*(\s|$)|(^|\s)https:(\s|$)/);
  });

  it('has the policy before anything that is loaded', () => {
    const html = pageHtml(parts);
    const policy = html.indexOf('Content-Security-Policy');
    assert.ok(policy > 0 && policy < html.indexOf('<link') && policy < html.indexOf('<script'));
  });

  it('has one script, with the nonce and without inline code, and one style sheet', () => {
    const html = pageHtml(parts);
    assert.deepEqual(html.match(/<script[^>]*>[^<]*/g), [`<script nonce="${parts.nonce}" src="${parts.scriptUri}">`]);
    assert.deepEqual(html.match(/<link[^>]*>/g), [`<link rel="stylesheet" href="${parts.styleUri}">`]);
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=/);
  });

  it('escapes what is put into it', () => {
    const nasty = '"><img src=x onerror=alert(1)>';
    const html = pageHtml({ ...parts, title: nasty, language: nasty, scriptUri: nasty, styleUri: nasty });
    assert.doesNotMatch(html, /<img/);
    assert.ok(html.includes('&quot;&gt;&lt;img'));
  });

  it('says its language, for screen readers', () => {
    assert.match(pageHtml({ ...parts, language: 'pt-br' }), /<html lang="pt-br">/);
  });
});
