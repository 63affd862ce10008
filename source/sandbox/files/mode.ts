/* eslint-disable no-bitwise -- the permissions of a file are bits. */

/** Whether all these bits are set. */
export const hasBits = (mode: number, bits: number): boolean => (mode & bits) === bits;

/** Whether one of these bits is set. */
export const hasAnyBit = (mode: number, bits: number): boolean => (mode & bits) !== 0;

export const withBits = (mode: number, bits: number): number => mode | bits;

export const withoutBits = (mode: number, bits: number): number => mode & ~bits;

/** For whom a set of three permissions is; where it lies in the mode. */
export const places = {user: 6, group: 3, other: 0} as const;

/** The three permissions of somebody: 4 to read, 2 to write, 1 to execute. */
export const permissionsOf = (mode: number, who: keyof typeof places): number => (mode >> places[who]) & 7;

/** Permissions moved to where somebody's lie in the mode. */
export const permissionsFor = (permissions: number, who: keyof typeof places): number => permissions << places[who];
