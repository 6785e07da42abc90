export default function Trace() { return null; }
