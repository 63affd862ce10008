import {Failure} from '../failure/failure.js';

/**
What a step rejects with where something came up while it was performed that the operator decides: the step is entered
again and asks. Where it then has nothing to ask, this is a failure like any other.
*/
export class Undecided extends Failure {}
