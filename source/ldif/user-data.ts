/** User data in a text, and the line it stands on. */
export type UserData = {readonly line: number; readonly what: string};

/** Object classes of people: an entry with one of them is a user's. */
const personClasses = new Set(['person', 'organizationalperson', 'inetorgperson', 'account', 'posixaccount', 'uidobject', 'ubidperson']);

/** Values of a password that are variables are no password. */
const isVariable = (value: string): boolean => /^\$\{[^\}]+\}$/v.test(value);

const pairOf = (line: string): {readonly name: string; readonly value: string} | undefined => {
	const found = /^(?<name>[A-Za-z][\w\-.]*)(?:;[\w\-.;]+)?::? ?(?<value>.*)$/v.exec(line);
	return found?.groups && {name: (found.groups.name ?? '').toLowerCase(), value: (found.groups.value ?? '').trim()};
};

/**
Finds the first user entry in a text that is LDIF: an entry of a person's class, or a password. The value is never part of the answer. Undefined where there is none.
*/
export const findUserData = (text: string): UserData | undefined => {
	if (!/^dn::? ?\S/mv.test(text)) {
		return undefined;
	}

	for (const [index, line] of text.split(/\r?\n/v).entries()) {
		const pair = pairOf(line);
		if (pair?.name === 'objectclass' && personClasses.has(pair.value.toLowerCase())) {
			return {line: index + 1, what: `a user entry (${pair.value})`};
		}

		if ((pair?.name === 'userpassword' || pair?.name === 'authpassword') && !isVariable(pair.value)) {
			return {line: index + 1, what: 'a user\'s password'};
		}
	}

	return undefined;
};
