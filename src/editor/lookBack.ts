import type { CallTree, FindingMark, TimeStretch, ToPanel } from '../protocol/panel';
import type { Site, SiteId, Snapshot } from '../protocol/snapshot';
import type { ThreadView } from './attachmentView';
import { boundedSite, short } from './bounds';
import { boundedSnapshot } from './pageCopy';

const MARKS = 200;
const MARK_TEXT = 300;
/** Characters of names and paths in one message. */
const MOST_TEXT = 500_000;

type Looked = Pick<ThreadView, 'past'>;

/** What the page looks at instead of the latest beat, and what its flame view has to draw. */
export class LookBack {
  private at: TimeStretch | null = null;
  private flame = false;
  private snapshot: Snapshot | null = null;
  private calls: CallTree | null = null;

  constructor(private readonly send: (message: ToPanel) => void) {}

  /** A site of what is looked at: only these can be opened. */
  site(id: SiteId): Site | undefined {
    return this.snapshot?.sites[id] ?? this.calls?.places[id];
  }

  /** When findings began, as the page gets it. */
  marks({ past }: Looked): FindingMark[] {
    const marks = past.marks().slice(-MARKS);
    return marks.map((mark) => ({ ...mark, text: short(mark.text, MARK_TEXT) }));
  }

  /** Tells what was kept of a stretch; null is the latest beat again. */
  look(view: Looked, at: TimeStretch | null): void {
    this.at = at;
    const past = at && view.past.at(at);
    this.snapshot = past?.snapshot ? boundedSnapshot(past.snapshot) : null;
    this.send({ type: 'past', past: past && { ...past, snapshot: this.snapshot } });
    this.sendCalls(view);
  }

  /** Begins or ends to tell what runs. */
  showFlame(view: Looked, shown: boolean): void {
    this.flame = shown;
    this.sendCalls(view);
  }

  /** A beat has come, or another view is shown. */
  beat(view: Looked): void {
    if (!this.at) this.sendCalls(view);
  }

  /** The page looks at the latest beat, as all pages do first. */
  backToLive(): void {
    this.at = null;
    this.snapshot = null;
  }

  /** There is no page any more. */
  forget(): void {
    this.backToLive();
    this.flame = false;
    this.calls = null;
  }

  private sendCalls(view: Looked): void {
    const calls = this.flame ? view.past.calls(this.at) : null;
    this.calls = calls && bounded(calls);
    if (this.flame) this.send({ type: 'calls', calls: this.calls });
  }
}

/** Names of the target come in any length: what has no room is not told apart. */
function bounded(calls: CallTree): CallTree {
  const places: CallTree['places'] = {};
  let room = MOST_TEXT;
  for (const [id, each] of Object.entries(calls.places)) {
    const site = boundedSite(each);
    room -= site.function.length + site.url.length + (site.generated?.url.length ?? 0);
    if (room < 0) break;
    places[Number(id)] = site;
  }
  return { ...calls, places, sites: calls.sites.map((id) => (id !== null && places[id] ? id : null)) };
}
