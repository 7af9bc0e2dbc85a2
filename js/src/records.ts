// Made from src/trackbook/doors/lab/shapes.py; do not edit.

/** Which project a notebook or a folder belongs to. */
export interface Place { project: string | null; notebook: string | null; words: string }
/** One run as a list shows it. */
export interface RunLine { run_id: string; short: string; name: string; experiment: string; status: string; started_at: string; headline: string; headline_name: string; change: string; better: string; spark: string; tags: string[]; reproduced: string; progress: string; trouble: string; mark: string }
/** Some runs, the newest first: all ids in their order, and the lines that are news. */
export interface RunPage { total: number; order: string[]; runs: RunLine[]; next: string | null; best: RunLine | null }
/** A small table. */
export interface Section { title: string; columns: string[]; numeric: boolean[]; rows: string[][]; drawn: boolean }
/** One thing that is asked for before something is done. */
export interface Field { name: string; label: string; kind: string; needed: boolean; hint: string; choices: string[] }
/** Something that a button does: a verb with the arguments that it is given. */
export interface Deed { verb: string; label: string; title: string; values: { [name: string]: string | boolean | string[] }; fields: Field[]; foretold: boolean; danger: boolean; waits: string; why_not: string }
/** One execution that a run rests on. */
export interface SliceCell { cell_id: string | null; source: string; count: number | null }
/** What is known of one run. */
export interface RunDetail { line: RunLine; progress: string; deeds: Deed[]; sections: Section[]; slice: SliceCell[]; slice_words: string; stale: string[]; doubts: string[]; notes: string[] }
/** One experiment of a project, over all its notebooks. */
export interface Experiment { name: string; words: string; last_at: string; headline: string; headline_name: string }
/** One picture, in Plotly's own form. */
export interface Figure { title: string; plotly: { [name: string]: unknown } }
/** Figures, with the tables that say the same, and more. */
export interface Picture { title: string; figures: Figure[]; sections: Section[]; code: string[] }
/** One thing to know of a version, in few words. */
export interface Badge { label: string; tone: string; words: string }
/** One metric of a version. */
export interface Measure { name: string; value: string; change: string; words: string }
/** One version of a model. */
export interface Card { id: string; name: string; metrics: Measure[]; against: string; by: string; since: string; badges: Badge[]; deeds: Deed[] }
/** The versions in one state. */
export interface Column { state: string; label: string; cards: Card[] }
/** The registry. */
export interface Board { columns: Column[]; words: string }
/** What a decision would come to; nothing has been moved. */
export interface Preview { verdict: string; words: string; changes: string[]; checks: Section; deeds: Deed[] }
/** What a verb answered. */
export interface Answer { text: string; section: Section; is_good: boolean; opens: string; undo: Deed | null; gone: string[] }
/** A project that is being watched for news. */
export interface Watched { version: string }
