import type { PanelPage } from './panelPage';

/**
 * Texts inside the regions that are seen only in part, cut off or under an ellipsis, or reach out of the page. What is
 * left out as a whole is not among them.
 */
export function clippedTexts(panel: PanelPage, regions: string): Promise<string[]> {
  return panel.page.evaluate((selector) => {
    const found = new Set<string>();
    const clips = (element: Element): boolean => getComputedStyle(element).overflowX !== 'visible';
    for (const region of document.querySelectorAll(selector)) {
      for (const element of [region, ...region.querySelectorAll('*')]) {
        if (element.matches('.sr, select') || element.clientWidth === 0 || element instanceof SVGElement) continue;
        const hasText = [...element.childNodes].some((node) => node instanceof Text && node.data.trim() !== '');
        if ((hasText || clips(element)) && element.scrollWidth > element.clientWidth)
          found.add(`${element.className}: ${element.textContent}`);
      }
      const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!text.textContent?.trim() || text.parentElement?.closest('.sr, option, svg')) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
          if (box.right > innerWidth + 0.5 || box.left < -0.5) found.add(`out of the page: ${text.textContent}`);
          for (let outer = text.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
            if (!clips(outer)) continue;
            const edge = outer.getBoundingClientRect();
            const isLeftOut = box.top >= edge.bottom - 0.5;
            if (isLeftOut) break;
            if (box.right > edge.right + 0.5 || box.left < edge.left - 0.5) found.add(`cut: ${text.textContent}`);
          }
        }
      }
    }
    return [...found];
  }, regions);
}
