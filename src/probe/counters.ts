import type { BatchLoop, ProcessFigures } from '../protocol/probe';
import type { Performance, Process, Require } from './node';

interface V8 {
  getHeapStatistics(): { heap_size_limit: number };
}

/**
 * Counters that Node keeps anyway: CPU, memory, utilisation, turns; read as differences once a beat. Not collections:
 * each `v8.GCProfiler` that was ever stopped goes on writing at every collection until it is collected itself.
 */
export class Counters {
  private readonly v8: V8;
  private cpu: { user: number; system: number } | undefined;
  private elu: { idle: number; active: number };
  private turns: number | undefined;
  private readonly threadPoolSize: number;

  constructor(
    private readonly process: Process,
    private readonly performance: Performance,
    require: Require,
    private readonly threadId: number,
  ) {
    this.v8 = require('node:v8') as V8;
    this.cpu = this.readCpu();
    this.elu = performance.eventLoopUtilization();
    this.turns = performance.nodeTiming.uvMetricsInfo?.loopCount;
    const size = process.env.UV_THREADPOOL_SIZE;
    // As libuv reads it: https://docs.libuv.org/en/v1.x/threadpool.html
    this.threadPoolSize = size === undefined ? 4 : Math.min(Math.max(+size || 1, 1), 1024);
  }

  takeProcess(): ProcessFigures {
    const { pid, title, argv, version } = this.process;
    const cpu = this.readCpu();
    const memory = this.process.memoryUsage();
    const figures: ProcessFigures = {
      pid,
      title: String(title).slice(0, 200),
      program: typeof argv[1] === 'string' ? argv[1].slice(0, 1000) : '',
      nodeVersion: version.replace(/^v/, ''),
      uptimeMs: this.process.uptime() * 1000,
      threadId: this.threadId,
      cpuUserMs: cpu && this.cpu ? (cpu.user - this.cpu.user) / 1000 : null,
      cpuSystemMs: cpu && this.cpu ? (cpu.system - this.cpu.system) / 1000 : null,
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapTotalBytes: memory.heapTotal,
      heapLimitBytes: this.v8.getHeapStatistics().heap_size_limit,
      externalBytes: memory.external,
      arrayBuffersBytes: memory.arrayBuffers ?? 0,
      threadPoolSize: this.threadPoolSize,
    };
    this.cpu = cpu;
    return figures;
  }

  takeLoop(): BatchLoop {
    const elu = this.performance.eventLoopUtilization();
    const turns = this.performance.nodeTiming.uvMetricsInfo?.loopCount;
    const loop = {
      activeMs: elu.active - this.elu.active,
      idleMs: elu.idle - this.elu.idle,
      turns: turns === undefined || this.turns === undefined ? null : turns - this.turns,
    };
    this.elu = elu;
    this.turns = turns;
    return loop;
  }

  private readCpu(): { user: number; system: number } | undefined {
    return this.threadId === 0 ? this.process.cpuUsage() : this.process.threadCpuUsage?.();
  }
}
