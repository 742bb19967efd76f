import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The import law: each folder names what it may not import (the layers test walks the same law over the bundles). */
const law = (files, forbidden, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.vscode-test/', 'node_modules/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setTimeout', 'clearTimeout', 'Buffer', 'fetch', 'AbortSignal'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' } },
  law(['src/protocol/**', 'src/base/**'], ['../*', 'vscode', 'node:*'], 'protocol and base import nothing'),
  law(
    ['src/probe/**'],
    ['../*', '!../protocol', '!../protocol/probe', 'vscode', 'node:*'],
    'the probe imports protocol/probe only',
  ),
  law(
    ['src/model/**'],
    ['../*', '!../protocol', '!../base', 'vscode', 'node:*'],
    'the model is pure: protocol and base only',
  ),
  law(
    ['src/model/findings/**'],
    ['../../*', '!../../protocol', '!../../base', 'vscode', 'node:*'],
    'the model is pure: protocol and base only',
  ),
  law(
    ['src/target/**'],
    ['../*', '!../protocol', '!../base', '**/protocol/panel', 'vscode'],
    'target imports protocol and base only',
  ),
  law(
    ['media/**'],
    ['../src/*', '!../src/protocol', '**/protocol/probe', 'vscode', 'node:*'],
    'media imports protocol/panel and protocol/snapshot only',
  ),
);
