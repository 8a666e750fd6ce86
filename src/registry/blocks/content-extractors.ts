import { operational, type OperationalSetting } from '../define.js';
import type { Limits } from '../types.js';

function ceiling(
  name: string,
  preset: string,
  max: number,
  facts: { readonly description: string; readonly example: string },
): OperationalSetting {
  const limits: Limits = { min: 1, max, enforced: true };
  return operational(`content_extractors.${name}`, 'int', {
    ...facts,
    default: preset,
    limits,
    reads: 'file',
  });
}

export const contentExtractorSettings: readonly OperationalSetting[] = [
  ceiling('compressed_size_bytes', '20971520', 52428800, {
    description: 'Largest document, in bytes as it lies on disk, whose text is taken out.',
    example: '31457280',
  }),
  ceiling('decompressed_size_bytes', '52428800', 104857600, {
    description: 'Largest document in bytes once unpacked. Guards against archives that grow without end.',
    example: '73400320',
  }),
  ceiling('part_size_bytes', '20971520', 52428800, {
    description: 'Largest single part of a document in bytes once unpacked.',
    example: '31457280',
  }),
  ceiling('pptx_slides', '100', 250, {
    description: 'Slides of a presentation that are read; the rest is left out.',
    example: '200',
  }),
  ceiling('xlsx_cells', '1000', 10000, {
    description: 'Cells of a spreadsheet that are read; the rest is left out.',
    example: '5000',
  }),
  ceiling('markdown_size_bytes', '131072', 262144, {
    description: 'Largest text, in bytes, that one document may yield.',
    example: '262144',
  }),
  operational('content_extractors.wall_clock_budget', 'duration', {
    default: '30s',
    limits: { min: '0s', minExclusive: true, max: '1m0s', enforced: true },
    reads: 'file',
    description: 'Time after which reading a document is given up.',
    example: '45s',
  }),
  ceiling('per_user_concurrency_default', '2', 16, {
    description: 'Documents of one user that are read at the same time.',
    example: '4',
  }),
  operational('content_extractors.async_enabled', 'bool', {
    default: 'false',
    env: 'TMI_EXTRACTION_ASYNC_ENABLED',
    databaseKey: 'extraction.async_enabled',
    reads: 'config-first',
    description:
      'Hands documents to workers instead of reading them within the request. Needs running workers.',
    example: 'true',
  }),
];
