// What the notebook's own kernel says of its session, asked without leaving a trace in it.
import type { Kernel } from '@jupyterlab/services';

export interface Pulse {
  recording: 'auto' | 'manual' | 'off' | null;
  run: string | null;
  metric: string | null;
  cells: { stale: string[] };
}

const LOADED = "__import__('sys').modules.get('trackbook')";

/** Ask a Python kernel for its pulse, or turn its recording off or on; null where there is none. */
export async function pulse(
  kernel: Kernel.IKernelConnection | null | undefined,
  what: 'pulse' | 'toggle' = 'pulse'
): Promise<Pulse | null> {
  if (!kernel || kernel.status === 'dead' || kernel.connectionStatus !== 'connected') {
    return null;
  }
  const info = await kernel.info;
  if (info.language_info.name !== 'python') {
    return null;
  }
  const pulse = `getattr(${LOADED}, '${what}', lambda: None)()`;
  const asked = { code: '', silent: false, store_history: false, user_expressions: { pulse } };
  const { content } = await kernel.requestExecute(asked).done;
  const found = 'user_expressions' in content ? content.user_expressions?.pulse : null;
  const { data } = (found ?? {}) as { data?: { 'application/json'?: Pulse } };
  return data?.['application/json'] ?? null;
}
