import { useSignal } from '@preact/signals';
import * as l10n from '@vscode/l10n';
import type { JSX } from 'preact';
import type { PanelTab } from '../src/protocol/panel';
import { COMPARE_WORDS, compareFilter } from './compare';
import { filled } from './filled';
import type { Filter, Vocabulary } from './filter';
import { clean } from './format';
import { HOT_WORDS, hotFilter } from './hot';
import { Icon } from './icons';
import { LISTENER_WORDS, listenerFilter } from './listeners';
import { PENDING_WORDS, pendingFilter } from './pendingWords';
import { choose, view } from './store';

type FilteredTab = Exclude<PanelTab, 'process'>;

/** What is told of a table's filter, whatever its rows are. */
interface Told {
  hint: string;
  example: string;
  fields: Readonly<Record<string, { kind: string; help: string }>>;
  flags: Readonly<Record<string, { help: string }>>;
  problem: (text: string) => string | null;
}

function told<R extends object, A>(
  words: Vocabulary<R, A>,
  read: (text: string) => Filter<R, A>,
  hint: string,
  example: string,
): Told {
  return { hint, example, fields: words.fields, flags: words.flags, problem: (text) => read(text).problem };
}

const TOLD: Readonly<Record<FilteredTab, Told>> = {
  pending: told(
    PENDING_WORDS,
    pendingFilter,
    l10n.t('Filter type, file, package'),
    'type:Timeout site:poller age>1m +growing',
  ),
  listeners: told(
    LISTENER_WORDS,
    listenerFilter,
    l10n.t('Filter emitter, event, file'),
    'event:error -package:ws +over',
  ),
  hot: told(HOT_WORDS, hotFilter, l10n.t('Filter function, file'), 'site:report self>50'),
  compare: told(COMPARE_WORDS, compareFilter, l10n.t('Filter name, pid'), 'name:worker active>50'),
};

/** How each kind of field is written. */
const FORMS: Readonly<Record<string, (name: string) => string>> = {
  text: (name) => `${name}:text`,
  number: (name) => `${name}>10`,
  age: (name) => `${name}>10s`,
};

const isFiltered = (tab: PanelTab): tab is FilteredTab => tab in TOLD;

/** Where the filter of the shown table is written; its help opens under the bar. */
export function FilterField({ help, onHelp }: { help: boolean; onHelp: (open: boolean) => void }): JSX.Element | null {
  const { tab, filters } = view.value;
  if (!isFiltered(tab)) return null;
  const { hint, problem } = TOLD[tab];
  const set = (text: string): void => choose({ filters: { ...filters, [tab]: text } });
  return (
    <span class="field">
      <Icon name="search" />
      <input
        type="search"
        placeholder={hint}
        aria-label={l10n.t('Filter rows')}
        aria-describedby="filterProblem"
        aria-invalid={problem(filters[tab]) !== null}
        spellcheck={false}
        value={filters[tab]}
        onInput={(event) => set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') set('');
        }}
      />
      <button
        class="help"
        aria-label={l10n.t('Help on the filter')}
        aria-expanded={help}
        aria-controls="filterHelp"
        data-tip={l10n.t('What a filter may ask for')}
        onClick={() => onHelp(!help)}
      >
        <Icon name="question" />
      </button>
    </span>
  );
}

/** What is wrong with the filter, and what it may ask for; nothing while neither is to be said. */
export function FilterNotes({ help, onHelp }: { help: boolean; onHelp: (open: boolean) => void }): JSX.Element {
  const { tab, filters } = view.value;
  const words = isFiltered(tab) ? TOLD[tab] : null;
  const problem = words && isFiltered(tab) ? words.problem(filters[tab]) : null;
  return (
    <div id="filterNotes">
      <p id="filterProblem" role="status" class="warnText">
        {problem === null ? '' : clean(problem, 300)}
      </p>
      {help && words ? <Help words={words} onClose={() => onHelp(false)} /> : null}
    </div>
  );
}

function Help({ words, onClose }: { words: Told; onClose: () => void }): JSX.Element {
  const terms = [
    ...Object.entries(words.fields).map(([name, { kind, help }]) => [FORMS[kind]?.(name) ?? name, help] as const),
    ...Object.entries(words.flags).map(([name, { help }]) => [`+${name}`, help] as const),
  ];
  return (
    <div
      id="filterHelp"
      role="region"
      aria-label={l10n.t('Help on the filter')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <p>
        {filled(
          l10n.t(
            'Rows are shown for which every term holds, as in {0}. A word alone is looked for in all that the row shows, {1} in quotes; {2} hides what it finds. Texts may have a choice ({3}), numbers {4}, ages a unit ({5}).',
          ),
          <code>{words.example}</code>,
          <code>"two words"</code>,
          <code>-term</code>,
          <code>a,b</code>,
          <code>&lt; &lt;= = &gt;= &gt;</code>,
          <code>ms s m h d</code>,
        )}
      </p>
      <dl>
        {terms.map(([term, help]) => (
          <div key={term}>
            <dt>
              <code>{term}</code>
            </dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
      <p class="dim">
        {filled(
          l10n.t('In the table {0} copies the row and {1} the row as Markdown; its context menu copies all rows.'),
          <kbd>Ctrl+C</kbd>,
          <kbd>Ctrl+Alt+C</kbd>,
        )}
      </p>
      <button class="link" onClick={onClose}>
        {l10n.t('Close help')}
      </button>
    </div>
  );
}

/** Whether the help is open, and how it is opened and closed. */
export function useHelp(): { help: boolean; onHelp: (open: boolean) => void } {
  const open = useSignal(false);
  const onHelp = (next: boolean): void => {
    open.value = next;
    // What had the focus goes with the help.
    if (!next) document.querySelector<HTMLElement>('.field .help')?.focus();
  };
  return { help: open.value, onHelp };
}
