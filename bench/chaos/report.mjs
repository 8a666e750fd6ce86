// What a run has counted: printed on the way as well, so that a run that is broken off still tells its result.
import { ledgerCounts } from './scenarios/ledger.mjs';

const EVERY = 50;
const list = (counts) => [...counts].map(([name, count]) => `${count} ${name}`).join(', ');

function add(counts, name) {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export class Report {
  lost = 0;
  #rounds = new Map();
  #unprepared = new Map();
  #next = EVERY;
  #start = Date.now();

  /** @param counts the tool's own, which go on */
  constructor(counts) {
    this.counts = counts;
  }

  round(what) {
    add(this.#rounds, what);
  }

  /** A round that never began: what it needs could not be made in time. */
  unprepared(what) {
    add(this.#unprepared, what);
  }

  loss(message) {
    this.lost += 1;
    console.log(`LOST in ${message}`);
  }

  /** Prints one line whenever there are fifty kills more. */
  progress() {
    const { kills, cuts, late, timeouts } = this.counts;
    if (kills < this.#next) return;
    this.#next += EVERY;
    const seconds = Math.round((Date.now() - this.#start) / 1000);
    console.log(
      `after ${seconds} s: ${kills} kills, ${cuts} cut lines, ${late} too late, ${timeouts} timed out; lost: ${this.lost}`,
    );
  }

  print(when) {
    const { kills, cuts, late, timeouts, steps } = this.counts;
    console.log(`${when}, after ${Math.round((Date.now() - this.#start) / 1000)} s`);
    console.log(`rounds: ${list(this.#rounds)}`);
    if (this.#unprepared.size > 0) console.log(`not begun, as a server was late: ${list(this.#unprepared)}`);
    console.log(`hit a running process: ${kills} kills, ${cuts} cut lines; came too late: ${late}`);
    console.log(`runs that timed out by themselves, after which everything was old or new: ${timeouts}`);
    console.log(`last step before the break: ${list(steps)}`);
    if (ledgerCounts.judged > 0) {
      const { judged, compared, refused, changes, refusedChanges } = ledgerCounts;
      console.log(`beside backups: ${list(changes)}; refused or too late: ${refusedChanges}`);
      console.log(
        `backups judged: ${judged}, ${compared} of them beside pg_dump; refused: ${list(refused) || 'none'}`,
      );
    }
    console.log(`lost: ${this.lost}`);
  }
}
