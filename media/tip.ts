const DELAY_MS = 600;
const LIMIT = 900;

/** Hover cards for everything with `data-tip`: after a moment under the pointer, at once on keyboard focus; Esc closes. */
export function installTips(): void {
  const card = document.createElement('div');
  card.id = 'tip';
  card.setAttribute('role', 'tooltip');
  card.hidden = true;
  document.body.append(card);
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let shownFor: Element | null = null;

  const hide = (): void => {
    clearTimeout(waiting);
    card.hidden = true;
    shownFor?.removeAttribute('aria-describedby');
    shownFor = null;
  };

  const show = (element: Element, pointerX: number | null): void => {
    const text = element.getAttribute('data-tip');
    if (!text || !element.isConnected) return;
    card.textContent = text.slice(0, LIMIT);
    card.hidden = false;
    shownFor = element;
    element.setAttribute('aria-describedby', card.id);
    const box = element.getBoundingClientRect();
    const own = card.getBoundingClientRect();
    // The ring's card stands under the ring: over neither ring nor table.
    const ring = element.closest('#ring')?.getBoundingClientRect();
    const x = ring ? ring.left : pointerX === null ? box.left : pointerX + 12;
    const y = ring ? ring.bottom : box.bottom + 4;
    const fitsBelow = y + own.height + 4 <= window.innerHeight;
    card.style.left = `${Math.max(8, Math.min(window.innerWidth - own.width - 8, x))}px`;
    card.style.top = `${fitsBelow ? y : Math.max(4, box.top - own.height - 4)}px`;
  };

  const target = (event: Event): Element | null =>
    event.target instanceof Element ? event.target.closest('[data-tip]') : null;

  addEventListener('pointerover', (event) => {
    const element = target(event);
    if (element && element === shownFor) return;
    hide();
    if (element) waiting = setTimeout(() => show(element, event.clientX), DELAY_MS);
  });
  document.documentElement.addEventListener('pointerleave', hide);
  addEventListener('focusin', (event) => {
    const element = target(event);
    if (element && event.target instanceof Element && event.target.matches(':focus-visible')) show(element, null);
  });
  addEventListener('focusout', hide);
  addEventListener('pointerdown', hide);
  addEventListener('scroll', hide, { capture: true, passive: true });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
  });
  // A beat may take away what the card speaks of, or change its figures.
  setInterval(() => {
    if (!shownFor) return;
    const text = shownFor.getAttribute('data-tip');
    if (!shownFor.isConnected || !text) hide();
    else if (card.textContent !== text.slice(0, LIMIT)) card.textContent = text.slice(0, LIMIT);
  }, 500);
}
