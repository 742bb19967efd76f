import type { HeldUp, LineTime } from '../protocol/probe';
import type { SourceLines } from './sourceLines';

const JSON_CALL = /\bJSON\.(parse|stringify)(?=\()/g;
/** In a longer line, such as that of a bundle, the time may be that of anything. */
const LONGEST = 300;

/** The lines that convert from or to JSON: V8 gives that no frame, so its time is that of the line. Never rejects. */
export async function jsonCalls(lines: readonly LineTime[], sources: SourceLines): Promise<HeldUp[]> {
  const calls = await Promise.all(
    lines.map(async ({ url, line, caller, ms }): Promise<HeldUp[]> => {
      const { text } = await sources.at({ url, line, column: 1 });
      if (text === null || text.length > LONGEST) return [];
      const [call, other] = text.matchAll(JSON_CALL);
      // Of two in a line nobody knows which took the time.
      if (!call || (other && other[0] !== call[0])) return [];
      const isOwn = url === caller.url;
      return [
        { what: call[1] ?? '', module: 'JSON', ...caller, ...(isOwn ? { line, column: call.index + 1 } : {}), ms },
      ];
    }),
  );
  return calls.flat();
}
