/** What a tool refuses, in its own words. Anything else that is thrown is a fault of the sandbox. */
export type Refusal = Error & {readonly isRefusal: true};

export const refusal = (message: string): Refusal => Object.assign(new Error(message), {isRefusal: true as const});

export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && 'isRefusal' in error;
