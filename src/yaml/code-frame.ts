/** For YAML's own places; protocols need frames for files of theirs, so it stands in core. */
export { codeFrame } from '../core/code-frame.ts'
