/** What the document of the panel is made of; the URIs are those of `Webview.asWebviewUri`. */
export interface PageParts {
  /** `Webview.cspSource`. */
  cspSource: string;
  /** Fresh for each document; allows the one script. */
  nonce: string;
  scriptUri: string;
  styleUri: string;
  /** BCP 47 tag of the display language. */
  language: string;
  /** The texts of the page in that language, as `vscode.l10n.bundle` has them; undefined for English. */
  texts?: Readonly<Record<string, unknown>> | undefined;
  title: string;
}

/** The HTML document of the panel: one style sheet, one script, and a policy that allows nothing else. */
export function pageHtml(parts: PageParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${parts.nonce}'`,
    `style-src ${parts.cspSource}`,
    `img-src ${parts.cspSource} data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escaped(parts.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(parts.title)}</title>
<link rel="stylesheet" href="${escaped(parts.styleUri)}">
</head>
<body>${texts(parts)}
<script nonce="${escaped(parts.nonce)}" src="${escaped(parts.scriptUri)}"></script>
</body>
</html>
`;
}

/** Data beside the script, which nothing runs: no message could come before the first words of the page. */
function texts({ texts }: PageParts): string {
  if (!texts) return '';
  return `\n<script type="application/json" id="texts">${JSON.stringify(texts).replaceAll('<', '\\u003c')}</script>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
