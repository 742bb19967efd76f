import './language';
import * as l10n from '@vscode/l10n';
import { render, type JSX } from 'preact';
import { Banner } from './banner';
import { Connecting, Empty } from './empty';
import { Findings } from './findings';
import { Footer } from './footer';
import { clean } from './format';
import { Header } from './header';
import { Patterns } from './icons';
import { followKeybindings } from './keybindings';
import { Loop } from './loop';
import { drawnOf, PastBanner } from './past';
import { TimeSlider } from './recording';
import type { Shown } from './reducer';
import { panel, start } from './store';
import { watchTheme } from './theme';
import { installTips } from './tip';
import { watchWidth } from './width';
import { Work } from './work';

function AttachmentPage({ shown }: { shown: Shown }): JSX.Element {
  const drawn = drawnOf(shown);
  const { snapshot } = drawn;
  const { recording, jumps, targets } = panel.value;
  return (
    <>
      <Header shown={shown} targets={targets} recorded={recording !== null} />
      {recording ? <TimeSlider recording={recording} /> : null}
      <Banner shown={shown} />
      <main>
        <h1 class="sr">{clean(shown.attachment.name, 120)}</h1>
        {snapshot ? (
          <>
            <Loop shown={shown} snapshot={snapshot} />
            <PastBanner />
            <Findings shown={shown} snapshot={snapshot} />
            <Work key={jumps} shown={drawn} snapshot={snapshot} />
          </>
        ) : (
          <div class="none first">
            <span>
              {shown.attachment.state === 'detached'
                ? l10n.t('No beat was seen.')
                : l10n.t('Waiting for the first beat.')}
            </span>
          </div>
        )}
      </main>
      <Footer shown={shown} />
    </>
  );
}

function page(): JSX.Element | null {
  const state = panel.value;
  switch (state.page) {
    case 'waiting':
      return <p class="waiting dim">{l10n.t('Waiting for the extension.')}</p>;
    case 'empty':
      return <Empty state={state} />;
    case 'connecting':
      return <Connecting state={state} />;
    case 'attachment':
      if (state.shown) return <AttachmentPage shown={state.shown} />;
      return state.recording ? <TimeSlider recording={state.recording} /> : null;
  }
}

/** Colour means live: what is not live any more keeps its shape and words, and turns grey. */
function liveness(): string {
  const { page: name, shown } = panel.value;
  if (name !== 'attachment' || !shown) return '';
  const { state } = shown.attachment;
  if (state === 'notAnswering' || state === 'detached') return 'stale gone';
  return state === 'paused' ? 'stale' : '';
}

function App(): JSX.Element {
  return (
    <div id="app" class={liveness()} data-page={panel.value.page}>
      <Patterns />
      {page()}
    </div>
  );
}

// A container of its own: whatever else the host puts into the body is left alone.
const container = document.createElement('div');
container.id = 'root';
document.body.append(container);
render(<App />, container);
installTips();
watchTheme();
watchWidth(container);
followKeybindings();
start();
