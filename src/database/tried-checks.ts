import type { CheckTrial, ColumnChecks, ValueHash } from './column-sums.js';

/** How a column is hashed here and there. */
export interface CheckedForm {
  /** The engine's way; columns of one name differ in nothing that it could get wrong. */
  readonly name: string;
  /** What the engine computes of a column, or of a literal. */
  readonly number: (sql: string) => string;
  readonly hash: ValueHash;
}

/** A value that is known, and the engine's literal for it. */
export type KnownValue = readonly [form: CheckedForm, literal: string, value: Parameters<ValueHash>[0]];

/** What a dialect does with forms. */
export interface FormAsker {
  /** Values that show whether the engine has the forms; each form has some. */
  readonly known: readonly KnownValue[];
  /** What the engine computes of their literals, in decimal. @throws what the engine refuses */
  ask(this: void, known: readonly KnownValue[]): Promise<readonly (string | null)[]>;
  /** The sums over these columns, in decimal. @throws what the engine refuses */
  sums(
    this: void,
    columns: readonly { readonly name: string; readonly form: CheckedForm }[],
  ): Promise<readonly (string | null)[]>;
  readonly assertIntact: CheckTrial['assertIntact'];
}

/** Forms that a session's engine was seen to have; asked once for each session. */
const seen = new WeakMap<object, Promise<ReadonlySet<string>>>();

async function formsThatHold({ known, ask }: FormAsker): Promise<ReadonlySet<string>> {
  const answers = await ask(known);
  const fails = known.filter(([form, , value], index) => Number(answers[index] ?? NaN) !== form.hash(value));
  const failing = new Set(fails.map(([{ name }]) => name));
  return new Set(known.map(([{ name }]) => name).filter((name) => !failing.has(name)));
}

/**
 * Checks in forms that the engine at hand is asked about before it is believed.
 * @param session what the forms are asked once for
 * @param columns their names, with the form of those that have one
 */
export function triedChecks(
  session: object,
  columns: readonly { readonly name: string; readonly form: CheckedForm | undefined }[],
  asker: FormAsker,
): ColumnChecks {
  const checksOf = (holds: (form: CheckedForm) => boolean): ColumnChecks => {
    const used = columns.map(({ name, form }) => ({ name, form: form && holds(form) ? form : undefined }));
    return {
      hashes: used.map(({ form }) => form?.hash),
      sums: () => asker.sums(used.flatMap(({ name, form }) => (form ? [{ name, form }] : []))),
    };
  };
  return {
    ...checksOf(() => true),
    trial: {
      async passed() {
        const forms = seen.get(session) ?? formsThatHold(asker);
        seen.set(session, forms);
        const holding = await forms;
        return checksOf(({ name }) => holding.has(name));
      },
      assertIntact: asker.assertIntact,
    },
  };
}
