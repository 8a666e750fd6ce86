import { ipVersion, isLiteral } from '../addresses.js';
import { reportOn } from '../configuration.js';
import { always, type Rule } from '../rule.js';

/** Why nothing can listen there, whatever the machine; undefined for an address, and for what may be a name. */
function whyImpossible(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  const [address = ''] = bare.split('%', 1);
  if (ipVersion(address) !== undefined) return undefined;
  if (/^[\d.]+$/.test(bare)) return 'is no IP address';
  if (/^[^:]*:\d*$/.test(bare)) return 'holds a port, which belongs in server.port';
  if (bare.includes(':')) return bare.includes('/') ? 'is a URL' : 'is no IP address';
  return /^[\p{L}\p{N}_](?:[\p{L}\p{N}._-]*)$/u.test(bare) ? undefined : 'is neither an address nor a name';
}

export const interfaceImpossible: Rule = {
  id: 'interface-impossible',
  tier: 'rules',
  severity: always('error'),
  summary: 'The server cannot listen on what `server.interface` says',
  why: 'The server listens on the address of one of its machine’s interfaces, or on all with `0.0.0.0`. It ends when the text is no address and no name. Whether the machine has the address is looked at with `--connect`.',
  fix: 'Write `0.0.0.0`, `127.0.0.1`, or another address of the machine.',
  *check(configuration) {
    const value = configuration.value('server.interface');
    if (!value || !isLiteral(value.text)) return;
    const why = whyImpossible(value.text);
    if (why === undefined) return;
    yield reportOn(value, {
      message: `server.interface ${why}`,
      expected: 'an address or a name of the machine, such as 0.0.0.0',
    });
  },
};
