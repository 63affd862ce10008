export {failureText} from '../failure/text.js';
