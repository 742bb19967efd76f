import { PROBE_URL, type BatchSite } from '../protocol/probe';
import type { Budget } from './budget';
import { Stacks, type CallSite } from './stacks';

/** The program may replace them while it is watched. */
const { parse, stringify } = JSON;

type Place = Omit<BatchSite, 'site'>;

const enum Owner {
  Node,
  User,
  Package,
  /** The name is no file, so it may stand for many scripts. */
  Unfiled,
}

interface Script {
  owner: Owner;
  /** Site numbers by {@link keyOf}. */
  sites: Map<number, number>;
}

/** As many as a timer needs; each frame costs half a microsecond, so the next ones go by what was needed before. */
const FIRST_FRAMES = 6;
/** For what lies below packages, or deep in Node: `fetch` makes its socket 27 frames below the call. */
const MOST_FRAMES = 32;
const MAX_SITES = 20_000;
/** Programs may make up names without end. */
const MAX_UNFILED = 2000;
const MAX_TEXT = 1000;
/** Names of all scripts and places together: a picture of them all has to fit into one answer. */
const MAX_TEXTS = 4_000_000;
/** A bundle may be one long line. */
const NEAR_COLUMNS = 100;

/** Instead of a site number: the frame is Node's, or will only do when there is no other. */
const NOT_THE_USERS = -2;
const SECOND_BEST = -3;
/** Instead of a site number: it may be in a frame that was not captured. */
const FURTHER_OUT = -4;

const FILE = /^(?:file:|\/|[a-z]:[\\/]|\\\\)/i;
const NODE = /^(?:node|wasm):/;
/** Yarn's loader stands between the program and `fs`. */
const PACKAGE = /[\\/](?:node_modules[\\/]|\.pnp\.[^\\/]*$)/;
/** "eval at load (/srv/app.js:3:5)", nested "eval at inner (eval at load (/srv/app.js:3:5))". */
const EVAL_ORIGIN = /^[^]*eval at ([^]*?) \(((?:file:|\/|[a-z]:[\\/]|\\\\)[^]+|[^()]+):(\d+):(\d+)\)+$/i;

/** Where things were created: captures the first frame in the user's code, keeps each place once, numbered from 1. */
export class Sites {
  private readonly scripts = new Map<string, Script>();
  private readonly unfiled = new Map<string, number>();
  /** By number, from 1. */
  private readonly list: Place[] = [];
  /** Sites in packages that were bundled with the program. */
  private readonly bundled = new Set<number>();
  /** Frames that the last capture of a kind needed. */
  private readonly needed = new Map<string, number>();
  private sent = 0;
  private roomLeft = MAX_TEXTS;
  private dropped = 0;
  /** Whether the last capture came upon a package, or code made from text, before its place. */
  throughPackage = false;
  private readonly stacks = new Stacks();

  constructor(private readonly includePackages: boolean) {}

  /** No stack can be captured in this program, so that places are not known. */
  get blind(): boolean {
    return this.stacks.blind;
  }

  /** There is no room for more places. */
  get isFull(): boolean {
    return this.roomLeft === 0 || this.list.length >= MAX_SITES;
  }

  /**
   * Number of the place that called into `below`; 0 when no frame is the user's, -1 when it is not known: the budget is
   * used up, there are too many places, or there is no stack to be had. Those of one `kind` are created by much the same
   * calls of Node. Never throws.
   */
  capture(below: unknown, budget: Budget, kind = ''): number {
    if (this.blind) return -1;
    if (!budget.take()) {
      this.dropped++;
      return -1;
    }
    const few = this.needed.get(kind) ?? FIRST_FRAMES;
    const site = this.first(this.framesAbove(below, few), few, kind);
    return site === FURTHER_OUT ? this.first(this.framesAbove(below, MOST_FRAMES), MOST_FRAMES, kind) : site;
  }

  /** Numbers of up to `most` places of the user's on the way to `below`, awaiting functions among them, nearest first. */
  captureAll(below: unknown, most: number): number[] {
    const sites: number[] = [];
    const frames = this.blind ? null : this.framesAbove(below, MOST_FRAMES);
    for (const frame of frames ?? []) {
      if (sites.length >= most) break;
      const site = this.siteOf(frame);
      if (site > 0 && site !== sites.at(-1)) sites.push(site);
    }
    const nearest = sites.length === 0 ? this.first(frames, MOST_FRAMES, 'all') : 0;
    return nearest > 0 ? [nearest] : sites;
  }

  /** Number of a place; 0 when there are too many. Lines and columns count from 1. */
  intern(functionName: string, url: string, line: number, column: number): number {
    const script = this.script(url);
    if (script.owner !== Owner.Unfiled) {
      const key = keyOf(line, column);
      return script.sites.get(key) ?? this.add(script.sites, key, { function: functionName, url, line, column });
    }
    const key = `${line}:${column}:${functionName}\n${url}`;
    const known = this.unfiled.get(key);
    if (known !== undefined) return known;
    if (this.unfiled.size >= MAX_UNFILED) return this.drop();
    return this.add(this.unfiled, key, { function: functionName, url, line, column });
  }

  /** Whether two sites stand next to each other: a call and the function that is written in it. */
  areNeighbours(one: number, other: number): boolean {
    const [a, b] = [this.list[one - 1], this.list[other - 1]];
    if (!a || a.line !== b?.line || Math.abs(a.column - b.column) > NEAR_COLUMNS) return false;
    return a.url.replace('file://', '') === b.url.replace('file://', '');
  }

