// Runs by column, in the page: receives what changed, answers what matches and in which order.

const WORDS = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const TEST = /^([^<>=!]+)(<=|>=|!=|=|<|>)(.*)$/;

export class Rows {
  ids = [];
  columns = [];
  #place = new Map();
  #words = null;

  /** Take in the changed rows of a message; the rest stays as it is. */
  receive({ columns, ids, gone, reset }, buffers) {
    if (reset) {
      this.ids = [];
      this.columns = [];
      this.#place.clear();
    }
    for (const id of ids) {
      if (this.#place.has(id)) continue;
      this.#place.set(id, this.ids.length);
      this.ids.push(id);
    }
    const before = new Map(this.columns.map((column) => [column.key, column.values]));
    this.columns = columns.map((column, at) => {
      const values = before.get(column.key) ?? [];
      const fresh = unpacked(column, buffers[at]);
      ids.forEach((id, i) => (values[this.#place.get(id)] = fresh[i]));
      return { ...column, values, best: new Set(column.best) };
    });
    if (gone.length) this.#drop(new Set(gone));
    this.#words = null;
  }

  /** Return the column of that key or, failing that, of that name. */
  column(key) {
    const word = key.toLowerCase();
    return (
      this.columns.find((column) => column.key === key) ??
      this.columns.find((column) => column.name.toLowerCase() === word)
    );
  }

  place(id) {
    return this.#place.get(id);
  }

  /** Return the places of the rows that match a filter, in the order of a column. */
  ordered(filter, key, descending) {
    const tests = filter.trim().split(/\s+/).filter(Boolean).map((word) => this.#test(word));
    const found = [];
    for (let at = 0; at < this.ids.length; at++) {
      if (tests.every((test) => test(at))) found.push(at);
    }
    const values = this.column(key)?.values;
    return values ? found.sort((a, b) => compared(values[a], values[b], descending) || a - b) : found;
  }

  #test(word) {
    const parts = TEST.exec(word);
    const column = parts && this.column(parts[1]);
    if (column) {
      const [, , sign, said] = parts;
      return (at) => holds(column.values[at], sign, said);
    }
    const sought = word.toLowerCase();
    return (at) => this.#text(at).includes(sought);
  }

  #text(at) {
    this.#words ??= [];
    return (this.#words[at] ??= [
      this.ids[at],
      ...this.columns.filter((c) => c.type === "text").map((c) => c.values[at] ?? ""),
    ].join("\n").toLowerCase());
  }

  #drop(gone) {
    const kept = this.ids.map((_, at) => at).filter((at) => !gone.has(this.ids[at]));
    for (const column of this.columns) column.values = kept.map((at) => column.values[at]);
    this.ids = kept.map((at) => this.ids[at]);
    this.#place = new Map(this.ids.map((id, at) => [id, at]));
  }
}

/** Return one column's values: numbers (undefined where there is none) or words. */
function unpacked(column, buffer) {
  const { buffer: bytes, byteOffset: from, byteLength: length } = buffer;
  const own = bytes.slice(from, from + length); // aligned, as typed arrays must be
  if (column.type === "text") return Array.from(new Int32Array(own), (code) => column.words[code]);
  const values = Array.from(new Float64Array(own), (x) => (Number.isNaN(x) ? undefined : x));
  for (const at of column.nan ?? []) values[at] = NaN;
  return values;
}

/** Order values: numbers by size, words naturally; what is missing stays last. */
function compared(a, b, descending) {
  const gap = missing(a) - missing(b);
  if (gap || missing(a)) return gap;
  const numbers = typeof a === "number" && typeof b === "number";
  const order = numbers ? a - b : WORDS.compare(String(a), String(b));
  return descending ? -order : order;
}

function missing(value) {
  return value === undefined || value === "" || Number.isNaN(value) ? 1 : 0;
}

function holds(value, sign, said) {
  const numbers = said.trim() !== "" && !Number.isNaN(Number(said)) && !Number.isNaN(Number(value));
  if (value === undefined || value === "") return sign === "!=";
  if (Number.isNaN(value)) return (said.toLowerCase() === "nan") === (sign === "=") && "!=".includes(sign);
  const order = numbers ? Number(value) - Number(said) : WORDS.compare(String(value), said);
  return { "=": order === 0, "!=": order !== 0, "<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0 }[sign];
}

/** Return a value in few characters, as the tables in Python show it. */
export function inShort(value, type) {
  if (value === undefined || value === null) return "";
  if (type === "time") return localTime(value);
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return String(value);
  if (size >= 1e5 && size < 1e9) return value.toFixed(0);
  return String(Number(value.toPrecision(5)));
}

function localTime(ms) {
  const two = (number) => String(number).padStart(2, "0");
  const t = new Date(ms);
  const day = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
  return `${day} ${two(t.getHours())}:${two(t.getMinutes())}`;
}
