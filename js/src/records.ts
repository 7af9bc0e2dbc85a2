// Made from src/trackbook/doors/lab/shapes.py; do not edit.

/** Which project a notebook or a folder belongs to. */
export interface Place {
  project: string | null;
  notebook: string | null;
  words: string;
}

/** One run as a list shows it. */
export interface RunLine {
  run_id: string;
  short: string;
  name: string;
  experiment: string;
  notebook: string | null;
  status: string;
  started_at: string;
  duration_s: number | null;
  parent_run_id: string | null;
  headline: number | null;
  headline_name: string | null;
  change: number | null;
  better: boolean | null;
  spark: number[];
  tags: { [name: string]: string };
  reproduced: string | null;
  is_best: boolean;
  mark: string;
}

/** Some runs, the newest first: all ids in their order, and the lines that are news. */
export interface RunPage {
  version: string;
  total: number;
  order: string[];
  runs: RunLine[];
  next: string | null;
  headline: string | null;
  best: RunLine | null;
  words: string;
}

/** A small table. */
export interface Section {
  title: string;
  columns: string[];
  rows: ((string | number | boolean | null)[])[];
}

/** One execution that a run rests on. */
export interface SliceCell {
  cell_id: string | null;
  source: string;
  count: number | null;
}

/** What is known of one run. */
export interface RunDetail {
  line: RunLine;
  sections: Section[];
  slice: SliceCell[];
  slice_words: string;
  stale: string[];
  doubts: string[];
  notes: string[];
}

/** One experiment of a project, over all its notebooks. */
export interface Experiment {
  name: string;
  run_count: number;
  notebook_count: number;
  last_at: string;
  best: string | null;
  headline: string | null;
  headline_value: number | null;
}

/** One picture, in Plotly's own form. */
export interface Figure {
  title: string;
  plotly: { [name: string]: unknown };
}

/** Figures with the table that says the same. */
export interface Picture {
  title: string;
  figures: Figure[];
  section: Section | null;
}

/** One thing to know of a version, in few words. */
export interface Badge {
  label: string;
  kind: string;
  words: string;
}

/** An approval that somebody waits for. */
export interface Pending {
  target: string;
  approval: string;
}

/** One version of a model. */
export interface Card {
  id: string;
  name: string;
  model: string;
  version: string;
  state: string;
  slots: string[];
  aliases: string[];
  metrics: { [name: string]: number };
  champion: string | null;
  by: string;
  since: string;
  badges: Badge[];
  moves: string[];
  pending: Pending[];
}

/** The versions in one state. */
export interface Column {
  state: string;
  cards: Card[];
}

/** The registry. */
export interface Board {
  columns: Column[];
  words: string;
}

/** One check of a gate. */
export interface Check {
  name: string;
  outcome: string;
  severity: string;
  words: string;
}

/** What a decision would come to; nothing has been moved. */
export interface Preview {
  verdict: string;
  words: string;
  checks: Check[];
  approvals: string[];
  can_ask: boolean;
  asked: boolean;
  changes: string[];
  back_to: string | null;
}

/** What a verb answered. */
export interface Answer {
  columns: string[];
  rows: ((string | number | boolean | null)[])[];
  note: string;
  text: string;
}

/** A project that is being watched for news. */
export interface Watched {
  version: string;
}