  /** From now on these places do only when no frame is the user's, as those in packages. */
  passOver(sites: readonly number[]): void {
    if (!this.includePackages) for (const site of sites) this.bundled.add(site);
  }

  /** Sites that were not sent yet, or all. */
  take(full: boolean): BatchSite[] {
    if (full) this.sent = 0;
    return this.list.slice(this.sent).map((place) => ({ ...place, site: ++this.sent }));
  }

  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  private framesAbove(below: unknown, most: number): CallSite[] | null {
    const frames = this.stacks.take(below, most);
    if (!frames) this.dropped++;
    return frames;
  }

  /** Site of the first frame that is the user's, or of the second best when there are no more frames than these. */
  private first(frames: CallSite[] | null, most: number, kind: string): number {
    if (!frames) return -1;
    let secondBest: CallSite | undefined;
    let seen = 0;
    this.throughPackage = false;
    for (const frame of frames) {
      seen++;
      const site = this.siteOf(frame);
      if (site === SECOND_BEST) {
        secondBest ??= frame;
        this.throughPackage = true;
      }
      if (site < 0) continue;
      this.needed.set(kind, seen);
      return site || -1;
    }
    if (seen === most && most < MOST_FRAMES) return FURTHER_OUT;
    this.needed.set(kind, Math.min(seen + 1, MOST_FRAMES));
    const site = secondBest ? this.siteOf(secondBest, true) : NOT_THE_USERS;
    return site === NOT_THE_USERS ? 0 : site || -1;
  }

  private siteOf(frame: CallSite, takeAny = false): number {
    const file = frame.getFileName();
    const script = file ? this.script(file) : undefined;
    if (!script || script.owner === Owner.Unfiled) return this.siteWithoutFile(frame, takeAny);
    if (script.owner === Owner.Node) return NOT_THE_USERS;
    if (script.owner === Owner.Package && !this.includePackages && !takeAny) return SECOND_BEST;
    const key = keyOf(frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
    const site = script.sites.get(key) ?? this.add(script.sites, key, placeIn(frame, file ?? ''));
    return this.bundled.has(site) && !takeAny ? SECOND_BEST : site;
  }

  private siteWithoutFile(frame: CallSite, takeAny: boolean): number {
    const name = frame.getScriptNameOrSourceURL();
    // Code made from text has no place; V8 tells where it was made, but of two equal texts only for the first.
    if (!name && !takeAny) return frame.isEval() ? SECOND_BEST : NOT_THE_USERS;
    const place = name ? placeIn(frame, name) : placeOfEval(frame);
    const owner = place ? this.script(place.url).owner : Owner.Node;
    if (!place || owner === Owner.Node) return NOT_THE_USERS;
    if (owner === Owner.Package && !this.includePackages && !takeAny) return SECOND_BEST;
    return this.intern(place.function, place.url, place.line, place.column);
  }

  private script(url: string): Script {
    const known = this.scripts.get(url);
    if (known) return known;
    const script = { owner: ownerOf(url), sites: new Map<number, number>() };
    if (script.owner !== Owner.Unfiled && this.hasRoom(url.length)) this.scripts.set(url, script);
    return script;
  }

  private add<Key extends number | string>(numbers: Map<Key, number>, key: Key, place: Place): number {
    const functionName = cut(place.function);
    const url = cut(place.url);
    const keyLength = typeof key === 'string' ? key.length : 0;
    if (this.isFull || !this.hasRoom(functionName.length + url.length + keyLength)) return this.drop();
    // The length after it, not that before it and one more: a beat may interrupt us as it is called, and add a place.
    const site = this.list.push({ ...place, function: functionName, url });
    numbers.set(key, site);
    return site;
  }

  /** Takes room for so many characters; once there is too little, there is none any more. */
  private hasRoom(length: number): boolean {
    this.roomLeft = length > this.roomLeft ? 0 : this.roomLeft - length;
    return this.roomLeft > 0;
  }

  private drop(): number {
    this.dropped++;
    return 0;
  }
}

/** A part of a text keeps the whole of it in memory, unless it is made anew. */
function cut(text: string): string {
  return text.length > MAX_TEXT ? (parse(stringify(text.slice(0, MAX_TEXT))) as string) : text;
}

function ownerOf(url: string): Owner {
  if (url === PROBE_URL || NODE.test(url)) return Owner.Node;
  if (PACKAGE.test(url)) return Owner.Package;
  return FILE.test(url) ? Owner.User : Owner.Unfiled;
}

/** One number a place: lines up to 2^26, columns up to 2^27, as a bundle of one line has. */
function keyOf(line: number, column: number): number {
  return line * 0x8000000 + column;
}

function placeIn(frame: CallSite, url: string): Place {
  return {
    function: frame.getFunctionName() ?? '',
    url,
    line: frame.getLineNumber() ?? 1,
    column: frame.getColumnNumber() ?? 1,
  };
}

/** Where `eval` or `new Function` was called that made a frame's code. */
function placeOfEval(frame: CallSite): Place | null {
  const found = EVAL_ORIGIN.exec(frame.getEvalOrigin() ?? '');
  if (!found) return null;
  const [, name = '', url = '', line, column] = found;
  return { function: name === '<anonymous>' ? '' : name, url, line: Number(line), column: Number(column) };
}
