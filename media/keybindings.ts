import type { PanelPlace } from '../src/protocol/panel';
import { onMessage } from './host';
import { shownTabs, showTab, view } from './store';

/** Goes where the extension asks for, which has the keybindings. */
export function followKeybindings(): void {
  onMessage((message) => {
    if (message.type === 'go') go(message.to);
  });
}

function go(to: PanelPlace): void {
  if (to === 'filter') {
    document.querySelector<HTMLInputElement>('#tools input')?.select();
    return;
  }
  const tabs = shownTabs();
  const at = tabs.indexOf(view.value.tab) + (to === 'nextTab' ? 1 : -1);
  const next = tabs.at(at % tabs.length);
  const button = document.getElementById(`tab-${next ?? ''}`);
  // Without an attachment there are no tabs.
  if (!next || !button) return;
  showTab(next);
  button.focus();
}
