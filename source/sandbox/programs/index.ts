import type {Program} from '../pods/machine.js';
import {basicPrograms} from './basic.js';
import {curl} from './curl.js';
import {filePrograms} from './files.js';
import {findPrograms} from './find.js';
import {grepPrograms} from './grep.js';
import {lookPrograms} from './look.js';
import {partPrograms} from './parts.js';
import {sedPrograms} from './sed.js';
import {sh} from './sh.js';
import {streamPrograms} from './streams.js';
import {systemPrograms} from './system.js';
import {tarPrograms} from './tar.js';
import {textPrograms} from './text.js';

/** The commands that every image has. */
export const programs: ReadonlyMap<string, Program> = new Map(
	Object.entries({
		...basicPrograms,
		...filePrograms,
		...findPrograms,
		...grepPrograms,
		...lookPrograms,
		...partPrograms,
		...sedPrograms,
		...streamPrograms,
		...systemPrograms,
		...tarPrograms,
		...textPrograms,
		ash: sh,
		curl,
		sh,
	}),
);
