/** Told how much of a piece of work is done. A total of 0 is one that is not known. */
export type OnProgress = (done: number, total: number) => void;
