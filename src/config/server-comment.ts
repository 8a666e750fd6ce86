import { ToolError } from '../errors/index.js';
import { serverModels, type ServerModel } from './precedence.js';
import type { YamlText } from './yaml/parse.js';

const comment = /^#\s*tmi-dbtool:\s*server\s+(\S+)\s*$/;

/** A word that names a model. @throws ToolError `usage/bad-argument` for any other, but `auto` */
export function readServerWord(word: string, where: string): ServerModel | undefined {
  if (word === 'auto') return undefined;
  const model = serverModels.find((candidate) => candidate === word);
  if (model !== undefined) return model;
  throw new ToolError('usage/bad-argument', `${where} names no server: ${word}`, {
    hint: `Write one of auto, ${serverModels.join(', ')}.`,
  });
}

/**
 * The server that a file says it is for, in a comment of its head: `# tmi-dbtool: server 1.8`. The head ends with the
 * first line that is neither empty nor a comment.
 * @throws ToolError `usage/bad-argument` for a word that names no server
 */
export function serverOfComment({ text, file }: Pick<YamlText, 'text' | 'file'>): ServerModel | undefined {
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line !== '' && line !== '---' && !line.startsWith('#') && !line.startsWith('%')) return undefined;
    const word = comment.exec(line)?.[1];
    if (word !== undefined) return readServerWord(word, `${file}:${index + 1}`);
  }
  return undefined;
}
