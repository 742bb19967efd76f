import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './paths.mjs';

/** A place in the source, as "file:line". */
export interface Text {
  text: string;
  at: string;
}

/** What the source gives to `l10n.t`, and what it says without. */
export interface Texts {
  /** The keys of a bundle: the message, with "/comment" behind it where there is one. */
  keys: Text[];
  /** Calls whose message is no literal: nobody can translate it. */
  unknown: Text[];
  /** Literals that read like words for a reader. */
  hardCoded: Text[];
}

/** Two words in a row, or one that begins like a sentence; names in code have no spaces and no such beginnings. */
const LIKE_WORDS = /\p{L}{2,}[,;:.]? (\p{L}|\d|\{)|(^|[^\p{L}\d.])\p{Lu}\p{Ll}+[.:!?…]?( |$)/u;

/** Attributes of the page whose value is read by people. */
const READ = new Set(['aria-label', 'data-tip', 'title', 'placeholder', 'label', 'alt']);

/** What these get is for the log, for developers, or looked for: texts for people are in a HumanError. */
const FOR_NOBODY =
  /(^|\.)(log|debug|info|warn|fail|check|get|startsWith|endsWith|includes|querySelector|RegExp|Malformed|(?!Human)\w*Error)$/;

/** Reads all files below these folders, or these files. */
export function textsIn(...places: string[]): Texts {
  const found: Texts = { keys: [], unknown: [], hardCoded: [] };
  for (const place of places) {
    const files = /\.tsx?$/.test(place)
      ? [place]
      : readdirSync(path.join(root, place), { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.tsx?$/.test(name))
          .map((name) => path.posix.join(place, name.replaceAll('\\', '/')));
    for (const file of files) look(file, found);
  }
  return found;
}

function look(file: string, found: Texts): void {
  const tree = ts.createSourceFile(file, readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const at = (node: ts.Node): string => `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const say = (list: Text[], node: ts.Node, text: string): void => void list.push({ text, at: at(node) });

  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      const key = keyOf(node.arguments[0]);
      if (key === null) say(found.unknown, node, node.getText());
      else say(found.keys, node, key);
      node.arguments.slice(1).forEach(visit);
      return;
    }
    if (isForNobody(node)) return;
    if (ts.isJsxText(node) && /\p{L}{2,}/u.test(node.text)) say(found.hardCoded, node, node.text.trim());
    else if ((ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && !isGivenToNobody(node)) {
      const text = ts.isTemplateExpression(node) ? node.getText().slice(1, -1) : node.text;
      const isRead = ts.isJsxAttribute(node.parent) && READ.has(node.parent.name.getText()) && /\p{L}{2,}/u.test(text);
      const bare = ts.isTemplateExpression(node) ? partsOf(node).join('{}') : text;
      if (isRead || LIKE_WORDS.test(bare)) say(found.hardCoded, node, text);
    }
    node.forEachChild(visit);
  };
  visit(tree);
}

function isTranslation(callee: ts.Expression): boolean {
  return /^(vscode\.)?l10n\.t$/.test(callee.getText());
}

/** A literal, or some of them one behind the other. */
function literal(text: ts.Node | undefined): string | null {
  if (!text) return null;
  if (ts.isStringLiteralLike(text)) return text.text;
  if (!ts.isBinaryExpression(text) || text.operatorToken.kind !== ts.SyntaxKind.PlusToken) return null;
  const [left, right] = [literal(text.left), literal(text.right)];
  return left === null || right === null ? null : left + right;
}

function keyOf(argument: ts.Expression | undefined): string | null {
  if (!argument || !ts.isObjectLiteralExpression(argument)) return literal(argument);
  const value = (name: string): string | null => {
    const property = argument.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === name);
    return property && ts.isPropertyAssignment(property) ? literal(property.initializer) : null;
  };
  const message = value('message');
  const comment = value('comment');
  return message === null ? null : comment === null ? message : `${message}/${comment}`;
}

function partsOf(node: ts.TemplateExpression): string[] {
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)];
}

/** Whether it is compared, names a property, or is an argument, or a part of one, that no person gets to see. */
function isGivenToNobody(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return true;
  if (ts.isCaseClause(parent)) return true;
  if (ts.isBinaryExpression(parent) && /^[!=]==$/.test(parent.operatorToken.getText())) return true;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return FOR_NOBODY.test(parent.expression.getText());
  const isPart = [ts.isTemplateSpan, ts.isTemplateExpression, ts.isConditionalExpression, ts.isBinaryExpression];
  return isPart.some((test) => test(parent)) && isGivenToNobody(parent);
}

/** Imports, types, names of classes and code on the page are in no language. */
function isForNobody(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return true;
  if (ts.isJsxElement(node)) return /^(code|kbd)$/.test(node.openingElement.tagName.getText());
  const isNamed = ts.isJsxAttribute(node) || ts.isPropertyAssignment(node);
  return isNamed && /^(class|className|style|key|id|d|points)$/.test(node.name.getText());
}
