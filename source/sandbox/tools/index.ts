import type {Program} from '../pods/machine.js';
import {dsconfig} from './dsconfig.js';
import {dsreplication} from './dsreplication.js';
import {ldapdelete, ldapmodify} from './ldapmodify.js';
import {ldapsearch} from './ldapsearch.js';
import {exportLdif, importLdif} from './ldif-tools.js';
import {manageProfile} from './manage-profile.js';
import {manageTasks} from './manage-tasks.js';
import {encryptionSettings, manageCertificates, status, validateLdif} from './small-tools.js';

/** The tools of a directory server, by name. */
export const tools: ReadonlyMap<string, Program> = new Map(
	Object.entries({
		dsconfig,
		dsreplication,
		'encryption-settings': encryptionSettings,
		'export-ldif': exportLdif,
		'import-ldif': importLdif,
		ldapdelete,
		ldapmodify,
		ldapsearch,
		'manage-certificates': manageCertificates,
		'manage-profile': manageProfile,
		'manage-tasks': manageTasks,
		status,
		'validate-ldif': validateLdif,
	}),
);
