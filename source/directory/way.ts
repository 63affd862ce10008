import type {ToolCall} from './server.js';

/** One way to have long work done. */
export type Way = {
	/** The tool that is started, for messages. */
	readonly tool: string;
	readonly call: ToolCall;
	/** Whether it runs as an administrative task of the server, which outlives the tool. */
	readonly isTask: boolean;
	/** The command by hand, for messages. */
	readonly byHand: string;
};
