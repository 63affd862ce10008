/** A generated fault that no test notices, by its file and a part of its line, and why that is so. */
export type Explained = {readonly file: string; readonly line: string; readonly reason: string};

/** Survivors that were looked at. Whatever else survives wants a test. */
export const explained: readonly Explained[] = [];
