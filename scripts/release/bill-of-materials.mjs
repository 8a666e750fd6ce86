import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

/** An identifier that is the same for the same content. */
function serialOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * The bill of materials in CycloneDX's format, as npm makes it, less what is not in the archive, plus Node.js.
 * @param facts `{manifest, node, time}`: package.json, the Node.js that is packed, seconds of the commit
 */
export function billOfMaterials(root, packages, { manifest, node, time }) {
  const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const bill = JSON.parse(text);
  const packed = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const nodeRef = `node@${node.version}`;
  const components = bill.components.filter(({ 'bom-ref': ref }) => packed.has(ref.split('|').at(-1)));
  components.push({
    'bom-ref': nodeRef,
    type: 'application',
    name: 'node',
    version: node.version,
    purl: `pkg:npm/${node.package}@${node.version}`,
    licenses: [{ license: { id: 'MIT' } }],
  });
  const kept = new Set([
    ...components.map((component) => component['bom-ref']),
    bill.metadata.component['bom-ref'],
  ]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: dependsOn.filter((other) => kept.has(other)).sort(),
    }));
  const content = { components, dependencies };
  return `${JSON.stringify(
    {
      ...bill,
      serialNumber: serialOf(JSON.stringify([manifest.version, content])),
      metadata: { ...bill.metadata, timestamp: new Date(time * 1000).toISOString() },
      ...content,
    },
    null,
    2,
  )}\n`;
}
