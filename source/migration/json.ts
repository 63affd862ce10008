/** What can be kept in the journal and printed as JSON. */
export type Json = string | number | boolean | null | readonly Json[] | {readonly [key in string]?: Json};

/** A JSON object. */
export type JsonObject = Readonly<Partial<Record<string, Json>>>;
